"""The channel's posts on both databases: whose they are, and which forwards are written."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from sharebot.config.settings import Settings
from sharebot.models import Content, Delivery, Officer, QueueEntry, Variant
from sharebot.rules.asks import Hold
from sharebot.rules.planning import Recipient
from sharebot.store import channel, recovery
from sharebot.store.database import Database
from sharebot.store.deliveries import hold_back_backlog, new_delivery
from sharebot.store.upsert import insert_ignore
from sharebot.values.cards import Forward
from sharebot.values.messages import Origin
from sharebot.values.status import ContentKind, DeliveryKind, DeliveryStatus
from tests.cast import NOW, add_cast
from tests.store.props import WAIT

CHANNEL = -1002000000001
LATER = NOW + timedelta(days=1)
PAGES = [f"https://alliance.example/{number}" for number in (1, 2)]


@pytest.fixture
def two(either: Database) -> Database:
    """Two contents with a page each."""
    add_cast(either)
    with either.write() as session:
        for url in PAGES:
            content = Content(kind=ContentKind.POST, created_at=NOW)
            session.add(content)
            session.flush()
            session.add(
                Variant(content_id=content.id or 0, external_id=url, language="en", title="T", url=url, updated_at=NOW)
            )
    return either


def note(database: Database, message_id: int, *urls: str, channel_id: int = CHANNEL) -> list[int]:
    with database.write() as session:
        return channel.note_post(session, urls, channel_id=channel_id, message_id=message_id)


def posts_of(database: Database) -> list[tuple[int | None, int | None]]:
    with database.read() as session:
        rows = session.exec(select(Variant).order_by(col(Variant.id)))
        return [(one.channel_id, one.channel_message_id) for one in rows]


def recipient(officer_id: int, *, held: Hold | None = None) -> Recipient:
    return Recipient(officer_id, officer_id, "m", "M", "en", 1, "en", NOW, held)


def entries(database: Database, count: int) -> list[QueueEntry]:
    with database.write() as session:
        rows = [
            QueueEntry(content_id=1, wave=wave, release_at=NOW, expires_at=LATER, created_at=NOW)
            for wave in range(1, count + 1)
        ]
        session.add_all(rows)
        session.flush()
        return rows


def test_the_newest_post_of_a_page_stays(two):
    assert note(two, 5, f"{PAGES[0]}?utm_source=x#top") == [1]
    note(two, 4, PAGES[0])
    assert posts_of(two) == [(CHANNEL, 5), (None, None)]
    note(two, 6, PAGES[0], "https://elsewhere.example/", "no address")
    assert posts_of(two) == [(CHANNEL, 6), (None, None)]
    note(two, 1, PAGES[0], channel_id=CHANNEL - 1)
    assert posts_of(two)[0] == (CHANNEL - 1, 1)


def test_a_list_of_pages_is_nobodys_post(two):
    assert note(two, 5, *PAGES) == []
    note(two, 6, PAGES[1])
    note(two, 6, *PAGES)
    assert posts_of(two) == [(None, None), (None, None)]


def test_forwards_are_written_for_what_is_sent_at_once(two):
    (entry,) = entries(two, 1)
    wished = [recipient(1), recipient(2, held=next(iter(Hold)))]
    with two.write() as session:
        assert channel.add_forwards(session, wished, entry, now=NOW) == 0
    note(two, 5, PAGES[0])
    with two.write() as session:
        assert channel.add_forwards(session, wished, entry, now=NOW) == 1
        assert channel.add_forwards(session, wished, entry, now=NOW) == 0
        (row,) = session.exec(select(Delivery)).all()
        assert (row.key, row.kind, row.due_at) == (f"forward:{entry.id}:1", DeliveryKind.FORWARD, NOW)
        found = channel.gather(session, [row.id or 0], Settings(), NOW)
    assert found == {row.id: Forward(Origin(CHANNEL, 5))}


def test_after_an_absence_no_forward_comes_without_its_item(two):
    note(two, 5, PAGES[0])
    with two.write() as session:
        chat_id = session.get_one(Officer, 1).chat_id or 0
    for entry in entries(two, 5):
        with two.write() as session:
            channel.add_forwards(session, [recipient(1)], entry, now=NOW)
            key, row = f"item:{entry.id}:1", {"officer_id": 1, "entry_id": entry.id, "variant_id": 1}
            item = new_delivery(key, DeliveryKind.ITEM, chat=(chat_id, 1), due_at=NOW, expires_at=LATER, now=NOW, **row)
            insert_ignore(session, Delivery, [item])
    with two.write() as session:
        assert hold_back_backlog(session, 1, now=NOW) == 2
        waiting = session.exec(select(Delivery).where(Delivery.status == DeliveryStatus.QUEUED)).all()
    kinds = [(one.entry_id, one.kind) for one in waiting]
    assert len(kinds) == 6
    assert {entry for entry, kind in kinds if kind is DeliveryKind.FORWARD} == {
        entry for entry, kind in kinds if kind is DeliveryKind.ITEM
    }


def forwarded(database: Database) -> QueueEntry:
    """Let Ana's forward of the first page wait."""
    (entry,) = entries(database, 1)
    note(database, 5, PAGES[0])
    with database.write() as session:
        assert channel.add_forwards(session, [recipient(1)], entry, now=NOW) == 1
    return entry


def test_a_post_that_is_edited_takes_along_the_forward_that_waits(two):
    forwarded(two)
    note(two, 5, PAGES[1])
    with two.read() as session:
        assert list(session.exec(select(Delivery.status))) == [DeliveryStatus.CANCELLED]


def test_a_forward_in_doubt_is_given_up(two):
    forwarded(two)
    with two.write() as session:
        session.get_one(Delivery, 1).status = DeliveryStatus.UNCERTAIN
    with two.write() as session:
        assert recovery.resolve_uncertain(session, now=NOW + WAIT, wait=WAIT) == (0, 0)
        assert session.get_one(Delivery, 1).status is DeliveryStatus.FAILED


def test_a_click_proves_the_item_behind_its_forward(two):
    entry = forwarded(two)
    with two.write() as session:
        forward = session.get_one(Delivery, 1)
        forward.status, forward.copies = DeliveryStatus.SENT, 1
        item = new_delivery(
            "item", DeliveryKind.ITEM, chat=(forward.chat_id or 0, 1), officer_id=1, entry_id=entry.id, variant_id=1,
            due_at=NOW, expires_at=LATER, now=NOW,
        )  # fmt: skip
        insert_ignore(session, Delivery, [item | {"status": DeliveryStatus.UNCERTAIN, "copies": 1}])
    with two.write() as session:
        recovery.prove_by_click(session, member_id=1, variant_id=1, now=NOW)
        assert session.exec(select(Delivery.status).where(Delivery.key == "item")).one() is DeliveryStatus.SENT
