"""Releases: what is due, once, and never by a clock that cannot be trusted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sharebot.clock_watch import ClockWatch
from sharebot.jobs.release_entries import release_entries
from sharebot.runtime import Runtime
from sharebot.store.queue import get_entry
from sharebot.values.status import EntryStatus
from tests.cast import NOW, SetClock
from tests.flows.conftest import Scene
from tests.store.props import approved

DAY = timedelta(days=1)


@pytest.fixture
def waiting(scene: Scene) -> tuple[Runtime, SetClock, int]:
    """An approved second wave that is due, and a clock that can be set and was not compared yet."""
    clock = SetClock(NOW)
    runtime = replace(scene.runtime, clock=clock, watch=ClockWatch(clock))
    return runtime, clock, approved(runtime.database)


def status(runtime: Runtime, entry_id: int) -> EntryStatus:
    with runtime.database.read() as session:
        return get_entry(session, entry_id).status


async def test_what_is_due_is_released_once(waiting):
    runtime, clock, entry = waiting
    runtime.clock_watch.hear(clock.now())
    for _ in range(2):
        await release_entries(runtime)
    assert status(runtime, entry) is EntryStatus.RELEASED
    with runtime.database.read() as session:
        count = session.connection().exec_driver_sql(f"SELECT count(*) FROM delivery WHERE entry_id = {entry}")
        assert count.scalar_one() == 2


async def test_nothing_is_released_before_the_clock_was_compared_with_telegrams(waiting):
    runtime, clock, entry = waiting
    await release_entries(runtime)
    assert status(runtime, entry) is EntryStatus.APPROVED
    runtime.clock_watch.hear(clock.now())
    await release_entries(runtime)
    assert status(runtime, entry) is EntryStatus.RELEASED


async def test_without_a_bot_there_is_nobody_to_compare_with(waiting):
    runtime, _, entry = waiting
    await release_entries(replace(runtime, messengers={}))
    assert status(runtime, entry) is EntryStatus.RELEASED


@pytest.mark.parametrize("leap", [timedelta(hours=-1), DAY, 4 * DAY, timedelta(days=3653)])
async def test_a_clock_that_leaps_releases_nothing_and_lets_nothing_expire(waiting, leap: timedelta):
    runtime, clock, entry = waiting
    runtime.clock_watch.hear(clock.now())
    clock.set(leap)
    await release_entries(runtime)
    assert status(runtime, entry) is EntryStatus.APPROVED
    clock.set(-leap)
    runtime.clock_watch.hear(clock.now())
    await release_entries(runtime)
    assert status(runtime, entry) is EntryStatus.RELEASED


async def test_a_clock_that_disagrees_with_telegrams_releases_nothing(waiting):
    runtime, clock, entry = waiting
    runtime.clock_watch.hear(clock.now() - DAY)
    await release_entries(runtime)
    assert status(runtime, entry) is EntryStatus.APPROVED
