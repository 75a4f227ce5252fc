"""A time zone that was stored may be gone from a newer list of them; the officer is written to all the same."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from sharebot.config.settings import Settings
from sharebot.models import Member, Officer
from sharebot.store.asks import list_habits
from sharebot.store.cards import get_card
from sharebot.store.database import Database
from sharebot.store.officers import get_officer, wake_due
from sharebot.store.zones import zone_of
from sharebot.values.status import OfficerStatus
from tests.cast import NOW
from tests.store.props import released

GONE = "Europe/Atlantis"


@pytest.mark.parametrize(
    ("own", "party", "counts"),
    [
        ("Africa/Accra", "Europe/Paris", "Africa/Accra"),
        (None, "Europe/Paris", "Europe/Paris"),
        (GONE, "Europe/Paris", "Europe/Paris"),
        ("../etc/passwd", "Europe/Paris", "Europe/Paris"),
        (GONE, GONE, "UTC"),
        (None, "", "UTC"),
    ],
)
def test_the_first_zone_that_is_known_counts(own: str | None, party: str, counts: str):
    assert zone_of(own, party) == counts


def test_one_that_is_not_known_is_logged_once(caplog: pytest.LogCaptureFixture):
    for _ in range(3):
        zone_of("Europe/Mu", "Europe/Paris")
    assert [one.getMessage() for one in caplog.records] == [
        "time zone not known, another one counts in its place: Europe/Mu"
    ]


def test_an_officer_whose_zone_is_gone_lives_by_their_partys_clock(database: Database):
    released(database)
    with database.write() as session:
        _set_zone(session, GONE)
    with database.read() as session:
        assert list_habits(session, [1], settings=Settings(), now=NOW)[1].zone == "Europe/Brussels"
        assert get_card(session, 1, settings=Settings(), now=NOW).zone == "Europe/Brussels"
        wishes = get_officer(session, 1).wishes
    assert (wishes.zone, wishes.has_own_zone) == ("Europe/Brussels", False)


def test_their_pause_ends_by_it_too(database: Database):
    released(database)
    with database.write() as session:
        officer = _set_zone(session, GONE)
        officer.status, officer.paused_until = OfficerStatus.PAUSED, date(2026, 11, 24)
    with database.write() as session:
        assert wake_due(session, now=NOW) == []
        assert wake_due(session, now=NOW + timedelta(hours=15)) == [1]  # midnight in Brussels


def test_a_party_whose_zone_is_gone_does_not_keep_others_from_their_items(database: Database):
    released(database)
    with database.write() as session:
        session.get_one(Member, 1).zone = GONE
    with database.read() as session:
        assert list_habits(session, [1], settings=Settings(), now=NOW)[1].zone == "UTC"


def _set_zone(session: Session, zone: str) -> Officer:
    officer = session.get_one(Officer, 1)
    officer.zone = zone
    return officer
