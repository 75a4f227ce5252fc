"""Short links: followed, counted once a person, dead when withdrawn."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.models import ClickSalt, ClickTally, Delivery, SeenClick, TrackedLink
from sharebot.store.database import Database
from sharebot.store.links import Visit, count_clicks, follow_all, forget_visitors, list_live
from sharebot.store.queue import withdraw
from sharebot.values.status import ClickOutcome, DeliveryStatus
from tests.cast import NOW, add_cast
from tests.store.props import statuses
from tests.web.props import add_draft, queue_and_release


@pytest.fixture
def code(database: Database) -> str:
    return released_code(database)


def released_code(database: Database) -> str:
    add_cast(database)
    with database.write() as session:
        content_id = add_draft(session)
    queue_and_release(database, content_id)
    with database.read() as session:
        return session.exec(select(TrackedLink.code).order_by(TrackedLink.code)).first() or ""


def visit(
    code: str,
    *,
    address: str = "203.0.113.7",
    agent: str = "Mozilla/5.0",
    outcome: ClickOutcome = ClickOutcome.COUNTED,
) -> Visit:
    return Visit(code, outcome, address, agent)


def go_there(database: Database, one: Visit, *, days: int = 0) -> str | None:
    with database.write() as session:
        return follow_all(session, [one], now=NOW + timedelta(days=days))[0]


def tallies(database: Database) -> dict[ClickOutcome, int]:
    with database.read() as session:
        rows = session.exec(select(ClickTally)).all()
    found: dict[ClickOutcome, int] = {}
    for row in rows:
        found[row.outcome] = found.get(row.outcome, 0) + row.n
    return found


def test_a_click_leads_to_the_target_and_counts(database: Database, code: str) -> None:
    target = go_there(database, visit(code))
    assert target is not None
    assert target.startswith("https://alliance.example/story/1/")
    assert "utm_source=" in target
    assert tallies(database) == {ClickOutcome.COUNTED: 1}


def test_many_clicks_at_once_are_settled_as_one_after_the_other(either: Database) -> None:
    code = released_code(either)
    asked = [
        visit(code),
        visit(code),
        visit("0000000000"),
        visit(code, address="203.0.113.8"),
        visit(code, outcome=ClickOutcome.PREVIEW),
    ]
    for _ in range(2):
        with either.write() as session:
            found = follow_all(session, asked, now=NOW)
        assert [target is None for target in found] == [False, False, True, False, False]
    assert tallies(either) == {ClickOutcome.COUNTED: 2, ClickOutcome.REPEAT: 4, ClickOutcome.PREVIEW: 2}


def test_the_same_visitor_counts_once_a_day(database: Database, code: str) -> None:
    for _ in range(3):
        assert go_there(database, visit(code))
    go_there(database, visit(code), days=1)
    assert tallies(database) == {ClickOutcome.COUNTED: 2, ClickOutcome.REPEAT: 2}


def test_another_browser_or_address_is_another_visitor(database: Database, code: str) -> None:
    go_there(database, visit(code))
    go_there(database, visit(code, agent="Mozilla/5.0 (Android)"))
    go_there(database, visit(code, address="203.0.113.8"))
    assert tallies(database) == {ClickOutcome.COUNTED: 3}


def test_ten_thousand_hits_of_one_address_are_twenty_clicks_at_most(database: Database, code: str) -> None:
    with database.write() as session:
        for number in range(0, 10_000, 250):
            flood = [visit(code, agent=f"Mozilla/5.0 ({number + one})") for one in range(250)]
            assert None not in follow_all(session, flood, now=NOW + timedelta(minutes=number // 50))
        twice_twelve = 2
        assert len(session.exec(select(SeenClick)).all()) == 20 + 1 + twice_twelve
    assert tallies(database) == {ClickOutcome.COUNTED: 20, ClickOutcome.REPEAT: 9_980}


@pytest.mark.parametrize("place", ["198.51.100.{}", "2001:db8:7:{:x}::1"])
def test_neighbours_at_once_are_a_flood_and_over_the_day_people(database: Database, code: str, place: str) -> None:
    with database.write() as session:
        for number in range(100):
            follow_all(session, [visit(code, address=place.format(number))], now=NOW)
    assert tallies(database) == {ClickOutcome.COUNTED: 12, ClickOutcome.REPEAT: 88}
    with database.write() as session:
        for number in range(100, 160):
            follow_all(session, [visit(code, address=place.format(number))], now=NOW + timedelta(minutes=5 * number))
    assert tallies(database)[ClickOutcome.COUNTED] == 72


@pytest.mark.parametrize("outcome", [ClickOutcome.HEAD, ClickOutcome.PREVIEW, ClickOutcome.ROBOT])
def test_what_is_no_person_is_told_apart_and_leaves_no_trace(
    database: Database, code: str, outcome: ClickOutcome
) -> None:
    assert go_there(database, visit(code, outcome=outcome))
    assert tallies(database) == {outcome: 1}
    with database.read() as session:
        assert session.exec(select(SeenClick)).all() == []
        assert count_clicks(session, since=NOW.date()) == 0


def test_an_unknown_code_leads_nowhere_and_counts_nothing(database: Database, code: str) -> None:
    assert go_there(database, visit("0000000000")) is None
    assert tallies(database) == {}


def test_a_withdrawn_entry_kills_its_links(database: Database, code: str) -> None:
    with database.write() as session:
        withdraw(session, 1, by="someone", now=NOW)
    assert go_there(database, visit(code)) is None
    with database.read() as session:
        assert not list_live(session, [code], now=NOW)


def test_a_second_release_of_the_same_content_revives_its_links(database: Database, code: str) -> None:
    with database.write() as session:
        withdraw(session, 1, by="someone", now=NOW)
    queue_and_release(database, 1)
    assert go_there(database, visit(code)) is not None


def test_nothing_stored_with_a_click_names_the_visitor(database: Database, code: str) -> None:
    go_there(database, visit(code))
    with database.read() as session:
        keys = [seen.key for seen in session.exec(select(SeenClick))]
    assert all(len(key) == 32 and b"203.0.113.7" not in key for key in keys)


def test_repeat_sets_and_their_salts_are_gone_when_the_day_is_over(database: Database, code: str) -> None:
    go_there(database, visit(code))
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    with database.write() as session:
        forget_visitors(session, now=midnight + timedelta(minutes=9))
        assert session.exec(select(ClickSalt)).all()
        forget_visitors(session, now=midnight + timedelta(minutes=10))
        assert session.exec(select(ClickSalt)).all() == []
        assert session.exec(select(SeenClick)).all() == []
    assert tallies(database) == {ClickOutcome.COUNTED: 1}


def test_a_counted_click_proves_that_its_message_arrived(database: Database, code: str) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET status = 'uncertain', copies = 1")
        first = session.get_one(Delivery, 1)
        own = select(TrackedLink.code).where(TrackedLink.member_id == 1, TrackedLink.variant_id == first.variant_id)
        brought = session.exec(own).one()
    go_there(database, visit(brought, outcome=ClickOutcome.PREVIEW))
    assert statuses(database) == [DeliveryStatus.UNCERTAIN] * 2
    go_there(database, visit(brought))
    assert statuses(database) == [DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN]
