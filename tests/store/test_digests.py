"""Held items: planned by the week, listed in digests, shown by a tap, over, withdrawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.models import Chat, Delivery, Marker, Officer
from sharebot.rules.timing import Timing
from sharebot.store import digests, edits, queue, recovery
from sharebot.store.asks import list_asked
from sharebot.store.backup import BACKUP
from sharebot.store.corrections import take_back
from sharebot.store.database import Database
from sharebot.store.digests import Shown
from sharebot.store.personal import find_visit
from sharebot.store.restore import guard
from sharebot.texts.compose import compose
from sharebot.values.cards import Digest
from sharebot.values.status import ChatKind, DeliveryKind, DeliveryStatus, OfficerStatus, Priority, Rhythm
from tests.cast import NOW, add_cast
from tests.store.props import ITEM, approval_of, delivery, release_now, statuses, take_in

HELD, QUEUED, SENT = DeliveryStatus.HELD, DeliveryStatus.QUEUED, DeliveryStatus.SENT
TUESDAY = datetime(2026, 11, 24, 7, tzinfo=UTC)  # eight o'clock in Brussels
MINUTE = timedelta(minutes=1)


def wants(database: Database, number: int = 1, **wishes: object) -> None:
    with database.write() as session:
        officer = session.get_one(Officer, number)
        for name, value in wishes.items():
            setattr(officer, name, value)
        session.add(officer)


def released(database: Database, *priorities: Priority, now: datetime = NOW, days: int = 9) -> list[int]:
    """Release an item of each priority; return the entries."""
    entries = []
    with database.read() as session:
        start = len(queue.list_entries(session))
    for number, priority in enumerate(priorities, start=start):
        take_in(database, replace(ITEM, external_id=f"a{number}", url=f"https://alliance.example/a{number}"))
        with database.write() as session:
            approval = replace(
                approval_of(session, number + 1, timing=Timing(send_at=now)),
                priority=priority,
                expires_at=now + timedelta(days=days),
            )
            entry = queue.approve(session, approval, now=now).id or 0
            assert release_now(session, entry, now=now) is not None
            entries.append(entry)
    return entries


def make(database: Database, now: datetime) -> int:
    with database.write() as session:
        return digests.add_due(session, settings=Settings(), now=now)


def rows(database: Database, officer: int = 1) -> list[tuple[DeliveryKind, DeliveryStatus, datetime]]:
    with database.read() as session:
        mine = session.exec(select(Delivery).where(Delivery.officer_id == officer).order_by(Delivery.id))  # type: ignore[arg-type]
        return [(one.kind, one.status, one.due_at) for one in mine]


def test_the_budget_holds_what_is_released_in_a_row_and_keeps_a_place_for_what_is_important(either):
    add_cast(either)
    normal, high, low = Priority.NORMAL, Priority.HIGH, Priority.LOW
    released(either, low, *[normal] * 4, high, high)
    ana = [status for _, status, _ in rows(either)]
    # The digest of next Monday is an ask: three by themselves, one high, and that.
    assert ana == [HELD, QUEUED, QUEUED, QUEUED, HELD, QUEUED, HELD]
    with either.read() as session:
        asked = list_asked(session, now=NOW)[1]
    assert (len(asked.moments), asked.digests) == (4, {datetime(2026, 11, 30, 7, tzinfo=UTC)})


def test_a_digest_is_made_once_lists_ten_and_puts_the_rest_off(either):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    released(either, *[Priority.NORMAL] * 10, Priority.LOW, Priority.HIGH)
    assert make(either, TUESDAY - MINUTE) == 0
    assert [make(either, TUESDAY + MINUTE * more) for more in range(3)] == [1, 0, 0]
    kind, status, due = rows(either)[-1]
    assert (kind, status, due) == (DeliveryKind.DIGEST, QUEUED, TUESDAY)
    with either.read() as session:
        listed = session.exec(select(Delivery.entry_id).where(Delivery.digest_id.is_not(None))).all()  # type: ignore[union-attr]
        digest = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.DIGEST)).one()
        shown = digests.gather(session, [digest.id or 0], Settings(), TUESDAY)[digest.id or 0]
    assert isinstance(shown, Digest)
    assert sorted(listed) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 12]
    assert [line.item.delivery_id for line in shown.lines][:2] == [23, 19]  # the important one, then the newest
    waiting = [due for _, status, due in rows(either) if status is HELD and due > TUESDAY]
    assert waiting == [TUESDAY + timedelta(days=1)] * 2
    assert make(either, TUESDAY + timedelta(days=1)) == 1


def test_a_single_item_comes_by_itself(either):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    released(either, Priority.NORMAL)
    assert make(either, TUESDAY) == 0
    assert rows(either) == [(DeliveryKind.ITEM, QUEUED, TUESDAY)]


@pytest.mark.parametrize("status", [OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE])
def test_whoever_comes_back_gets_the_digest_at_the_next_opening(either, status: OfficerStatus):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    released(either, Priority.NORMAL, Priority.NORMAL)
    wants(either, status=status)
    assert make(either, TUESDAY) == 0
    wants(either, status=OfficerStatus.ACTIVE)
    assert make(either, TUESDAY + timedelta(days=1, hours=3)) == 0  # its day is over
    assert make(either, TUESDAY + timedelta(days=2)) == 1


def test_nothing_is_listed_in_the_night_after_an_outage(either):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    released(either, Priority.NORMAL, Priority.NORMAL)
    assert make(either, TUESDAY + timedelta(hours=13)) == 0
    assert make(either, TUESDAY + timedelta(days=1)) == 1


def test_new_hours_on_the_same_day_bring_no_second_digest(either):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    released(either, Priority.NORMAL, Priority.NORMAL)
    assert make(either, TUESDAY) == 1
    wants(either, opens=datetime(2026, 1, 1, 11).time(), closes=datetime(2026, 1, 1, 19).time())  # noqa: DTZ001
    released(either, Priority.NORMAL, Priority.NORMAL, now=TUESDAY + MINUTE)
    assert make(either, TUESDAY + timedelta(hours=3)) == 0
    assert make(either, TUESDAY + timedelta(days=1, hours=3)) == 1


def listed(database: Database) -> Delivery:
    """Have Ana's digest of two items sent; return the first of them."""
    add_cast(database)
    wants(database, rhythm=Rhythm.DAILY)
    released(database, Priority.NORMAL, Priority.NORMAL)
    make(database, TUESDAY)
    with database.write() as session:
        digest = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.DIGEST)).one()
        digest.status, digest.message_id, digest.copies = SENT, 77, 1
        session.add(digest)
    return delivery(database, 1)


