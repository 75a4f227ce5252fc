"""Posts that officers give by their links: kept, tied to an item, moved to another, taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Answer, Delivery, Officer, PastedPost, QueueEntry, Reshare, Variant
from sharebot.rules.own_links import find_objection
from sharebot.store.answers import is_answered, list_open, reach_of, record_answer
from sharebot.store.deliveries import get_delivery
from sharebot.store.findings import claim_of, find_share
from sharebot.store.members import lock_party
from sharebot.store.post_owners import find_claimed, find_observed, link_sha256, own_places
from sharebot.values.posts import Objection, PastedLink, Shortfall
from sharebot.values.status import AnswerKind, DeliveryKind, EntryStatus, Evidence, Network

_SURE = (Evidence.LINK_CHECKED, Evidence.OBSERVED)
_ASIDE = (Objection.OUR_LINK, Objection.OUR_PAGE)  # people paste what they posted, and our link is in it


@dataclass(frozen=True, slots=True)
class Paste:
    """Links of one message. `delivery_id` is the item it replies to; `lookable` networks can be looked at."""

    links: Sequence[PastedLink]
    at: datetime
    delivery_id: int | None = None
    lookable: Collection[Network] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a paste: rows that were given, which of them before, and what was refused.

    `changed` are deliveries whose messages should be shown anew.
    """

    given: tuple[int, ...] = ()
    known: frozenset[int] = frozenset()
    refused: tuple[tuple[PastedLink, Objection], ...] = ()
    changed: tuple[int, ...] = ()


def take(session: Session, officer_id: int, paste: Paste, *, settings: Settings, now: datetime) -> Taken:
    """Keep the links that can be posts of the officer's party, and claim the item of each that is known.

    The item is the one replied to, else the one that the post was seen to spread, else the only open one.
    """
    lock_party(session, officer_id)
    officer = session.get_one(Officer, officer_id)
    own, only = own_places(session, paste.links, settings), _only_item(session, officer_id, now=now)
    given: list[PastedPost] = []
    known: set[int] = set()
    refused: list[tuple[PastedLink, Objection]] = []
    changed: set[int] = set()
    for link in paste.links:
        post = _find_own(session, officer_id, link)
        if post is not None and post.delivery_id is not None:
            known.add(post.id or 0)
            given.append(post)
            continue
        objection = find_objection(link, own) or find_claimed(session, officer, link)
        delivery = None if objection else _item_of(session, officer, link, paste) or only.one
        if objection is None and delivery is None and not only.is_any:
            objection = Objection.NO_ITEM
        if objection is not None:
            refused.append((link, objection))
            continue
        post = post or _add(session, officer_id, link, at=paste.at)
        given.append(post)
        if delivery is not None:
            changed |= _tie(session, post, delivery, lookable=paste.lookable, now=now)
    if given:
        refused = [(link, objection) for link, objection in refused if objection not in _ASIDE]
    return Taken(tuple(one.id or 0 for one in given), frozenset(known), tuple(refused), tuple(sorted(changed)))


@dataclass(frozen=True, slots=True)
class _Only:
    """The one item that a link can belong to, if it is one; and whether there is any."""

    one: Delivery | None
    is_any: bool


def _only_item(session: Session, officer_id: int, *, now: datetime) -> _Only:
    items = list_open(session, officer_id, now=now)
    fresh = [one for one in items if not is_answered(session, one.id or 0)] or items
    return _Only(fresh[0] if len(fresh) == 1 else None, bool(items))


def _item_of(session: Session, officer: Officer, link: PastedLink, paste: Paste) -> Delivery | None:
    """Return the item replied to, else the one that the post was seen to spread, if the officer got it."""
    if paste.delivery_id is not None:
        return get_delivery(session, paste.delivery_id)
    seen = find_observed(session, link)
    return find_item(session, officer.id or 0, seen.content_id) if seen and seen.content_id else None


