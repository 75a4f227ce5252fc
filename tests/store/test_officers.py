"""Seats: invited, joined by one chat only, confirmed by staff, left and found again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Chat, Delivery, Invitation, Member, Officer
from sharebot.store import admission, officers
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import ensure_chat, get_address
from sharebot.store.database import Database
from sharebot.store.farewells import forget_told
from sharebot.values.status import ChatKind, DeliveryKind, DeliveryStatus, OfficerStatus
from tests.cast import ANA, BEN, CY, NOW, add_cast, add_officer
from tests.store.props import queue_note


@pytest.fixture
def seat(either: Database) -> int:
    """A free third seat, of party North."""
    add_cast(either)
    with either.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        return add_officer(session, north, "Second desk", chat_id=None).id or 0


def agree(database: Database, seat: int) -> None:
    with database.write() as session:
        assert admission.agree(session, seat, language="en", name="Cy", staff_chat=None, now=NOW)


def address_of(session: Session, seat: int) -> int | str | None:
    officer = session.get(Officer, seat)
    return get_address(session, officer.chat_id) if officer else None


def invite(database: Database, seat: int) -> str:
    with database.write() as session:
        return officers.create_invitation(session, seat, now=NOW)


def join(database: Database, token: str, *, address: int = CY, bot_id: int = 1, after: timedelta = timedelta()) -> bool:
    with database.write() as session:
        return officers.join(session, token, bot_id=bot_id, address=address, now=NOW + after) is not None


def test_a_good_token_seats_its_chat_to_wait_for_staff(either, seat: int):
    assert join(either, invite(either, seat))
    with either.read() as session:
        found = officers.find_by_chat(session, CY, bot_id=1)
        assert found is not None
        assert (found.id, found.status) == (seat, OfficerStatus.WAITING)
        assert address_of(session, seat) == CY


def test_one_token_seats_one_of_two_chats_at_once(either, seat: int):
    """T2."""
    token = invite(either, seat)
    with ThreadPoolExecutor(8) as pool:
        joined = list(pool.map(lambda chat: join(either, token, address=chat), range(CY, CY + 8)))
    assert sorted(joined) == [False] * 7 + [True]
    with either.read() as session:
        assert address_of(session, seat) == CY + joined.index(True)


@pytest.mark.parametrize("token", ["", "unknown", "x' OR 1=1 --", "../../etc/passwd", "\ud800", "é" * 500, "\0"])
def test_a_token_nobody_made_seats_nobody(either, seat: int, token: str):
    invite(either, seat)
    assert not join(either, token)


def test_a_token_with_anything_after_it_is_another_token(either, seat: int):
    token = invite(either, seat)
    assert not join(either, token + "\n")
    assert not join(either, " " + token)


def test_a_used_an_expired_and_a_revoked_token_seat_nobody(either, seat: int):
    old = invite(either, seat)
    token = invite(either, seat)
    assert not join(either, old), "a newer invitation revokes the older one"
    assert not join(either, token, after=timedelta(hours=72))
    assert join(either, token, after=timedelta(hours=72, seconds=-1))
    assert not join(either, token, address=CY + 1)


def test_a_chat_has_one_seat(either, seat: int):
    token = invite(either, seat)
    assert not join(either, token, address=ANA)
    assert join(either, token), "the refused chat used the invitation up"


def test_a_taken_seat_gets_no_invitation(either, seat: int):
    for taken in (1, 2):
        with either.write() as session, pytest.raises(Refused, match="is taken"):
            officers.create_invitation(session, taken, now=NOW)
    with either.write() as session, pytest.raises(NotFound):
        officers.create_invitation(session, 999, now=NOW)


def test_only_the_hash_of_a_token_is_kept(either, seat: int):
    token = invite(either, seat)
    with either.read() as session:
        kept = session.exec(select(Invitation)).one()
    assert token not in str(kept.model_dump())
    assert len(kept.token_sha256) == 64
    assert len(token) >= 43


def test_a_chat_and_a_label_lie_sealed(either):
    add_cast(either)
    with either.read() as session:
        stored = str([row.model_dump() for row in session.exec(select(Officer))])
        stored += str([row.model_dump() for row in session.exec(select(Chat))])
    assert str(ANA) not in stored
    assert str(BEN) not in stored
    assert "Ana" not in stored


def test_confirming_welcomes_once(either, seat: int):
    join(either, invite(either, seat))
    with either.write() as session, pytest.raises(Refused, match="has not agreed"):
        officers.confirm(session, seat, now=NOW)
    agree(either, seat)
    with either.write() as session:
        officers.confirm(session, seat, now=NOW)
    with either.write() as session, pytest.raises(Refused, match="is not waiting"):
        officers.confirm(session, seat, now=NOW)
    with either.read() as session:
        welcome = session.exec(select(Delivery)).one()
        officer = session.get(Officer, seat)
    assert officer is not None
    assert (welcome.kind, welcome.officer_id, welcome.chat_id) == (DeliveryKind.WELCOME, seat, officer.chat_id)
    assert welcome.chat_id is not None


def test_a_rejected_chat_is_forgotten_and_its_token_opens_nothing_any_more(either, seat: int):
    token = invite(either, seat)
    join(either, token)
    with either.write() as session:
        officers.reject(session, seat, now=NOW)
        assert officers.find_by_chat(session, CY, bot_id=1) is None
        assert address_of(session, seat) is None
        assert len(session.exec(select(Chat)).all()) == 3, "its chat is to hear so first"
        session.exec(select(Delivery)).one().status = DeliveryStatus.FAILED
    with either.write() as session:
        assert forget_told(session, now=NOW) == 1
        assert len(session.exec(select(Chat)).all()) == 2
    assert not join(either, token)
    assert join(either, invite(either, seat))


@pytest.mark.parametrize("status", [one for one in OfficerStatus if one is not OfficerStatus.ACTIVE])
def test_only_somebody_active_becomes_unreachable(either, status: OfficerStatus):
    add_cast(either)
    with either.write() as session:
        officers.set_status(session, 1, old=OfficerStatus.ACTIVE, new=status)
        officers.mark_unreachable(session, 1)
        assert officers.get_officer(session, 1).status is status


def test_a_seat_belongs_to_the_bot_it_was_taken_with(either, seat: int):
    with either.write() as session:
        africa = ensure_bots(session, ["africa"])["africa"]
    assert join(either, invite(either, seat), bot_id=africa, address=ANA), "a chat has one seat with each bot"
    with either.read() as session:
        assert [_id(officers.find_by_chat(session, ANA, bot_id=one)) for one in (1, africa)] == [1, seat]
        assert officers.find_by_chat(session, BEN, bot_id=africa) is None
    agree(either, seat)
    with either.write() as session:
        officers.confirm(session, seat, now=NOW)
        assert session.exec(select(Delivery.bot_id)).one() == africa


def test_staffs_own_chat_survives_a_rejection(either, seat: int):
    """Somebody of staff tries an invitation in the chat that gets the previews, and turns themselves away."""
    with either.write() as session:
        previews = ensure_chat(session, 1, CY, ChatKind.PRIVATE)
    queue_note(either, chat=(previews, 1), kind=DeliveryKind.PREVIEW)
    token = invite(either, seat)
    assert join(either, token)
    with either.write() as session:
        officers.reject(session, seat, now=NOW)
        assert officers.find_by_chat(session, CY, bot_id=1) is None
        for told in session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.JOINED)):
            told.status = DeliveryStatus.SENT
    with either.write() as session:
        forget_told(session, now=NOW)
        assert get_address(session, previews) == CY
    assert join(either, invite(either, seat))


def _id(officer: officers.OfficerView | None) -> int | None:
    return officer.id if officer else None


def test_officers_are_listed_by_status(either, seat: int):
    with either.read() as session:
        assert len(officers.list_officers(session)) == 3
        assert [one.id for one in officers.list_officers(session, OfficerStatus.INVITED)] == [seat]
