"""Who waits for staff's word, how it is asked, and how a seat is handed over."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.models import Delivery, Member, Officer
from sharebot.store import admission, handover, officers
from sharebot.store.database import Database
from sharebot.store.export import export_officer
from sharebot.store.farewells import forget_told
from sharebot.values.seats import Farewell, Newcomer
from sharebot.values.status import DeliveryKind, DeliveryStatus, OfficerStatus
from tests.cast import ANA, CY, NOW, add_cast, add_officer, seat_cy

STAFF = -100_1


@pytest.fixture
def seat(either: Database) -> int:
    """A third seat, of North, where somebody sits and has not agreed yet."""
    add_cast(either)
    return seat_cy(either)


def agree(database: Database, seat: int) -> bool:
    with database.write() as session:
        return admission.agree(session, seat, language="fr", name="\u202eCy", staff_chat=STAFF, now=NOW)


def test_staff_are_asked_once_and_only_about_those_who_agreed(either, seat: int):
    with either.read() as session:
        assert admission.list_newcomers(session, language="en") == []
    assert agree(either, seat)
    assert not agree(either, seat)
    with either.write() as session:
        question = session.exec(select(Delivery)).one()
        assert (question.kind, question.officer_id, question.about_officer_id) == (DeliveryKind.JOINED, None, seat)
        asked = admission.gather(session, [question.id or 0], Settings(), NOW)[question.id or 0]
        assert asked == Newcomer(seat, "en", "Party North", "Second desk", "Cy", "fr", NOW, True)
        assert admission.list_newcomers(session, language="en") == [asked]
        admission.close_question(session, seat, now=NOW)
        assert session.exec(select(Delivery.edit_at)).one() is None, "nothing was shown yet that could be edited"


def test_after_the_decision_the_name_is_kept_nowhere(either, seat: int):
    agree(either, seat)
    with either.write() as session:
        officers.confirm(session, seat, now=NOW)
        question = admission.find_question(session, seat)
        assert question is not None
        told = admission.gather(session, [question.id or 0], Settings(), NOW)[question.id or 0]
        assert isinstance(told, Newcomer)
        assert (told.label, told.name, told.is_open, told.is_in) == ("", "", False, True)
        assert session.exec(select(Officer.name_sealed).where(Officer.id == seat)).one() is None


def test_a_successor_takes_over_and_the_predecessor_goes_after_a_farewell(either):
    add_cast(either)
    with either.write() as session:
        token = handover.invite_successor(session, 1, now=NOW)
        assert token is not None
        successor = officers.join(session, token, bot_id=1, address=CY, now=NOW)
        assert successor is not None
        assert successor.label == "Ana 2"
        assert handover.invite_successor(session, 1, now=NOW) is None
    agree(either, successor.id)
    with either.write() as session:
        officers.confirm(session, successor.id, now=NOW)
        assert officers.find_by_chat(session, ANA, bot_id=1) is None
        farewell = session.exec(select(Delivery).where(col_key_is_farewell())).one()
        told = admission.gather(session, [farewell.id or 0], Settings(), NOW)[farewell.id or 0]
        assert told == Farewell("fr", "The Alliance", True)
        assert forget_told(session, now=NOW) == 0, "it is not told yet"
        farewell.status = DeliveryStatus.SENT
    with either.write() as session:
        assert forget_told(session, now=NOW) == 1
        assert officers.get_officer(session, 1).status is OfficerStatus.GONE
        assert officers.get_officer(session, successor.id).status is OfficerStatus.ACTIVE


def col_key_is_farewell():
    return Delivery.key.startswith("farewell:")


def test_a_second_successor_has_the_next_number(either):
    add_cast(either)
    with either.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        add_officer(session, north, "Ana 2", chat_id=None)
        handover.invite_successor(session, 1, now=NOW)
        assert [one.label for one in officers.list_officers(session)] == ["Ana", "Ana 2", "Ana 3", "Ben"]


def test_whoever_never_agrees_is_forgotten_and_whoever_did_is_not(either, seat: int):
    with either.write() as session:
        assert officers.free_silent(session, now=NOW + timedelta(hours=71)) == 0
    agree(either, seat)
    with either.write() as session:
        assert officers.free_silent(session, now=NOW + timedelta(days=99)) == 0


def test_an_export_is_readable_and_holds_one_officer(either, seat: int):
    agree(either, seat)
    with either.read() as session:
        told = json.loads(export_officer(session, seat, now=NOW))
    assert (told["seat"]["label"], told["telegram_chat"], told["name_shown_to_staff"]) == ("Second desk", str(CY), "Cy")
    assert [sorted(one) for one in told["invitations"]] == [["created_at", "expires_at", "revoked_at", "used_at"]]
    assert "sealed" not in json.dumps(told)
