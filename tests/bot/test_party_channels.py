"""A party's channel: who brings the bot, what it sees of the posts there, what is one share, and what ends it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select
from telegram import Message

from sharebot.bot.party_channels import read_post
from sharebot.models import Member, ObservedPost, Reshare, SocialAccount, TrackedLink
from sharebot.sandbox.channels import Channel
from sharebot.sandbox.messages import Shown
from sharebot.store import confirming, erasure, party_channels
from sharebot.values.status import (
    AccountStatus,
    Evidence,
    MemberStatus,
    Network,
    ReshareKind,
)
from sharebot.values.tracking import Unobservable
from tests.bot.test_membership import left
from tests.bot.words import said
from tests.flows.conftest import Scene
from tests.flows.template import CHANNEL

NORTH, SOUTH, HIDDEN = -1001000000011, -1001000000012, -1001000000013
PAGE = "https://alliance.example/a"


@pytest.fixture
async def channel(listening: Scene) -> Channel:
    """Party North's channel, to which Ana has brought the bot."""
    channel = listening.sandbox.telegram.add_channel(NORTH, "North", "northparty")
    channel.add_bot(listening.ana)
    await listening.settle()
    return channel


def account_of(scene: Scene, member_id: int) -> SocialAccount:
    with scene.runtime.database.read() as session:
        own = select(SocialAccount).where(
            SocialAccount.member_id == member_id, SocialAccount.network == Network.TELEGRAM
        )
        return session.exec(own).one()


def register(scene: Scene, member_id: int | None, handle: str) -> int:
    with scene.runtime.database.write() as session:
        row = SocialAccount(member_id=member_id, network=Network.TELEGRAM, handle=handle, status=AccountStatus.WATCHED)
        session.add(row)
        session.flush()
        return row.id or 0


def shares(scene: Scene) -> Sequence[Reshare]:
    with scene.runtime.database.read() as session:
        return session.exec(select(Reshare).order_by(col(Reshare.id))).all()


def posts(scene: Scene) -> Sequence[ObservedPost]:
    with scene.runtime.database.read() as session:
        own = select(ObservedPost).where(ObservedPost.network == Network.TELEGRAM)
        return session.exec(own.order_by(col(ObservedPost.id))).all()


def short_link(scene: Scene, member_id: int = 1) -> str:
    with scene.runtime.database.read() as session:
        code = session.exec(select(TrackedLink.code).where(TrackedLink.member_id == member_id)).first()
    return f"{scene.runtime.settings.web.public_url}/r/{code}"


async def alliance_post(scene: Scene) -> Shown:
    """Have the Alliance's channel post the item."""
    own = scene.sandbox.telegram.add_channel(CHANNEL, "The Alliance", "alliance_news")
    own.add_bot(scene.ben)
    post = own.post(f"Read it: {PAGE}")
    await scene.settle()
    return post


def forward_of(post: Shown) -> dict[str, object]:
    chat = {"id": CHANNEL, "type": "channel", "title": "The Alliance", "username": "alliance_news"}
    return {"type": "channel", "chat": chat, "message_id": post.message_id, "date": post.at}


# --- who brings the bot


async def test_an_officer_brings_the_bot_and_is_told_what_it_sees(listening, channel):
    account = account_of(listening, 1)
    assert (account.handle, account.external_id, account.status) == ("northparty", str(NORTH), AccountStatus.WATCHED)
    assert (account.confirmed_by, account.confirmed_at) == ("officer:1", listening.clock.now())
    assert "Je suis maintenant dans North" in said(listening.ana)[-1]
    assert left(listening) == [] and channel.has_bot
    assert [one for one in channel.messages if one.from_bot] == [], "the bot posts nothing there"


@pytest.mark.parametrize("handle", ["NorthParty", "@northparty"])
async def test_a_channel_that_staff_entered_is_identified(listening, handle: str):
    number = register(listening, 1, handle)
    listening.sandbox.telegram.add_channel(NORTH, "North", "northparty").add_bot(listening.ana)
    await listening.settle()
    account = account_of(listening, 1)
    assert (account.id, account.external_id, account.reason) == (number, str(NORTH), None)


async def test_a_private_channel_is_named_by_its_number(listening):
    channel = listening.sandbox.telegram.add_channel(HIDDEN, "Inner circle")
    channel.add_bot(listening.ana)
    channel.post(f"Read {PAGE}")
    await listening.settle()
    assert account_of(listening, 1).handle == "c/1000000013"
    (share,) = shares(listening)
    assert share.url == f"https://t.me/c/1000000013/{channel.messages[0].message_id}"


