"""Ceremonies, posts, sessions and Telegram of staff, on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.errors import Refused
from sharebot.models import SignInTry
from sharebot.store.database import Database
from sharebot.store.passkeys import NewKey, add_passkey, find_passkey, record_use
from sharebot.store.staff import Post, add_staff, change_post, remove_staff
from sharebot.store.staff_oidc import find_by_identity
from sharebot.store.staff_sessions import find_session, open_session
from sharebot.store.staff_telegram import create_telegram_code, find_by_telegram, link_telegram
from sharebot.store.staff_tries import TRY_LASTS, begin_try, end_try
from sharebot.store.staff_views import find_staff
from sharebot.values.listing import Listing
from sharebot.values.sign_in import Ceremony, Way
from sharebot.values.status import StaffRole
from tests.cast import NOW

EVA, NINA = "eva@alliance.example", "nina@alliance.example"


@pytest.fixture(autouse=True)
def two_people(either: Database) -> None:
    with either.write() as session:
        add_staff(session, EVA, role=StaffRole.ADMIN, language="en", now=NOW)
        add_staff(session, NINA, role=StaffRole.APPROVER, region="Europe", language="fr", now=NOW)


def test_a_ceremony_is_ended_once_and_in_time(either: Database) -> None:
    with either.write() as session:
        token = begin_try(session, Ceremony.REGISTER, "challenge", now=NOW, staff_id=1)
        assert end_try(session, Ceremony.PASSKEY, token, now=NOW) is None
        assert end_try(session, Ceremony.REGISTER, token, now=NOW + TRY_LASTS) is None
        begun = end_try(session, Ceremony.REGISTER, token, now=NOW)
        assert begun is not None and (begun.staff_id, begun.secret) == (1, "challenge")
        assert end_try(session, Ceremony.REGISTER, token, now=NOW) is None
        begin_try(session, Ceremony.PASSKEY, "old", now=NOW)
        begin_try(session, Ceremony.PASSKEY, "new", now=NOW + TRY_LASTS)
        assert [one.secret for one in session.exec(select(SignInTry))] == ["new"]


def test_a_post_changes_and_ends_sessions_and_the_last_admin_stays(either: Database) -> None:
    with either.write() as session:
        token = open_session(session, 2, now=NOW, way=Way.PASSKEY)
        assert not change_post(session, 2, Post(StaffRole.APPROVER, "Europe"))
        reader = find_session(session, token, now=NOW)
        assert reader is not None and reader.region == "Europe"
        assert change_post(session, 2, Post(StaffRole.VIEWER))
        assert find_session(session, token, now=NOW) is None
        with pytest.raises(Refused):
            change_post(session, 2, Post(StaffRole.ADMIN, "Europe"))
        with pytest.raises(Refused):
            remove_staff(session, EVA)
        with pytest.raises(Refused):
            change_post(session, 1, Post(StaffRole.EDITOR))


def test_a_telegram_account_works_for_one_person(either: Database) -> None:
    with either.write() as session:
        for staff_id in (1, 2):
            assert link_telegram(session, create_telegram_code(session, staff_id, NOW), 77, NOW)
        found = find_by_telegram(session, 77)
        assert found is not None and found.email == NINA
        late = create_telegram_code(session, 1, NOW)
        assert link_telegram(session, late, 78, NOW + timedelta(minutes=10)) is None
        remove_staff(session, NINA)
        assert find_by_telegram(session, 77) is None


def test_a_passkey_belongs_to_one_person_and_counts(either: Database) -> None:
    with either.write() as session:
        add_passkey(session, 2, NewKey("abc", b"key", 0), name="Phone", now=NOW)
        with pytest.raises(Refused):
            add_passkey(session, 1, NewKey("abc", b"key", 0), name="Phone", now=NOW)
        known = find_passkey(session, "abc")
        assert known is not None and known.staff_id == 2
        record_use(session, known.passkey_id, sign_count=4, now=NOW)
        again = find_passkey(session, "abc")
        assert again is not None and again.sign_count == 4
        listed = find_staff(session, Listing(q="NINA", filters={"role": "approver", "region": "Europe"}))
        assert [(one.email, one.passkeys) for one in listed.rows] == [(NINA, 1)]
        remove_staff(session, NINA)
        assert find_passkey(session, "abc") is None


def test_an_identity_is_taken_by_its_address_once(either: Database) -> None:
    with either.write() as session:
        assert find_by_identity(session, "s1", None) is None
        assert find_by_identity(session, "s1", NINA.upper()) == 2
        assert find_by_identity(session, "s1", None) == 2
        assert find_by_identity(session, "s2", NINA) is None
