"""Previews: staff's own chat gets every item first, and officers only what arrived there."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from sharebot.config.settings import Settings
from sharebot.models import Chat, Delivery
from sharebot.store import outcomes, queue
from sharebot.store.chats import get_address
from sharebot.store.database import Database
from sharebot.store.previews import end_previews
from sharebot.store.recovery import expire_due
from sharebot.values.feeds import Translation
from sharebot.values.status import ChatKind, DeliveryKind, DeliveryStatus, EntryStatus
from tests.cast import ANA, NOW, add_cast
from tests.store.props import (
    ITEM,
    approved,
    claim,
    claimed,
    delivery,
    doubt,
    entry_status,
    resolve,
    set_entry_status,
    statuses,
    take_in,
)

STAFF = -1_002_345_678_901
FRENCH = replace(
    ITEM,
    external_id="a-fr",
    title="Un titre",
    url="https://alliance.example/fr/a",
    language="fr",
    translations=(Translation("en", ITEM.url or ""),),
)
SECOND = timedelta(seconds=1)


def release_to(database: Database, entry_id: int, *, preview_chat: int | None = STAFF) -> None:
    settings = Settings.model_validate({"telegram": {"preview_chat": preview_chat}})
    codes = iter(f"code{entry_id}{number:05}" for number in range(1000))
    with database.write() as session:
        done = queue.release(session, entry_id, settings=settings, new_code=lambda: next(codes), now=NOW)
        assert done is not None


def previewing(database: Database) -> None:
    """Release an item to Ana (fr) and Ben (en), whose previews are not sent yet: deliveries 1 and 2."""
    add_cast(database)
    take_in(database, ITEM, FRENCH)
    release_to(database, approved(database))


def previews(database: Database) -> list[Delivery]:
    with database.read() as session:
        rows = select(Delivery).where(Delivery.kind == DeliveryKind.PREVIEW).order_by(col(Delivery.id))
        return list(session.exec(rows))


def show(database: Database, *, now: datetime = NOW) -> int:
    """Send the next preview; return its number."""
    (one,) = claim(database, now=now)
    with database.write() as session:
        outcomes.mark_sent(session, one, message_id=7, now=now)
    return one.delivery_id


def end(database: Database) -> int:
    with database.write() as session:
        return end_previews(session)


def test_each_language_that_goes_out_is_shown_once_in_the_staffs_chat(either):
    previewing(either)
    rows = previews(either)
    assert len({row.variant_id for row in rows}) == len(rows) == 2
    assert {(row.officer_id, row.entry_id, row.due_at) for row in rows} == {(None, 1, NOW)}
    with either.read() as session:
        (chat_id,) = {row.chat_id for row in rows}
        chat = session.get(Chat, chat_id)
        assert chat is not None
        assert (chat.kind, get_address(session, chat_id)) == (ChatKind.GROUP, STAFF)
        entry = queue.get_entry(session, 1)
    assert (entry.status, entry.released_at) == (EntryStatus.PREVIEWING, NOW)
    assert {row.expires_at for row in rows} == {entry.expires_at}


def test_a_language_that_nobody_gets_is_not_shown(either):
    add_cast(either)
    take_in(either, ITEM)
    release_to(either, approved(either))
    assert len(previews(either)) == 1


def test_officers_get_it_when_all_previews_have_arrived(either):
    previewing(either)
    rows = [row.id for row in previews(either)]
    assert show(either) == rows[0]
    assert (end(either), entry_status(either)) == (0, EntryStatus.PREVIEWING)
    assert claimed(either) == [], "officers do not overtake the second preview"
    later = NOW + timedelta(minutes=1)
    assert show(either, now=later) == rows[1]
    assert claimed(either, now=later) == [], "before the previews are ended nobody gets it"
    assert (end(either), entry_status(either)) == (1, EntryStatus.RELEASED)
    assert end(either) == 0
    assert claimed(either, now=later) == [1, 2]


def test_without_a_preview_chat_officers_get_it_at_once(either):
    add_cast(either)
    take_in(either, ITEM)
    release_to(either, approved(either), preview_chat=None)
    assert (previews(either), entry_status(either)) == ([], EntryStatus.RELEASED)
    assert claimed(either) == [1, 2]


def test_what_reaches_nobody_is_not_shown_either(either):
    add_cast(either)
    take_in(either, ITEM)
    entry = approved(either)
    with either.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET status = 'paused'")
    release_to(either, entry)
    assert (statuses(either), entry_status(either)) == ([], EntryStatus.RELEASED)


@pytest.mark.parametrize("status", [one for one in EntryStatus if one is not EntryStatus.PREVIEWING])
def test_an_entry_that_was_stopped_meanwhile_is_not_opened_by_its_previews(either, status: EntryStatus):
    previewing(either)
    for minute in (0, 1):
        show(either, now=NOW + timedelta(minutes=minute))
    set_entry_status(either, status)
    assert (end(either), entry_status(either)) == (0, status)


def test_each_entry_waits_for_its_own_previews(either):
    previewing(either)
    take_in(either, replace(ITEM, external_id="b", url="https://alliance.example/b"))
    release_to(either, approved(either, 2))
    for minute in (0, 1):
        show(either, now=NOW + timedelta(minutes=minute))
    assert end(either) == 1
    assert [entry_status(either, number) for number in (1, 2)] == [EntryStatus.RELEASED, EntryStatus.PREVIEWING]


def test_a_withdrawal_takes_the_previews_along(either):
    previewing(either)
    with either.write() as session:
        assert queue.withdraw(session, 1, by="someone", now=NOW) == 4
    assert claimed(either) == []
    assert (end(either), entry_status(either)) == (0, EntryStatus.WITHDRAWN)


def test_a_preview_in_doubt_is_repeated_even_in_a_group_and_officers_wait(either):
    previewing(either)
    for minute in (0, 1):
        doubt(either, claim(either, now=NOW + timedelta(minutes=minute))[0], now=NOW)
    assert end(either) == 0
    later = NOW + timedelta(minutes=5)
    assert resolve(either, now=later) == (2, 0)
    assert claimed(either, now=later) == [3], "the officers wait for the copy"


def test_previews_that_came_too_late_end_with_their_entry(either):
    """Nobody sent for days: the entry must not stand as if it were still on its way to staff."""
    previewing(either)
    over = NOW + timedelta(days=3)
    with either.write() as session:
        assert expire_due(session, now=over) == 4
        end_previews(session)
        queue.expire_entries(session, now=over)
    assert set(statuses(either)) == {DeliveryStatus.EXPIRED}
    assert entry_status(either) is EntryStatus.EXPIRED


def test_a_chat_that_is_staffs_and_an_officers_gets_its_preview_first(either):
    add_cast(either)
    take_in(either, ITEM)
    release_to(either, approved(either), preview_chat=ANA)
    (preview,) = previews(either)
    assert preview.chat_id == delivery(either, 1).chat_id
    assert claimed(either) == [preview.id]