async def test_a_stranger_brings_the_bot_nowhere(listening):
    stranger = listening.sandbox.telegram.add_phone(77, "Mallory")
    channel = listening.sandbox.telegram.add_channel(NORTH, "North", "northparty")
    channel.add_bot(stranger)
    await listening.settle()
    assert left(listening) == [str(NORTH)]
    assert not channel.has_bot
    with listening.runtime.database.read() as session:
        assert session.exec(select(SocialAccount)).all() == []


@pytest.mark.parametrize("owner", [2, None], ids=["another party", "the Alliance"])
async def test_a_channel_of_somebody_else_is_left_and_staff_are_told(listening, owner: int | None):
    staff = listening.open_staff_chat(500, "Staff")
    register(listening, owner, "southparty")
    channel = listening.sandbox.telegram.add_channel(SOUTH, "South", "southparty")
    channel.add_bot(listening.ana)
    await listening.settle()
    assert left(listening) == [str(SOUTH)]
    assert "quelqu’un d’autre" in said(listening.ana)[-1]
    holder = "Party South" if owner else listening.runtime.settings.organisation.name
    assert "Party North" in said(staff)[-1] and holder in said(staff)[-1]
    with listening.runtime.database.read() as session:
        assert session.exec(select(SocialAccount)).one().external_id is None


async def test_a_channel_keeps_its_party_when_its_name_goes_to_another(listening, channel):
    """A name is not who somebody is: the number is."""
    other = listening.sandbox.telegram.add_channel(SOUTH, "Copy", "northparty")
    other.add_bot(listening.ben)
    await listening.settle()
    assert left(listening) == [str(SOUTH)]
    assert account_of(listening, 1).external_id == str(NORTH)


async def test_whoever_of_the_channel_brings_the_bot_back_it_stays_the_partys(listening, channel):
    channel.remove_bot(listening.ana)
    channel.add_bot(listening.sandbox.telegram.add_phone(78, "Owner"))
    await listening.settle()
    assert left(listening) == []
    account = account_of(listening, 1)
    assert (account.status, account.confirmed_by) == (AccountStatus.WATCHED, "officer:1")


# --- who takes it away


@pytest.mark.parametrize("new", ["kicked", "left", "member"])
async def test_a_channel_without_the_bot_is_not_observable_and_the_officer_is_told_once(listening, channel, new: str):
    channel.remove_bot(listening.sandbox.telegram.add_phone(79, "Owner"), new=new)
    channel.remove_bot(listening.ana, new=new)
    await listening.settle()
    account = account_of(listening, 1)
    assert (account.status, account.reason) == (AccountStatus.BROKEN, Unobservable.NO_BOT)
    told = [one for one in said(listening.ana) if "ne suis plus administrateur" in one]
    assert len(told) == 1
    (button,) = listening.ana.last_message.keyboard[0]
    assert button["url"].endswith("?startchannel&admin=manage_chat")


async def test_nobody_is_told_who_was_erased(listening, channel):
    with listening.runtime.database.write() as session:
        erasure.erase(session, 1, now=listening.clock.now())
    channel.remove_bot(listening.sandbox.telegram.add_phone(79, "Owner"))
    await listening.settle()
    account = account_of(listening, 1)
    assert (account.confirmed_by, account.reason) == (confirming.ERASED, Unobservable.NO_BOT)
    assert account.confirmed_at is not None
    assert "administrateur" not in said(listening.ana)[-1]


async def test_a_declined_channel_is_left_at_its_next_post(listening, channel):
    channel.post(f"Read {PAGE}")
    await listening.settle()
    with listening.runtime.database.write() as session:
        confirming.decline_account(session, account_of(listening, 1).id or 0, by="staff:3", now=listening.clock.now())
    assert posts(listening) == []
    channel.post(f"Read it again {PAGE}")
    await listening.settle()
    assert left(listening) == [str(NORTH)]
    assert (len(shares(listening)), posts(listening)) == (1, [])


async def test_a_party_that_left_is_watched_no_more(listening, channel):
    with listening.runtime.database.write() as session:
        session.get_one(Member, 1).status = MemberStatus.LEFT
    channel.post(f"Read {PAGE}")
    await listening.settle()
    assert (left(listening), posts(listening)) == ([str(NORTH)], [])


