"""Staff sign in by one-use links and stay signed in for a while."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.errors import NotFound, Refused
from sharebot.models import StaffLink, StaffSession
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link, remove_staff, set_language
from sharebot.store.staff_sessions import consume_link, end_session, find_session, touch_session
from sharebot.values.status import StaffRole
from tests.cast import NOW

EVA = "eva@alliance.example"


@pytest.fixture
def link(database: Database) -> str:
    with database.write() as session:
        add_staff(session, EVA, role=StaffRole.EDITOR, language="fr", now=NOW)
        return create_link(session, EVA, now=NOW)


@pytest.fixture
def cookie(database: Database, link: str) -> str:
    with database.write() as session:
        token = consume_link(session, link, now=NOW)
    assert token is not None
    return token


def test_a_link_opens_one_session_and_no_second(database: Database, link: str) -> None:
    with database.write() as session:
        token = consume_link(session, link, now=NOW)
        assert consume_link(session, link, now=NOW) is None
        assert token is not None
        reader = find_session(session, token, now=NOW)
    assert reader is not None
    assert (reader.email, reader.role, reader.language) == (EVA, StaffRole.EDITOR, "fr")


def test_a_link_is_dead_after_ten_minutes(database: Database, link: str) -> None:
    with database.write() as session:
        assert consume_link(session, link, now=NOW + timedelta(minutes=10)) is None


def test_a_new_link_ends_the_earlier_one(database: Database, link: str) -> None:
    with database.write() as session:
        create_link(session, EVA, now=NOW)
        assert consume_link(session, link, now=NOW) is None


@pytest.mark.parametrize("token", ["", "x" * 5000, "\udc80", "' OR 1=1 --"])
def test_nonsense_opens_nothing(database: Database, link: str, token: str) -> None:
    with database.write() as session:
        assert consume_link(session, token, now=NOW) is None
        assert find_session(session, token, now=NOW) is None


def test_a_session_ends_when_idle_for_twelve_hours(database: Database, cookie: str) -> None:
    with database.write() as session:
        assert find_session(session, cookie, now=NOW + timedelta(hours=11, minutes=59))
        assert find_session(session, cookie, now=NOW + timedelta(hours=12)) is None


def test_a_session_in_use_ends_after_seven_days(database: Database, cookie: str) -> None:
    with database.write() as session:
        for hours in range(0, 7 * 24, 6):
            now = NOW + timedelta(hours=hours)
            assert find_session(session, cookie, now=now)
            touch_session(session, cookie, now=now)
        assert find_session(session, cookie, now=NOW + timedelta(days=7)) is None


def test_only_a_session_not_noted_lately_is_stale(database: Database, cookie: str) -> None:
    with database.read() as session:
        fresh = find_session(session, cookie, now=NOW + timedelta(minutes=4))
        older = find_session(session, cookie, now=NOW + timedelta(minutes=5))
    assert fresh is not None and not fresh.is_stale
    assert older is not None and older.is_stale


def test_signing_out_ends_the_session(database: Database, cookie: str) -> None:
    with database.write() as session:
        end_session(session, cookie)
        assert find_session(session, cookie, now=NOW) is None


def test_a_removed_person_is_out_at_once(database: Database, cookie: str) -> None:
    with database.write() as session:
        link = create_link(session, EVA, now=NOW)
        remove_staff(session, EVA)
        assert find_session(session, cookie, now=NOW) is None
        assert consume_link(session, link, now=NOW) is None
        with pytest.raises(NotFound):
            create_link(session, EVA, now=NOW)


def test_tokens_are_kept_as_hashes_only(database: Database, link: str, cookie: str) -> None:
    with database.read() as session:
        kept = [row.token_sha256 for row in session.exec(select(StaffLink))]
        kept += [row.token_sha256 for row in session.exec(select(StaffSession))]
    assert len(kept) == 2
    assert link not in kept and cookie not in kept


def test_an_address_is_staff_once_whatever_its_case(database: Database, link: str) -> None:
    with database.write() as session, pytest.raises(Refused):
        add_staff(session, " EVA@alliance.example", role=StaffRole.ADMIN, language="en", now=NOW)


def test_the_language_is_remembered(database: Database, cookie: str) -> None:
    with database.write() as session:
        set_language(session, 1, "es")
        reader = find_session(session, cookie, now=NOW)
    assert reader is not None and reader.language == "es"


def test_a_removed_person_can_come_back_in_another_role(database: Database, cookie: str) -> None:
    with database.write() as session:
        remove_staff(session, EVA)
        add_staff(session, EVA, role=StaffRole.VIEWER, language="es", now=NOW)
        assert find_session(session, cookie, now=NOW) is None
        token = consume_link(session, create_link(session, EVA, now=NOW), now=NOW) or ""
        reader = find_session(session, token, now=NOW)
    assert reader is not None and (reader.role, reader.language) == (StaffRole.VIEWER, "es")
