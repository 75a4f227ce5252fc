"""Parties' Telegram channels: the bot's coming and going there, and the posts that it is brought."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlmodel import Session, col, select

from sharebot.models import Chat, Member, ObservedPost, Officer, PostCount, Reshare, SocialAccount, TrackerCursor
from sharebot.store.chats import open_address
from sharebot.store.confirming import find_account
from sharebot.store.lost import lose_share
from sharebot.store.officers import OfficerView, get_officer
from sharebot.store.reshares import add_posts
from sharebot.store.upsert import upsert
from sharebot.values.accounts import Profile
from sharebot.values.posts import Post
from sharebot.values.status import (
    AccountStatus,
    MemberStatus,
    Network,
    OfficerStatus,
)
from sharebot.values.tracking import Unobservable

_HERE = (OfficerStatus.ACTIVE, OfficerStatus.PAUSED)


class Standing(StrEnum):
    """What a channel is to us."""

    UNKNOWN = "unknown"
    DECLINED = "declined"  # its party does not want it looked at, or has left
    WATCHED = "watched"


@dataclass(frozen=True, slots=True)
class Channel:
    """A Telegram channel: its number, and its name when it is public."""

    chat_id: int
    username: str | None = None

    @property
    def handle(self) -> str:
        """How an account names it: by its name, else by the number that stands in its addresses."""
        return self.username or f"c/{str(self.chat_id).removeprefix('-100')}"


@dataclass(frozen=True, slots=True)
class ChannelPost:
    """A post of a channel as the bot was brought it; `album` is what its parts have in common."""

    post: Post
    album: str | None = None
    is_edit: bool = False


@dataclass(frozen=True, slots=True)
class Parting:
    """A channel that the bot can see no more, and who had brought it there, with the address of their private chat.

    `address` is None when nobody can be told by this bot.
    """

    handle: str
    officer: OfficerView | None = None
    address: int | None = None


def find_standing(session: Session, chat_id: int) -> Standing:
    """Return what a channel is to us."""
    account = _find(session, chat_id)
    if account is None or account.member_id is None:
        return Standing.UNKNOWN
    has_left = session.get_one(Member, account.member_id).status is MemberStatus.LEFT
    is_declined = account.status is AccountStatus.UNOBSERVABLE
    return Standing.DECLINED if is_declined or has_left else Standing.WATCHED


def find_holder(session: Session, member_id: int, channel: Channel) -> str | None:
    """Return the name of the party that a channel is registered for, "" for the Alliance; None when it is free."""
    found = [_find(session, channel.chat_id), find_account(session, Profile(Network.TELEGRAM, channel.handle))]
    for account in found:
        if account is not None and account.member_id != member_id:
            return session.get_one(Member, account.member_id).name if account.member_id else ""
    return None


def join_channel(session: Session, officer: OfficerView, channel: Channel, *, now: datetime) -> None:
    """Watch a channel that an officer has brought the bot to: that is their word that it is the party's.

    It has to be nobody else's; see `find_holder`.
    """
    known, named = _find(session, channel.chat_id), find_account(session, Profile(Network.TELEGRAM, channel.handle))
    handle = channel.handle
    if known is not None and named is not None and known.id != named.id:
        if named.external_id is None:
            session.delete(named)
            session.flush()
        else:
            handle = known.handle
    account = known or named or _new(officer.member_id, handle)
    account.external_id, account.handle, account.identified_at = str(channel.chat_id), handle, now
    account.confirmed_at, account.confirmed_by = now, f"officer:{officer.id}"
    account.status, account.reason, account.error = AccountStatus.WATCHED, None, None
    session.add(account)
    session.flush()


def _new(member_id: int, handle: str) -> SocialAccount:
    return SocialAccount(member_id=member_id, network=Network.TELEGRAM, handle=handle, status=AccountStatus.WATCHED)


def note_presence(session: Session, channel: Channel, *, now: datetime) -> None:
    """Note that the bot is in a party's channel, since it hears of it, and what the channel is called now."""
    account = _find(session, channel.chat_id)
    if account is None or account.status is AccountStatus.UNOBSERVABLE:
        return
    account.status, account.reason, account.error, account.tracked_at = AccountStatus.WATCHED, None, None, now
    if account.handle.lower() != channel.handle.lower() and (
        find_account(session, Profile(Network.TELEGRAM, channel.handle)) is None
    ):
        account.renamed_from, account.renamed_at, account.handle = account.handle, now, channel.handle
    session.add(account)
    session.flush()


