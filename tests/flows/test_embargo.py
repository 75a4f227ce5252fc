"""An embargo: officers see an item at once, and nothing to share it by before its moment."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Delivery, QueueEntry, TrackedLink, Variant
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from sharebot.store import contents, queue
from sharebot.store.cards import get_card
from sharebot.store.edits import ask_for_edits
from sharebot.store.inline import list_offers
from sharebot.store.kits import get_kit
from sharebot.store.links import list_live
from sharebot.store.officers import get_officer
from sharebot.texts.kit import compose_kit
from sharebot.values.status import DeliveryKind
from tests.cast import NOW
from tests.flows.conftest import Scene
from tests.flows.template import CHANNEL

MOMENT = NOW + timedelta(hours=30)  # Tuesday at 15:00 in Brussels, where it is 9:00 now


@pytest.fixture
async def embargoed(listening: Scene) -> Scene:
    """The scene in which the first entry was withdrawn and a second one, with an embargo, has arrived."""
    with listening.runtime.database.write() as session:
        queue.withdraw(session, 1, by="someone", now=NOW)
        french = session.exec(select(Variant).where(Variant.language == "fr")).one()
        french.channel_id, french.channel_message_id = CHANNEL, 1  # a post of the channel would say it to all
        session.add(french)
        seen = contents.content_hash(session, 1)
        until = NOW + timedelta(days=4)
        approval = queue.Approval(
            1, Audience(), Timing(send_at=NOW, urgent=True), until, "test", seen, share_from=MOMENT
        )
        entry = queue.approve(session, approval, now=NOW)
        queue.release(session, entry.id or 0, settings=listening.runtime.settings, new_code=new_code, now=NOW)
    await send_deliveries(listening.runtime)
    return listening


def entry_of(scene: Scene) -> QueueEntry:
    with scene.runtime.database.read() as session:
        return queue.get_entry(session, 2)


def items_of(scene: Scene) -> list[Delivery]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(Delivery).where(Delivery.entry_id == 2).order_by("id")))


def last_of(phone: Phone) -> Shown:
    assert phone.last_message is not None
    return phone.last_message


def labels(scene: Scene) -> list[str]:
    return [button["text"] for row in last_of(scene.ben).keyboard for button in row]


async def test_officers_see_it_at_once_with_the_moment_by_their_own_clock(embargoed: Scene) -> None:
    ana, ben = last_of(embargoed.ana).words.text, last_of(embargoed.ben).words.text
    assert "Please share it from Tue 24 Nov, 15:00 on (your time)" in ben
    assert "à partir de mar. 24 nov., 15:00 (votre heure)" in ana.replace("\u202f", " ")
    with embargoed.runtime.database.read() as session:
        codes = session.exec(select(TrackedLink.code)).all()
    everything = ana + ben + repr(embargoed.ana.last_message) + repr(embargoed.ben.last_message)
    assert codes
    assert not [code for code in codes if code in everything], "no short link leaves before its time"
    assert not [label for label in labels(embargoed) if label in {"X", "Facebook", "✅ Shared", "📋 Copy text"}]
    assert [one.kind for one in items_of(embargoed)] == [DeliveryKind.ITEM] * 2, "the channel's post is not forwarded"


async def test_nothing_else_gives_it_away_before_its_moment(embargoed: Scene) -> None:
    item, settings = items_of(embargoed)[1], embargoed.runtime.settings
    with embargoed.runtime.database.read() as session:
        ben = get_officer(session, 2)
        assert list_offers(session, ben, "", settings=settings, now=NOW) == []
        kit = compose_kit(get_kit(session, item, settings=settings, now=NOW)).html
        assert "/r/" not in kit
        assert "15:00" in kit
        for code in session.exec(select(TrackedLink.code)):
            assert not list_live(session, [code], now=MOMENT - timedelta(seconds=1))
            assert list_live(session, [code], now=MOMENT)
        assert list_offers(session, ben, "", settings=settings, now=MOMENT)


async def test_at_its_moment_the_message_gets_its_buttons_and_nothing_else_is_sent(embargoed: Scene) -> None:
    before = len(embargoed.ben.messages)
    embargoed.clock.at = MOMENT - timedelta(seconds=1)
    await edit_messages(embargoed.runtime)
    assert "X" not in labels(embargoed)
    embargoed.clock.at = MOMENT
    await edit_messages(embargoed.runtime)
    assert {"X", "✅ Shared"} <= set(labels(embargoed))
    assert "Please share it from" not in last_of(embargoed.ben).words.text
    assert "/r/" in last_of(embargoed.ben).words.text
    assert len(embargoed.ben.messages) == before
    assert [one.edit_at for one in items_of(embargoed)] == [None, None]


async def test_an_edit_in_between_does_not_lose_the_moment(embargoed: Scene) -> None:
    embargoed.ben.tap("I’ll take it")
    await embargoed.settle()
    with embargoed.runtime.database.write() as session:
        ask_for_edits(session, entry_id=2, now=embargoed.clock.at)
    await edit_messages(embargoed.runtime)
    moments = {one.edit_at for one in items_of(embargoed)}
    assert None not in moments
    assert max(one for one in moments if one) <= MOMENT
    with embargoed.runtime.database.read() as session:
        settings = embargoed.runtime.settings
        card = get_card(session, items_of(embargoed)[1].id or 0, settings=settings, now=embargoed.clock.at)
    assert (card.share_from, card.shares, card.url, card.post.whole) == (MOMENT, (), None, "")