def find_item(session: Session, officer_id: int, content_id: int) -> Delivery | None:
    """Return the message that brought this content to the officer, the latest one, or None."""
    brought = (
        select(Delivery)
        .join(Variant, col(Variant.id) == col(Delivery.variant_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            col(Delivery.officer_id).in_(reach_of(officer_id)),
            Delivery.kind == DeliveryKind.ITEM,
            col(Delivery.message_id).is_not(None),
            Variant.content_id == content_id,
            QueueEntry.status != EntryStatus.WITHDRAWN,
        )
    )
    return session.exec(brought.order_by(col(Delivery.id).desc())).first()


def find_by_message(session: Session, officer_id: int, message_id: int) -> Delivery | None:
    """Return the item whose message an officer's chat shows under this id, or None."""
    shown = select(Delivery).where(
        Delivery.officer_id == officer_id,
        Delivery.message_id == message_id,
        col(Delivery.variant_id).is_not(None),
    )
    found = session.exec(shown).first()
    if found is None or found.kind is DeliveryKind.ITEM:
        return found
    return session.get(Delivery, found.about_id) if found.about_id else None


def _find_own(session: Session, officer_id: int, link: PastedLink) -> PastedPost | None:
    same = select(PastedPost).where(PastedPost.officer_id == officer_id, PastedPost.url_sha256 == link_sha256(link))
    return session.exec(same).first()


def are_given(session: Session, officer_id: int, links: Sequence[PastedLink]) -> bool:
    """Whether the officer has given all of these."""
    return all(_find_own(session, officer_id, link) is not None for link in links)


def _add(session: Session, officer_id: int, link: PastedLink, *, at: datetime) -> PastedPost:
    post = PastedPost(
        officer_id=officer_id,
        network=link.network,
        url=link.url,
        url_sha256=link_sha256(link),
        handle=(link.handle or "")[:300] or None,
        external_id=link.external_id,
        pasted_at=at,
    )
    session.add(post)
    session.flush()
    return post


def _tie(
    session: Session, post: PastedPost, delivery: Delivery, *, lookable: Collection[Network], now: datetime
) -> set[int]:
    """Claim the item with the post; return the messages that show it."""
    link = link_of(post)
    record_answer(session, delivery, AnswerKind.SHARED, link=link, officer_id=post.officer_id, now=now)
    finding = claim_of(session, delivery.id or 0, link=link, now=now)
    share = find_share(session, finding) if finding else None
    post.delivery_id = delivery.id
    post.evidence = share.evidence if share else Evidence.LINK_GIVEN
    # A page of a website is its own id.
    is_named = post.external_id is not None or post.network is Network.WEBSITE
    can_look = post.network in lookable and is_named
    is_sure = post.evidence in _SURE
    post.reason = "" if is_sure or can_look else Shortfall.NO_LOOK.value
    post.check_at, post.checks = (now if can_look and not is_sure else None), 0
    session.add(post)
    session.flush()
    return _messages_of(session, delivery)


def get_post(session: Session, officer_id: int, post_id: int) -> PastedPost | None:
    """Return the officer's own pasted post, else None: callback data is no authority."""
    post = session.get(PastedPost, post_id)
    return post if post is not None and post.officer_id == officer_id else None


def move(
    session: Session, post: PastedPost, delivery: Delivery, *, lookable: Collection[Network], now: datetime
) -> set[int]:
    """Tie a post to another item, or to its first; return the deliveries to be shown anew."""
    if post.delivery_id == delivery.id:
        return set()
    lock_party(session, post.officer_id)
    return _untie(session, post, now=now) | _tie(session, post, delivery, lookable=lookable, now=now)


def take_back(session: Session, post: PastedPost, *, now: datetime) -> set[int]:
    """Forget a post and what was claimed with it; return the deliveries to be shown anew.

    What we have seen ourselves stays: that is not the officer's word.
    """
    lock_party(session, post.officer_id)
    changed = _untie(session, post, now=now)
    session.delete(post)
    session.flush()
    return changed


def _untie(session: Session, post: PastedPost, *, now: datetime) -> set[int]:
    if post.delivery_id is None:
        return set()
    delivery = get_delivery(session, post.delivery_id)
    finding = claim_of(session, post.delivery_id, link=link_of(post), now=now)
    share = find_share(session, finding) if finding else None
    if share is not None and share.evidence is not Evidence.OBSERVED:
        session.delete(share)
    others = select(PastedPost.id).where(PastedPost.delivery_id == delivery.id, PastedPost.id != post.id)
    if session.exec(others).first() is None and finding is not None:
        bare = delete(Reshare).where(col(Reshare.delivery_id) == delivery.id, col(Reshare.evidence) == Evidence.CLAIMED)
        session.execute(bare)
        seen = select(Reshare.id).where(
            Reshare.member_id == finding.member_id,
            Reshare.content_id == finding.content_id,
            Reshare.evidence == Evidence.OBSERVED,
        )
        if session.exec(seen).first() is None:
            said = delete(Answer).where(col(Answer.delivery_id) == delivery.id, col(Answer.kind) == AnswerKind.SHARED)
            session.execute(said)
    session.flush()
    return _messages_of(session, delivery)


def _messages_of(session: Session, delivery: Delivery) -> set[int]:
    """Return the deliveries of the same entry to the same member that have a message."""
    own = select(Officer.member_id).where(Officer.id == delivery.officer_id).scalar_subquery()
    same = (
        select(Delivery.id)
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .where(
            Delivery.entry_id == delivery.entry_id,
            Delivery.kind == DeliveryKind.ITEM,
            Officer.member_id == own,
            col(Delivery.message_id).is_not(None),
        )
    )
    return {number for number in session.exec(same) if number}


def link_of(post: PastedPost) -> PastedLink:
    """Return the link as it was recognised."""
    return PastedLink(post.network, post.url, post.handle, post.external_id)
