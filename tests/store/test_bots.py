"""The bots' rows: made once, halted, paused, broken and probed, each for itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from sharebot.models import Bot
from sharebot.store import bots
from sharebot.store.database import Database
from sharebot.values.status import BotStatus, PauseKind
from tests.cast import NOW

SECOND = timedelta(seconds=1)
LATER = NOW + 100 * SECOND


@pytest.fixture
def two(either: Database) -> tuple[int, int]:
    """The rows of the main bot and of one more."""
    with either.write() as session:
        ids = bots.ensure_bots(session, ["main", "africa"])
    return ids["main"], ids["africa"]


def bot(database: Database, bot_id: int) -> Bot:
    with database.read() as session:
        found = session.get(Bot, bot_id)
    assert found is not None
    return found


def is_halted(database: Database, bot_id: int, *, after: timedelta = timedelta()) -> bool:
    with database.read() as session:
        return bots.is_halted(session, bot_id, now=NOW + after)


def fail(database: Database, bot_id: int, *, times: int = 1) -> None:
    for _ in range(times):
        with database.write() as session:
            bots.record_failure(session, bot_id, now=NOW)


def test_workers_that_start_at_once_make_each_bot_once(either):
    def make(_worker: int) -> dict[str, int]:
        with either.write() as session:
            return bots.ensure_bots(session, ["main", "africa"])

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(4)))
    assert len({tuple(sorted(one.items())) for one in made}) == 1
    with either.read() as session:
        assert [one.code for one in bots.list_bots(session)] == ["main", "africa"]


def test_a_later_halt_is_kept_and_holds_its_own_bot_only(either, two):
    main, africa = two
    with either.write() as session:
        bots.block_until(session, main, LATER)
        bots.block_until(session, main, NOW)
    assert is_halted(either, main, after=99 * SECOND)
    assert not is_halted(either, main, after=100 * SECOND)
    assert not is_halted(either, africa)


@pytest.mark.parametrize("kind", list(PauseKind))
def test_a_pause_says_why_and_holds_until_a_person_ends_it(either, two, kind: PauseKind):
    main, africa = two
    with either.write() as session:
        bots.pause_bot(session, main, "the token " * 99, kind=kind)
        by_telegram = {PauseKind.TOKEN, PauseKind.CONFLICT, PauseKind.OTHER_BOT}
        assert bots.is_refused(session, main) == (kind in by_telegram)
        assert not bots.is_refused(session, africa)
    assert (is_halted(either, main, after=timedelta(days=365)), is_halted(either, africa)) == (True, False)
    row = bot(either, main)
    assert (row.status, row.pause_kind, len(row.pause_reason or "")) == (BotStatus.PAUSED, kind, 300)
    with either.write() as session:
        bots.resume_bots(session)
        assert not bots.is_refused(session, main)
    assert not is_halted(either, main)
    assert (bot(either, main).pause_kind, bot(either, main).pause_reason) == (None, None)


def test_staff_stop_all_bots_at_once(either, two):
    with either.write() as session:
        bots.pause_bot(session, None, "a mistake", kind=PauseKind.STAFF)
    assert [is_halted(either, one) for one in two] == [True, True]


def test_a_bot_that_is_not_there_sends_nothing(either):
    assert is_halted(either, 99)
    with either.write() as session:
        bots.record_failure(session, 99, now=NOW)
        bots.slow_down(session, 99, now=NOW)
        assert not bots.claim_probe(session, 99, now=NOW)
        assert not bots.is_refused(session, 99)
        assert not bots.record_identity(session, 99, external_id=1, username="x")


def test_five_failures_in_a_row_open_the_breaker_and_a_success_in_between_does_not(either, two):
    main, africa = two
    fail(either, main, times=4)
    assert not is_halted(either, main)
    with either.write() as session:
        bots.record_success(session, main)
    fail(either, main, times=4)
    assert not is_halted(either, main)
    fail(either, main)
    assert is_halted(either, main, after=29 * SECOND)
    assert not is_halted(either, africa)


def test_failures_of_workers_at_once_are_all_counted(either, two):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: fail(either, two[0]), range(12)))
    assert bot(either, two[0]).failures_in_row == 12


def test_after_a_break_one_worker_is_told_to_ask_and_the_others_wait(either, two):
    main, africa = two
    fail(either, main, times=5)

    def ask(seconds: int) -> bool:
        with either.write() as session:
            return bots.claim_probe(session, main, now=NOW + seconds * SECOND)

    assert not ask(29), "the break is not over"
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: ask(30), range(4))) == [False, False, False, True]
    assert is_halted(either, main, after=59 * SECOND), "somebody sends before the answer is there"
    assert ask(60), "whoever asked died, and nobody asks again"
    with either.write() as session:
        assert not bots.claim_probe(session, africa, now=LATER)
        bots.end_probe(session, main)
    assert not is_halted(either, main, after=60 * SECOND)
    assert not ask(60)


def test_a_paused_bot_is_not_probed(either, two):
    fail(either, two[0], times=5)
    with either.write() as session:
        bots.pause_bot(session, two[0], "the token", kind=PauseKind.TOKEN)
        assert not bots.claim_probe(session, two[0], now=LATER)


def test_each_429_slows_its_own_bot_by_a_quarter(either, two):
    main, africa = two
    for _ in range(2):
        with either.write() as session:
            bots.slow_down(session, main, now=NOW)
    assert (bot(either, main).slowness, bot(either, main).slowed_at) == (1.25**2, NOW)
    assert bot(either, africa).slowness == 1


def test_another_bots_token_is_noticed(either, two):
    main, africa = two
    with either.write() as session:
        assert bots.record_identity(session, main, external_id=7_000_000_001, username="a_bot")
        assert bots.record_identity(session, main, external_id=7_000_000_001, username="b_bot")
        assert not bots.record_identity(session, main, external_id=8, username="c_bot")
        assert bots.record_identity(session, africa, external_id=8, username="c_bot")
    assert (bot(either, main).external_id, bot(either, main).username) == (7_000_000_001, "b_bot")
    assert (bot(either, africa).external_id, bot(either, africa).username) == (8, "c_bot")
