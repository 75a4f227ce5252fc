"""Chats: known once a bot, sealed, moved and forgotten."""

import pytest
from sqlmodel import select

from sharebot.models import Chat
from sharebot.store import chats
from sharebot.store.bots import ensure_bots
from sharebot.store.database import Database
from sharebot.store.erasure import forget_chat
from sharebot.values.status import ChatKind

PERSON, GROUP = 2**45, -1_002_345_678_901


@pytest.fixture
def two(either: Database) -> tuple[int, int]:
    with either.write() as session:
        ids = ensure_bots(session, ["main", "africa"])
    return ids["main"], ids["africa"]


def seat(database: Database, bot_id: int, address: int) -> int:
    with database.write() as session:
        return chats.ensure_chat(session, bot_id, address, chats.kind_of(address))


def test_a_chat_is_known_once_to_each_bot(either, two):
    main, africa = two
    first = seat(either, main, PERSON)
    assert seat(either, main, PERSON) == first
    assert seat(either, africa, PERSON) != first
    with either.read() as session:
        assert [chats.get_address(session, one) for one in (first, 99, None)] == [PERSON, None, None]
        assert chats.find_chat(session, africa, GROUP) is None


def test_groups_are_told_from_people_by_their_number():
    assert (chats.kind_of(PERSON), chats.kind_of(GROUP)) == (ChatKind.PRIVATE, ChatKind.GROUP)


def test_an_address_lies_sealed_and_is_never_sealed_twice_alike(either, two):
    for bot_id in two:
        seat(either, bot_id, PERSON)
    with either.read() as session:
        rows = session.exec(select(Chat)).all()
    assert str(PERSON) not in str([row.model_dump() for row in rows])
    assert len({row.address_sealed for row in rows}) == 2


def test_a_chat_moves_but_never_onto_another_of_its_bot(either, two):
    """T17."""
    main, africa = two
    ana, ben = seat(either, main, 1001), seat(either, main, 1002)
    seat(either, africa, GROUP)
    with either.write() as session:
        assert chats.move_chat(session, ana, GROUP), "another bot's chat is in nobody's way"
        assert chats.move_chat(session, ana, GROUP)
        assert not chats.move_chat(session, ana, 1002)
        assert not chats.move_chat(session, 99, 5)
    with either.read() as session:
        assert [chats.get_address(session, one) for one in (ana, ben)] == [GROUP, 1002]
        moved = chats.find_chat(session, main, GROUP)
        assert moved is not None
        assert (moved.id, moved.kind) == (ana, ChatKind.GROUP)
        assert chats.find_chat(session, main, 1001) is None


def test_a_forgotten_chat_leaves_nothing(either, two):
    one = seat(either, two[0], PERSON)
    with either.write() as session:
        chat = chats.find_chat(session, two[0], PERSON)
        assert chat is not None
        forget_chat(session, chat, now=None)
        assert chats.get_address(session, one) is None
        assert session.exec(select(Chat)).all() == []