# --- what counts


async def test_a_forward_of_the_alliances_post_is_a_repost(listening, channel):
    ours = await alliance_post(listening)
    channel.post("Read it", origin=forward_of(ours))
    await listening.settle()
    (share,) = shares(listening)
    assert (share.member_id, share.content_id, share.kind) == (1, 1, ReshareKind.REPOST)
    assert (share.evidence, share.network) == (Evidence.OBSERVED, Network.TELEGRAM)
    assert share.url == f"https://t.me/northparty/{channel.messages[-1].message_id}"


@pytest.mark.parametrize("way", ["text", "caption", "words", "button", "short"])
async def test_our_link_counts_wherever_it_stands(listening, channel, way: str):
    photo = "https://north.example/p.png"
    if way == "text":
        channel.post(f"Read {PAGE}?utm_source=x")
    elif way == "caption":
        channel.post(f"Read {PAGE}", photo=photo)
    elif way == "words":
        channel.post("Read it here", links={"here": PAGE})
    elif way == "button":
        channel.post("Read it", button=PAGE)
    else:
        channel.post(f"Read {short_link(listening)}")
    await listening.settle()
    (share,) = shares(listening)
    assert (share.member_id, share.kind, share.evidence) == (1, ReshareKind.LINK, Evidence.OBSERVED)


async def test_what_has_nothing_of_ours_is_seen_and_does_not_count(listening, channel):
    channel.post("Vote on Sunday! https://north.example/vote")
    channel.post("", origin={"type": "hidden_user", "sender_user_name": "X", "date": 1})
    await listening.settle()
    assert shares(listening) == []


async def test_what_was_posted_before_the_release_does_not_count(listening, channel):
    listening.clock.at -= timedelta(days=2)
    channel.post(f"Leaked: {PAGE}")
    listening.clock.at += timedelta(days=2)
    await listening.settle()
    assert shares(listening) == []


async def test_an_album_is_one_share(listening, channel):
    photo = "https://north.example/{}.png"
    channel.post("", photo=photo.format(1), album="7")
    channel.post(f"Read {PAGE}", photo=photo.format(2), album="7")
    channel.post("", photo=photo.format(3), album="7")
    channel.post(f"Again {PAGE}", photo=photo.format(4), album="8")
    await listening.settle()
    first, second = channel.messages[0].message_id, channel.messages[3].message_id
    assert [one.url for one in shares(listening)] == [f"https://t.me/northparty/{n}" for n in (first, second)]
    assert [one.external_id for one in posts(listening)] == [f"{NORTH}/{first}", f"{NORTH}/{second}"]


async def test_a_forwarded_album_is_one_repost(listening, channel):
    ours = await alliance_post(listening)
    for step in range(3):
        origin = forward_of(ours)
        origin["message_id"] = ours.message_id + step
        channel.post(
            "Read it" if not step else "", photo=f"https://alliance.example/{step}.png", origin=origin, album="9"
        )
    await listening.settle()
    assert [one.kind for one in shares(listening)] == [ReshareKind.REPOST]


async def test_an_edit_that_adds_our_link_counts_from_then(listening, channel):
    post = channel.post("Read our dossier")
    await listening.settle()
    listening.clock.at += timedelta(hours=3)
    channel.edit(post, f"Read our dossier {PAGE}")
    await listening.settle()
    (share,) = shares(listening)
    assert share.at == listening.clock.now()


async def test_an_edit_that_takes_our_link_out_takes_the_count_away_until_it_is_back(listening, channel):
    post = channel.post(f"Read {PAGE}")
    await listening.settle()
    (share,) = shares(listening)
    channel.edit(post, f"Do read {PAGE}")
    await listening.settle()
    assert shares(listening)[0].id == share.id
    channel.edit(post, "An error, sorry")
    await listening.settle()
    assert shares(listening) == []
    channel.edit(post, f"After all: {PAGE}")
    await listening.settle()
    assert [one.id for one in shares(listening)] == [share.id]


async def test_an_update_that_comes_twice_has_its_effect_once(listening, channel):
    post = channel.post(f"Read {PAGE}")
    for _ in range(2):
        listening.sandbox.telegram.push(channel_post=listening.sandbox.telegram.message_json(channel, post))
    await listening.settle()
    assert (len(shares(listening)), len(posts(listening))) == (1, 1)


