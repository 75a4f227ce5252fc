"""A country on hold gets nothing that asks: what is queued waits or is held back, what comes later is not claimed."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound, Refused
from sharebot.models import CountryHold, Delivery, Member
from sharebot.store import silences
from sharebot.store.database import Database
from sharebot.store.silences import STOPPED, Wish
from sharebot.values.listing import Listing
from sharebot.values.status import DeliveryKind, DeliveryStatus
from tests.cast import NOW, add_cast
from tests.store.props import claimed, queue_note, released

TODAY = NOW.date()


def move_south(database: Database) -> None:
    with database.write() as session:
        south = session.get_one(Member, 2)
        south.country, south.region, south.zone = "SN", "Africa", "Africa/Dakar"


def hold(database: Database, *, stops: bool = False, days: int = 0, region: str | None = None) -> silences.Begun:
    wish = Wish("SN", TODAY, TODAY + timedelta(days=days), stops=stops, reason="Election silence")
    with database.write() as session:
        return silences.begin(session, wish, settings=Settings(), region=region, by="staff:1", now=NOW)


def rows(database: Database) -> list[tuple[int | None, DeliveryStatus, datetime, str | None]]:
    with database.read() as session:
        found = session.exec(select(Delivery).order_by("id")).all()
        return [(one.officer_id, one.status, one.due_at, one.error) for one in found]


@pytest.fixture
def queued(either: Database) -> Database:
    """An item queued for North, in Belgium, and for South, in Senegal."""
    released(either)
    move_south(either)
    return either


def test_what_is_queued_there_waits_for_the_end_and_elsewhere_it_goes(queued):
    begun = hold(queued)
    assert (begun.moved, begun.stopped) == (1, 0)
    north, south = rows(queued)
    assert north[2] == NOW
    with queued.read() as session:
        assert south[2] == session.get_one(CountryHold, begun.hold_id).until_at > NOW


def test_a_stop_holds_it_back_for_good(queued):
    assert hold(queued, stops=True).stopped == 1
    assert [row[1] for row in rows(queued)] == [DeliveryStatus.QUEUED, DeliveryStatus.SUPPRESSED]
    assert rows(queued)[1][3] == STOPPED


@pytest.mark.parametrize(
    ("kind", "goes"),
    [
        (DeliveryKind.REMINDER, False),
        (DeliveryKind.DIGEST, False),
        (DeliveryKind.WITHDRAWN, True),
        (DeliveryKind.CORRECTED, True),
    ],
)
def test_nothing_that_asks_is_claimed_while_it_lasts(either, kind: DeliveryKind, goes: bool):
    add_cast(either)
    move_south(either)
    begun = hold(either)
    note = queue_note(either, chat=(2, 1), kind=kind, officer_id=2)
    assert claimed(either) == ([note] if goes else [])
    with either.write() as session:
        silences.end(session, begun.hold_id, region=None, now=NOW)
    assert claimed(either) == ([] if goes else [note])


def test_an_item_is_not_claimed_there_whatever_its_time(queued):
    hold(queued)
    with queued.write() as session:
        session.get_one(Delivery, 2).due_at = NOW
    assert claimed(queued) == [1]


def test_ended_early_what_waited_goes_at_once(queued):
    begun = hold(queued)
    with queued.write() as session:
        silences.end(session, begun.hold_id, region=None, now=NOW + timedelta(minutes=5))
    assert rows(queued)[1][2] == NOW + timedelta(minutes=5)
    with queued.write() as session, pytest.raises(Refused):
        silences.end(session, begun.hold_id, region=None, now=NOW)


def test_days_that_make_no_sense_are_refused(queued):
    wishes = [
        Wish("SN", TODAY, TODAY - timedelta(days=1)),
        Wish("SN", TODAY - timedelta(days=9), TODAY - timedelta(days=5)),
        Wish("SN", TODAY, TODAY + timedelta(days=400)),
    ]
    for wish in wishes:
        with queued.write() as session, pytest.raises(Refused):
            silences.begin(session, wish, settings=Settings(), region=None, by="staff:1", now=NOW)
    with queued.write() as session, pytest.raises(NotFound):
        silences.begin(session, Wish("FJ", TODAY, TODAY), settings=Settings(), region=None, by="staff:1", now=NOW)


def test_staff_of_a_region_hold_and_see_and_end_its_countries_alone(queued):
    with pytest.raises(NotFound):
        hold(queued, region="Europe")
    begun = hold(queued, region="Africa")
    with queued.read() as session:
        assert silences.list_holds(session, Listing(), region="Europe", now=NOW).total == 0
        assert silences.list_holds(session, Listing(), region="Africa", now=NOW).total == 1
    with queued.write() as session, pytest.raises(NotFound):
        silences.end(session, begun.hold_id, region="Europe", now=NOW)


def test_what_holds_later_is_known_for_planning(queued):
    wish = Wish("SN", date(2027, 2, 1), date(2027, 2, 3), stops=True)
    with queued.write() as session:
        silences.begin(session, wish, settings=Settings(), region=None, by="staff:1", now=NOW)
        found = silences.list_silences(session, now=NOW)
    assert list(found) == ["SN"]
    assert found["SN"][0].stops
