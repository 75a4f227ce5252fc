"""A party's group on both databases: its one seat, who speaks there, and where it goes when Telegram moves it."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from sharebot.models import Delivery, Member, Officer
from sharebot.store import groups
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database, vault_of
from sharebot.store.deliveries import new_delivery
from sharebot.store.officers import OfficerView
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import ChatKind, DeliveryKind, DeliveryStatus, OfficerStatus
from tests.cast import ANA, BEN, CY, NOW, add_cast, add_officer

GROUP, MOVED = -4001, -1001000000001


@pytest.fixture
def cast(either: Database) -> Database:
    """The usual cast, at the main one of two bots."""
    with either.write() as session:
        ensure_bots(session, ["main", "africa"])
    add_cast(either)
    return either


def link(database: Database, user: int, address: int, *, bot_id: int = 1, thread_id: int | None = None) -> str:
    with database.write() as session:
        officer = groups.find_enrolled(session, user, bot_id=bot_id)
        assert officer is not None
        return groups.link_group(session, officer, bot_id=bot_id, address=address, thread_id=thread_id, now=NOW).value


def seat_at(database: Database, address: int, *, bot_id: int = 1) -> OfficerView | None:
    with database.read() as session:
        return groups.find_group_seat(session, address, bot_id=bot_id)


def queue_for(database: Database, officer_id: int) -> None:
    """Let an item wait for a seat."""
    with database.write() as session:
        chat_id = session.get_one(Officer, officer_id).chat_id or 0
        row = new_delivery(
            f"item:1:{officer_id}",
            DeliveryKind.DIGEST,
            chat=(chat_id, 1),
            officer_id=officer_id,
            due_at=NOW,
            expires_at=NOW + timedelta(days=1),
            now=NOW,
        )
        insert_ignore(session, Delivery, [row])


def waiting_at(database: Database) -> list[tuple[int | None, DeliveryStatus]]:
    with database.read() as session:
        rows = session.exec(select(Delivery).order_by(col(Delivery.id)))
        return [(one.chat_id, one.status) for one in rows]


def test_a_party_has_one_group_which_moves_with_what_waits(cast):
    assert link(cast, ANA, GROUP, thread_id=7) == "linked"
    first = seat_at(cast, GROUP)
    assert first is not None
    assert (first.label, first.member_code, first.status, first.has_agreed) == (
        "Group",
        "north",
        OfficerStatus.ACTIVE,
        True,
    )
    queue_for(cast, first.id)
    assert link(cast, ANA, MOVED) == "linked"
    second = seat_at(cast, MOVED)
    assert second is not None
    assert (second.id, seat_at(cast, GROUP)) == (first.id, None)
    with cast.read() as session:
        chat_id = session.get_one(Officer, first.id).chat_id
    assert waiting_at(cast) == [(chat_id, DeliveryStatus.QUEUED)]


def test_a_group_serves_one_party_until_that_lets_go(cast):
    link(cast, ANA, GROUP)
    assert link(cast, BEN, GROUP) == "taken"
    with cast.write() as session:
        ben = groups.find_enrolled(session, BEN, bot_id=1)
        ana = groups.find_enrolled(session, ANA, bot_id=1)
        assert ben is not None
        assert ana is not None
        assert not groups.end_group(session, ben, bot_id=1, address=GROUP)
        assert groups.end_group(session, ana, bot_id=1, address=GROUP)
        assert not groups.end_group(session, ana, bot_id=1, address=GROUP)
    assert link(cast, BEN, GROUP) == "linked"
    seat = seat_at(cast, GROUP)
    assert seat is not None
    assert seat.member_code == "south"
    assert link(cast, ANA, MOVED) == "linked"
    again = seat_at(cast, MOVED)
    assert again is not None
    assert again.label == "Group"


def test_only_officers_of_the_party_speak_in_its_group_whichever_bot_they_write_to(cast):
    link(cast, ANA, GROUP)
    with cast.write() as session:
        africa = ensure_chat(session, 2, CY, ChatKind.PRIVATE)
        dora = add_officer(session, session.get_one(Member, 1), "Dora", chat_id=None)
        dora.chat_id, dora.status = africa, OfficerStatus.PAUSED
        session.add(dora)
        session.flush()
        speakers = [groups.find_speaker(session, group=GROUP, user=user, bot_id=1) for user in (ANA, CY, BEN, 5)]
        assert [one.label if one else None for one in speakers] == ["Ana", "Dora", None, None]
        assert groups.find_speaker(session, group=MOVED, user=ANA, bot_id=1) is None
        assert groups.find_speaker(session, group=ANA, user=ANA, bot_id=1) is None
        assert groups.find_enrolled(session, CY, bot_id=1) is None


def test_a_seat_that_is_called_group_is_left_to_its_owner(cast):
    with cast.write() as session:
        add_officer(session, session.get_one(Member, 1), "Group", chat_id=CY)
    link(cast, ANA, GROUP)
    seat = seat_at(cast, GROUP)
    assert seat is not None
    assert seat.label == "Group 2"
    link(cast, ANA, MOVED)
    with cast.read() as session:
        labels = [vault_of(session).open(one.label_sealed) for one in session.exec(select(Officer))]
    assert sorted(labels) == ["Ana", "Ben", "Group", "Group 2"]


def test_a_group_that_telegram_moves_keeps_its_seat(cast):
    link(cast, ANA, GROUP)
    seat = seat_at(cast, GROUP)
    assert seat is not None
    queue_for(cast, seat.id)
    with cast.write() as session:
        chat_id = session.get_one(Officer, seat.id).chat_id or 0
        assert groups.follow_migration(session, chat_id, MOVED)
        assert groups.follow_migration(session, chat_id, MOVED)
    assert seat_at(cast, MOVED) == seat
    assert waiting_at(cast) == [(chat_id, DeliveryStatus.QUEUED)]


def test_a_move_to_a_chat_that_we_know_makes_the_two_one(cast):
    link(cast, ANA, GROUP)
    seat = seat_at(cast, GROUP)
    assert seat is not None
    queue_for(cast, seat.id)
    with cast.write() as session:
        known = ensure_chat(session, 1, MOVED, ChatKind.GROUP)
        assert groups.follow_migration(session, session.get_one(Officer, seat.id).chat_id or 0, MOVED)
    assert seat_at(cast, MOVED) == seat
    assert waiting_at(cast) == [(known, DeliveryStatus.QUEUED)]


def test_a_move_to_a_chat_with_a_seat_sends_nothing_twice(cast):
    link(cast, ANA, GROUP)
    link(cast, BEN, MOVED)
    old = seat_at(cast, GROUP)
    assert old is not None
    queue_for(cast, old.id)
    with cast.write() as session:
        assert not groups.follow_migration(session, session.get_one(Officer, old.id).chat_id or 0, MOVED)
        assert session.get_one(Officer, old.id, populate_existing=True).status is OfficerStatus.GONE
        assert not groups.follow_migration(session, 99, MOVED)
    assert [status for _, status in waiting_at(cast)] == [DeliveryStatus.CANCELLED]
    kept = seat_at(cast, MOVED)
    assert kept is not None
    assert kept.member_code == "south"


def test_a_group_is_at_high_risk_as_who_brought_it(cast):
    with cast.write() as session:
        session.get_one(Officer, 1).high_risk = True
    link(cast, ANA, GROUP)
    seat = seat_at(cast, GROUP)
    assert seat is not None
    with cast.read() as session:
        assert session.get_one(Officer, seat.id).high_risk