async def test_a_post_that_the_officer_gave_too_counts_once(listening, channel):
    post = channel.post(f"Read {PAGE}")
    await listening.settle()
    listening.ana.write(f"https://t.me/northparty/{post.message_id}")
    await listening.settle()
    (share,) = shares(listening)
    assert share.evidence is Evidence.OBSERVED


async def test_a_link_that_was_given_before_it_was_seen_counts_once(listening, channel):
    channel.has_bot = False
    post = channel.post(f"Read {PAGE}")
    listening.ana.write(f"https://t.me/NorthParty/{post.message_id}")
    await listening.settle()
    listening.sandbox.telegram.push(channel_post=listening.sandbox.telegram.message_json(channel, post))
    await listening.settle()
    assert [(one.member_id, one.evidence) for one in shares(listening)] == [(1, Evidence.OBSERVED)]


async def test_a_forward_to_the_bot_from_a_private_channel_of_the_party_is_its_share(listening):
    """A channel without a name is known by its number; its post counts once, however it was told."""
    channel = listening.sandbox.telegram.add_channel(HIDDEN, "Inner circle")
    channel.add_bot(listening.ana)
    post = channel.post(f"Read {PAGE}")
    await listening.settle()
    chat = {"id": HIDDEN, "type": "channel", "title": "Inner circle"}
    origin = {"type": "channel", "chat": chat, "message_id": post.message_id, "date": post.at}
    listening.ana.forward(f"Read {PAGE}", origin=origin)
    await listening.settle()
    assert [(one.member_id, one.evidence) for one in shares(listening)] == [(1, Evidence.OBSERVED)]


async def test_a_channel_may_change_its_name(listening, channel):
    channel.username = "north_official"
    channel.post(f"Read {PAGE}")
    await listening.settle()
    account = account_of(listening, 1)
    assert (account.handle, account.renamed_from) == ("north_official", "northparty")


async def test_a_post_shows_that_the_bot_is_back(listening, channel):
    with listening.runtime.database.write() as session:
        party_channels.lose_channel(session, NORTH, bot_id=1)
    channel.post("Hello")
    await listening.settle()
    assert account_of(listening, 1).status is AccountStatus.WATCHED


async def test_an_unknown_channel_leaves_no_trace(listening):
    channel = listening.sandbox.telegram.add_channel(HIDDEN, "Somewhere")
    channel.has_bot = True
    channel.post(f"Read {PAGE}")
    await listening.settle()
    assert (posts(listening), left(listening)) == ([], [])


# --- what is read of a message


def message(**fields: object) -> Message:
    chat = {"id": NORTH, "type": "channel", "title": "North", "username": "northparty"}
    return Message.de_json({"message_id": 5, "date": 1_795_420_800, "chat": chat, **fields}, None)


def test_everything_that_can_tell_of_an_item_is_read():
    file = {"file_id": "f", "file_unique_id": "u", "duration": 1, "width": 1, "height": 1}
    words = "#Peace now, says @alliance_news"
    entities = [
        {"type": "hashtag", "offset": 0, "length": 6},
        {"type": "mention", "offset": 17, "length": 14},
    ]
    seen = read_post(message(caption=words, caption_entities=entities, video=file, media_group_id="3"))
    assert (seen.post.hashtags, seen.post.mentions) == (("peace",), ("alliance_news",))
    assert (seen.post.files, seen.post.text, seen.album, seen.is_edit) == (("u",), words, "3", False)
    assert (seen.post.external_id, seen.post.author_id) == (f"{NORTH}/5", str(NORTH))
    assert isinstance(seen.post.at, datetime) and seen.post.at.tzinfo is not None


@pytest.mark.parametrize("kind", ["photo", "video", "audio", "document", "animation", "voice"])
def test_every_kind_of_file_is_named(kind: str):
    file = {"file_id": "f", "file_unique_id": "u", "duration": 1, "width": 1, "height": 1}
    found = read_post(message(**{kind: [file, file | {"file_unique_id": "v"}] if kind == "photo" else file}))
    assert found.post.files == (("u", "v") if kind == "photo" else ("u",))


async def test_two_officers_have_nothing_to_do_with_each_others_channels(listening, channel):
    south = listening.sandbox.telegram.add_channel(SOUTH, "South", "southparty")
    south.add_bot(listening.ben)
    south.post(f"Read {short_link(listening)}")
    await listening.settle()
    assert [one.member_id for one in shares(listening)] == [2]
