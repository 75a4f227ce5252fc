"""The Alliance's channel: its post goes ahead of the item, and what is refused of it stops nothing else."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Asset, Delivery, Officer, QueueEntry, Variant
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.sandbox.channels import Channel
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.phone import Phone
from sharebot.store import contents, queue
from sharebot.values.status import AssetKind, DataTier, DeliveryKind, DeliveryStatus, EntryStatus, OfficerStatus
from tests.bot.words import status_of
from tests.flows.conftest import Scene
from tests.flows.template import CHANNEL

ENGLISH, FRENCH = "https://alliance.example/a", "https://www.alliance.example/fr/a/?utm_source=channel"


@pytest.fixture
async def channel(listening: Scene) -> Channel:
    """Make the bot an administrator of the Alliance's channel; what waited for all is sent."""
    channel = listening.sandbox.telegram.add_channel(CHANNEL, "The Alliance", "alliance_news")
    channel.add_bot(listening.sandbox.telegram.add_phone(9, "Editor"))
    with listening.runtime.database.write() as session:
        french = session.exec(select(Variant.id).where(Variant.language == "fr")).one()
        session.add(Asset(variant_id=french or 0, kind=AssetKind.PICTURE, url="https://alliance.example/p.png"))
    await listening.settle()
    await send_deliveries(listening.runtime)
    return channel


def release(scene: Scene) -> int:
    scene.clock.at += timedelta(minutes=1)
    now = scene.runtime.now()
    with scene.runtime.database.write() as session:
        timing, seen = Timing(send_at=now, urgent=True), contents.content_hash(session, 1)
        approval = queue.Approval(1, Audience(), timing, now + timedelta(days=3), "test", seen)
        entry = queue.approve(session, approval, now=now)
        queue.release(session, entry.id or 0, settings=scene.runtime.settings, new_code=new_code, now=now)
        return entry.id or 0


def posts_of(scene: Scene) -> dict[str, int | None]:
    """Return the channel's post of each language version."""
    with scene.runtime.database.read() as session:
        return {one.language: one.channel_message_id for one in session.exec(select(Variant))}


def forwards_of(scene: Scene, entry_id: int) -> list[Delivery]:
    with scene.runtime.database.read() as session:
        mine = select(Delivery).where(Delivery.entry_id == entry_id, Delivery.kind == DeliveryKind.FORWARD)
        return list(session.exec(mine.order_by(col(Delivery.id))))


def latest(phone: Phone, number: int = 1) -> list[tuple[bool, str | None]]:
    """Return of the latest messages whether each is a forward, and what file it shows; all bring the item."""
    shown = [one for one in phone.messages if one.from_bot][-number:]
    assert all("Un titre" in one.words.text for one in shown)
    return [(bool(one.origin), one.media) for one in shown]


async def test_a_post_belongs_to_the_versions_it_names(listening: Scene, channel: Channel):
    both = channel.post("Read it here or in French", links={"here": ENGLISH, "French": FRENCH})
    await listening.settle()
    assert posts_of(listening) == {"en": both.message_id, "fr": both.message_id}
    newer = channel.post(f"Notre dossier : {FRENCH.removeprefix('https://')}", photo="https://alliance.example/p.png")
    channel.post("Nothing of ours: https://elsewhere.example/a")
    await listening.settle()
    assert posts_of(listening) == {"en": both.message_id, "fr": newer.message_id}
    channel.edit(both, "Read it here", links={"here": ENGLISH})
    channel.edit(newer, "An error, sorry")
    await listening.settle()
    assert posts_of(listening) == {"en": both.message_id, "fr": None}


async def test_the_post_goes_ahead_and_keeps_its_origin(listening: Scene, channel: Channel):
    post = channel.post(f"Un titre ! {FRENCH}", photo="https://alliance.example/p.png")
    await listening.settle()
    entry = release(listening)
    await send_deliveries(listening.runtime)
    assert latest(listening.ana) == [(True, "photo")]
    listening.clock.at += timedelta(seconds=2)  # a chat rests a second after each message
    await send_deliveries(listening.runtime)
    assert latest(listening.ana, 2) == [(True, "photo"), (False, None)]
    forward, item = [one for one in listening.ana.messages if one.from_bot][-2:]
    assert forward.origin is not None
    assert (forward.origin["chat"]["id"], forward.origin["message_id"]) == (CHANNEL, post.message_id)
    assert item.keyboard
    assert [one.officer_id for one in forwards_of(listening, entry)] == [1]


@pytest.mark.parametrize("wish", [{"tier": DataTier.LIGHT}, {"high_risk": True}])
async def test_no_forward_for_a_slow_line_or_a_person_at_risk(listening: Scene, channel: Channel, wish):
    channel.post(f"Un titre {FRENCH}")
    await listening.settle()
    with listening.runtime.database.write() as session:
        ana = session.get_one(Officer, 1)
        for name, value in wish.items():
            setattr(ana, name, value)
        session.add(ana)
    assert forwards_of(listening, release(listening)) == []


@pytest.mark.parametrize("trouble", ["deleted", "protected", "removed", "unknown"])
async def test_a_forward_that_is_refused_fails_alone(listening: Scene, channel: Channel, trouble: str):
    post = channel.post(f"Un titre {FRENCH}")
    await listening.settle()
    entry = release(listening)
    if trouble == "deleted":
        channel.delete(post)
    elif trouble == "protected":
        channel.is_protected = True
    elif trouble == "unknown":
        body = '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'
        listening.sandbox.faults.append(Fault("answer", method="forwardMessage", status=400, body=body))
    else:
        channel.remove_bot(listening.ben)
    await listening.settle()
    await send_deliveries(listening.runtime)
    assert [one.status for one in forwards_of(listening, entry)] == [DeliveryStatus.FAILED]
    assert latest(listening.ana) == [(False, "photo")]
    assert status_of(listening, 1) is OfficerStatus.ACTIVE
    with listening.runtime.database.read() as session:
        assert session.get_one(QueueEntry, entry).status is EntryStatus.RELEASED


async def test_a_forward_in_doubt_is_never_sent_twice(listening: Scene, channel: Channel):
    channel.post(f"Un titre {FRENCH}")
    await listening.settle()
    entry = release(listening)
    listening.sandbox.faults.append(Fault("drop_after", method="forwardMessage"))
    await send_deliveries(listening.runtime)
    assert [one.status for one in forwards_of(listening, entry)] == [DeliveryStatus.UNCERTAIN]
    for _ in range(3):
        listening.clock.at += timedelta(minutes=2)
        await send_deliveries(listening.runtime)
    assert [one.status for one in forwards_of(listening, entry)] == [DeliveryStatus.FAILED]
    assert [is_forward for is_forward, _ in latest(listening.ana, 3)] == [False, True, False]


async def test_a_forward_goes_no_more_when_its_post_names_the_item_no_more(listening: Scene, channel: Channel):
    post = channel.post(f"Un titre {FRENCH}")
    await listening.settle()
    entry = release(listening)
    channel.edit(post, "An error, sorry")
    await listening.settle()
    await send_deliveries(listening.runtime)
    assert [one.status for one in forwards_of(listening, entry)] == [DeliveryStatus.CANCELLED]
    assert latest(listening.ana) == [(False, "photo")]


async def test_a_post_of_another_channel_is_nothing_to_us(listening: Scene, channel: Channel):
    other = listening.sandbox.telegram.add_channel(CHANNEL - 1, "Elsewhere")
    other.has_bot = True
    other.post(f"Un titre {FRENCH}")
    await listening.settle()
    assert posts_of(listening) == {"en": None, "fr": None}