def lose_channel(session: Session, chat_id: int, *, bot_id: int) -> Parting | None:
    """Note that the bot is no administrator of a channel any more; None when that is known, or does not matter."""
    account = _find(session, chat_id)
    if account is None or account.member_id is None or account.status is not AccountStatus.WATCHED:
        return None
    account.status, account.reason = AccountStatus.BROKEN, Unobservable.NO_BOT
    session.add(account)
    session.flush()
    kind, _, number = (account.confirmed_by or "").partition(":")
    officer = get_officer(session, int(number)) if kind == "officer" and number.isdecimal() else None
    if officer is None or officer.status not in _HERE or officer.member_id != account.member_id:
        return Parting(account.handle)
    return Parting(account.handle, officer, _address_at(session, officer.id, bot_id=bot_id))


def _address_at(session: Session, officer_id: int, *, bot_id: int) -> int | None:
    """Return where an officer reads what this bot writes; another bot's chat, or a mailbox, is none of its."""
    seat = session.get_one(Officer, officer_id)
    chat = session.get(Chat, seat.chat_id) if seat.chat_id else None
    address = open_address(session, chat) if chat is not None and chat.bot_id == bot_id else None
    return address if isinstance(address, int) else None


def record_post(session: Session, seen: ChannelPost, *, short_base: str, now: datetime) -> bool:
    """Store what a watched channel posted, and count what it spreads; True when that is new.

    The parts of an album are one post. An edit counts from the edit on; one that takes our item out of a post takes
    its count away.
    """
    post, is_part = _as_part(session, seen, now=now)
    known = _find_post(session, post)
    had = known.content_id if known else None
    if had is not None and (is_part or not seen.is_edit):
        return False
    added = _add_anew(session, post, short_base=short_base, now=now)
    if had is not None and _content_of(session, post) != had:
        _lose(session, post, now=now)
        added = _add_anew(session, post, short_base=short_base, now=now)
    return added > 0


def _add_anew(session: Session, post: Post, *, short_base: str, now: datetime) -> int:
    """Store a post as it is now; return how many reshares are new or stronger by it."""
    known = _find_post(session, post)
    if known is not None:
        session.execute(delete(PostCount).where(col(PostCount.post_id) == known.id))
        session.delete(known)
        session.flush()
    return add_posts(session, [post], short_base=short_base, now=now).reshares


def _content_of(session: Session, post: Post) -> int | None:
    found = _find_post(session, post)
    return found.content_id if found else None


def _lose(session: Session, post: Post, *, now: datetime) -> None:
    key = f"post:{post.network.value}:{post.external_id}"
    share = session.exec(select(Reshare).where(Reshare.key == key)).first()
    if share is not None:
        lose_share(session, share, now=now)


def _as_part(session: Session, seen: ChannelPost, *, now: datetime) -> tuple[Post, bool]:
    """Return a post under the number of its album's first part, and whether it is another one than that."""
    post, album = seen.post, seen.album
    if album is None:
        return post, False
    key = f"album:{post.author_id}"
    noted = session.get(TrackerCursor, (Network.TELEGRAM, key))
    latest, _, first = noted.value.partition(" ") if noted else ("", "", "")
    if latest == album:
        number = post.external_id.rpartition("/")[2]
        url = post.url.removesuffix(number) + first.rpartition("/")[2] if post.url else None
        return replace(post, external_id=first, url=url), first != post.external_id
    if not seen.is_edit:
        row = {"network": Network.TELEGRAM, "key": key, "value": f"{album} {post.external_id}", "updated_at": now}
        upsert(session, TrackerCursor, [row], keys=("network", "key"), columns=("value", "updated_at"))
    return post, False


def _find_post(session: Session, post: Post) -> ObservedPost | None:
    same = select(ObservedPost).where(
        ObservedPost.network == Network.TELEGRAM, ObservedPost.external_id == post.external_id
    )
    return session.exec(same).first()


def _find(session: Session, chat_id: int) -> SocialAccount | None:
    same = select(SocialAccount).where(
        SocialAccount.network == Network.TELEGRAM, SocialAccount.external_id == str(chat_id)
    )
    return session.exec(same).first()
