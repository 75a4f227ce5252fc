"""What may be spent on a network: a ledger by day, never over the month's budget, whoever asks at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from sqlmodel import select

from sharebot.models import TrackerSpend
from sharebot.store.database import Database
from sharebot.store.spending import DatabasePurse, spent_in_month
from sharebot.values.status import Network
from tests.cast import FixedClock


def purse(database: Database, *, budget: int | None = 1_000, clock: FixedClock | None = None) -> DatabasePurse:
    return DatabasePurse(database, Network.X, budget=budget, now=(clock or FixedClock()).now)


def test_what_is_set_aside_is_gone_and_what_was_not_used_comes_back(either: Database) -> None:
    one = purse(either)
    assert one.spend("posts", 6, micros=600)
    assert not one.spend("posts", 5, micros=401)
    assert one.left() == 400
    one.give_back("posts", 2, micros=200)
    assert one.left() == 600
    assert one.spend("users", 1, micros=600)
    assert one.left() == 0
    with either.read() as session:
        rows = session.exec(select(TrackerSpend)).all()
        assert [(row.resource, row.n, row.micros) for row in sorted(rows, key=lambda row: row.resource)] == [
            ("posts", 4, 400),
            ("users", 1, 600),
        ]


def test_a_month_begins_in_utc_and_with_a_full_purse(either: Database) -> None:
    clock = FixedClock(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    one = purse(either, clock=clock)
    assert one.spend("posts", 1, micros=1_000)
    assert not one.spend("posts", 1, micros=1)
    clock.at += timedelta(minutes=2)
    assert one.left() == 1_000
    assert one.spend("posts", 1, micros=10)
    with either.read() as session:
        assert spent_in_month(session, Network.X, now=clock.at) == 10
        assert spent_in_month(session, Network.YOUTUBE, now=clock.at) == 0
        assert {row.on_date for row in session.exec(select(TrackerSpend))} == {
            date(2026, 11, 30),
            date(2026, 12, 1),
        }


def test_without_a_budget_there_is_no_limit(either: Database) -> None:
    one = purse(either, budget=None)
    assert one.spend("units", 1, micros=2**40)
    assert one.left() > 2**60


def test_two_at_once_never_spend_more_than_there_is(either: Database) -> None:
    purses = [purse(either), purse(either)]
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda number: purses[number % 2].spend("posts", 1, micros=70), range(40)))
    assert sum(got) == 14
    assert purses[0].left() == 1_000 - 14 * 70


def test_what_comes_back_after_midnight_makes_no_room_in_the_new_month(either: Database) -> None:
    clock = FixedClock(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    one = purse(either, clock=clock)
    assert one.spend("posts", 10, micros=1_000)
    clock.at += timedelta(seconds=2)
    one.give_back("posts", 9, micros=900)
    assert one.left() == 1_000
    assert not one.spend("posts", 11, micros=1_001)
    one.give_back("unit", 1, micros=0)
    assert one.spend("posts", 10, micros=1_000)


def test_what_comes_back_after_a_days_midnight_is_there_again(either: Database) -> None:
    clock = FixedClock(datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))
    one = purse(either, clock=clock)
    assert one.spend("posts", 10, micros=1_000)
    clock.at += timedelta(seconds=2)
    one.give_back("posts", 9, micros=900)
    assert one.left() == 900
