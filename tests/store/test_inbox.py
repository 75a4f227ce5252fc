"""Updates: stored once, taken in order, remembered so that polling goes on where it was."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sharebot.models import InboxUpdate
from sharebot.store import inbox
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database
from sharebot.values.status import ChatKind
from tests.cast import ANA, CY, NOW

MAIN, AFRICA = 1, 2


@pytest.fixture(autouse=True)
def _two_bots(either: Database) -> None:
    with either.write() as session:
        assert ensure_bots(session, ["main"]) | ensure_bots(session, ["africa"]) == {"main": MAIN, "africa": AFRICA}


def store(database: Database, *numbers: int, bot_id: int = MAIN) -> int:
    with database.write() as session:
        return inbox.store_updates(session, bot_id, [(number, f"body {number}") for number in numbers], now=NOW)


def pending(database: Database, bot_id: int = MAIN, *, worker: str = "w") -> list[int]:
    with database.write() as session:
        return [row.update_id for row in inbox.claim_pending(session, bot_id, worker=worker)]


def offset(database: Database, bot_id: int = MAIN) -> int | None:
    with database.read() as session:
        return inbox.next_offset(session, bot_id)


def test_an_update_is_stored_once_and_its_first_body_stays(either):
    assert store(either, 5, 6) == 2
    with either.write() as session:
        assert inbox.store_updates(session, MAIN, [(6, "forged"), (7, "body 7")], now=NOW) == 1
        assert [row.body for row in inbox.claim_pending(session, MAIN, worker="w")] == ["body 5", "body 6", "body 7"]


def test_a_replay_after_it_took_effect_does_not_bring_it_back(either):
    store(either, 5)
    with either.write() as session:
        inbox.mark_done(session, MAIN, 5, now=NOW)
    assert store(either, 5) == 0
    assert pending(either) == []


def test_workers_that_store_the_same_at_once_store_it_once(either):
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: store(either, *range(1, 21)), range(4))) == 20
    assert pending(either) == list(range(1, 21))


def test_updates_are_taken_in_order_a_hundred_at_a_time(either):
    store(either, *range(300, 100, -1))
    assert pending(either) == list(range(101, 201))


def test_the_offset_acknowledges_what_is_stored_whether_taken_or_not(either):
    assert offset(either) is None
    store(either, 7, 2**40)
    assert offset(either) == 2**40 + 1


def message_from(number: int) -> str:
    chat = {"id": number, "type": "private"}
    return json.dumps({"update_id": 5, "message": {"chat": chat, "from": {"id": number}, "text": "hello"}})


@pytest.mark.parametrize(
    ("body", "error", "is_kept"),
    [
        (message_from(ANA), None, False),
        (message_from(ANA), "KeyError", True),
        (message_from(CY), "KeyError", False),
        (json.dumps({"callback_query": {"from": {"id": CY}, "message": {"chat": {"id": ANA}}}}), "KeyError", True),
        (json.dumps({"message": {"chat": "odd", "from": None}}), "KeyError", False),
        (json.dumps({"message": {"chat": {"id": -(2**63) - 1}}}), "KeyError", False),
        ("no json", "KeyError", False),
        ("[1]", "KeyError", False),
    ],
)
def test_of_what_took_effect_and_of_strangers_only_the_number_is_kept(either, body, error, is_kept):
    with either.write() as session:
        ensure_chat(session, MAIN, ANA, ChatKind.PRIVATE)
        inbox.store_updates(session, MAIN, [(5, body)], now=NOW)
        inbox.mark_done(session, MAIN, 5, now=NOW, error=error)
        row = session.get(InboxUpdate, (MAIN, 5), populate_existing=True)
    assert row is not None
    assert (row.body, row.error) == (body if is_kept else "", error)
    assert store(either, 5) == 0, "a repeat is still known"


def test_a_failed_update_keeps_its_reason_and_is_not_taken_again(either):
    store(either, 5)
    with either.write() as session:
        inbox.mark_done(session, MAIN, 5, now=NOW, error="KeyError" * 99)
        row = session.get(InboxUpdate, (MAIN, 5))
    assert pending(either) == []
    assert row is not None
    assert (row.done_at, len(row.error or "")) == (NOW, 300)


def test_bots_keep_their_updates_apart_though_their_numbers_are_the_same(either):
    assert store(either, 5, 6) == 2
    assert store(either, 5, bot_id=AFRICA) == 1
    assert (offset(either), offset(either, AFRICA)) == (7, 6)
    with either.write() as session:
        inbox.mark_done(session, AFRICA, 5, now=NOW)
    assert (pending(either), pending(either, AFRICA)) == ([5, 6], [])


def test_workers_that_take_at_once_share_them(either):
    store(either, *range(1, 21))
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda worker: pending(either, worker=worker), "abcd"))
    assert sorted(number for mine in taken for number in mine) == list(range(1, 21))


def test_of_each_bot_the_latest_update_stays(either):
    store(either, 5, 6)
    store(either, 1, 2, bot_id=AFRICA)
    with either.write() as session:
        for bot_id, number in ((MAIN, 5), (MAIN, 6), (AFRICA, 1), (AFRICA, 2)):
            inbox.mark_done(session, bot_id, number, now=NOW)
        inbox.delete_done(session, before=NOW + timedelta(days=1))
        assert store_count(session) == 2
    assert (offset(either), offset(either, AFRICA)) == (7, 3)


def test_old_updates_are_deleted_but_the_latest_and_the_untaken(either):
    store(either, 1, 2, 3, 4)
    with either.write() as session:
        for number in (1, 3, 4):
            inbox.mark_done(session, MAIN, number, now=NOW)
        inbox.delete_done(session, before=NOW)
        assert store_count(session) == 4
        inbox.delete_done(session, before=NOW + timedelta(days=1))
        assert store_count(session) == 2
    assert (pending(either), offset(either)) == ([2], 5)


def store_count(session) -> int:
    return int(session.connection().exec_driver_sql("SELECT count(*) FROM inbox_update").scalar_one())


def test_what_one_worker_has_taken_no_other_gets_until_it_is_dead(either):
    store(either, 5, 6)
    with either.write() as session:
        assert [row.update_id for row in inbox.claim_pending(session, MAIN, worker="one")] == [5, 6]
    with either.write() as session:
        assert inbox.claim_pending(session, MAIN, worker="two") == []
        assert inbox.list_takers(session) == {"one"}
        inbox.mark_done(session, MAIN, 5, now=NOW)
        inbox.free_taken(session, "one")
    with either.write() as session:
        assert [row.update_id for row in inbox.claim_pending(session, MAIN, worker="two")] == [6]