def tap(database: Database, *, now: datetime = TUESDAY, message_id: int = 77) -> Shown | None:
    with database.write() as session:
        item = session.get_one(Delivery, 1)
        found = digests.find_digest(session, item, message_id=message_id)
        return digests.show_item(session, item, now=now) if found else None


def test_a_tap_brings_an_item_once_and_costs_no_ask(either):
    listed(either)
    assert tap(either, message_id=78) is None
    assert [tap(either) for _ in range(2)] == [Shown.COMES, Shown.CAME]
    assert (delivery(either, 1).status, delivery(either, 1).due_at) == (QUEUED, TUESDAY)
    with either.read() as session:
        assert len(list_asked(session, now=TUESDAY)[1].moments) == 1


def test_what_is_over_or_withdrawn_does_not_come(either):
    item = listed(either)
    assert tap(either, now=item.expires_at) is Shown.OVER
    with either.write() as session:
        assert recovery.expire_due(session, now=item.expires_at) == 4
    assert tap(either) is Shown.OVER
    with either.write() as session:
        queue.withdraw(session, 1, by="test", now=TUESDAY)
    assert tap(either) is Shown.WITHDRAWN


def test_a_withdrawal_cancels_what_is_held_and_a_digest_that_has_nothing_left(either):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    first, second = released(either, Priority.NORMAL, Priority.NORMAL)
    make(either, TUESDAY)
    for entry, left in ((first, QUEUED), (second, DeliveryStatus.CANCELLED)):
        with either.write() as session:
            queue.withdraw(session, entry, by="test", now=TUESDAY)
        assert rows(either)[-1][:2] == (DeliveryKind.DIGEST, left)
    assert set(statuses(either)) == {DeliveryStatus.CANCELLED}


def test_in_a_mail_each_number_leads_to_its_items_page(either):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    released(either, Priority.NORMAL, Priority.NORMAL)
    with either.write() as session:
        session.get_one(Chat, 1).kind = ChatKind.MAILBOX
    make(either, TUESDAY)
    with either.read() as session:
        digest = session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.DIGEST)).one()
        shown = digests.gather(session, [digest.id or 0], Settings(), TUESDAY)[digest.id or 0]
        assert isinstance(shown, Digest)
        for button, line in zip(compose(shown).buttons[0], shown.lines, strict=True):
            visit = find_visit(session, (button.url or "").rpartition("/")[2], now=TUESDAY)
            assert visit is not None
            assert visit.delivery.id == line.item.delivery_id


def test_a_withdrawal_shows_the_digests_that_list_it_anew(either):
    listed(either)
    with either.write() as session:
        changed = take_back(session, 1, by="test", now=TUESDAY)
        assert changed.edits == 1
        due = edits.list_due(session, now=TUESDAY)
    assert [(one.kind, one.message_id) for one in due] == [(DeliveryKind.DIGEST, 77)]


def test_a_restored_backup_lists_nothing_before_staff_let_its_entries_go_on(either):
    add_cast(either)
    wants(either, rhythm=Rhythm.DAILY)
    released(either, Priority.NORMAL, Priority.NORMAL)
    with either.write() as session:
        session.merge(Marker(name=BACKUP, at=NOW))
    with either.write() as session:
        assert guard(session, now=TUESDAY)
    assert make(either, TUESDAY) == 0
    with either.write() as session:
        for entry in (1, 2):
            queue.resume(session, entry)
    assert make(either, TUESDAY) == 1
