"""Digests and reminders: made once by whoever leads, and never by a clock that cannot be trusted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.clock_watch import ClockWatch
from sharebot.jobs.remind import remind
from sharebot.jobs.send_digests import send_digests
from sharebot.jobs.table import JOBS
from sharebot.models import Delivery, Officer
from sharebot.runtime import Runtime
from sharebot.store.answers import record_answer
from sharebot.values.status import AnswerKind, DeliveryKind, Priority, Rhythm
from tests.cast import NOW, SetClock
from tests.flows.conftest import Scene
from tests.store.test_digests import released

LATER = timedelta(hours=23)  # the next opening in Brussels


@pytest.fixture
def waiting(scene: Scene) -> tuple[Runtime, SetClock]:
    """Two items that wait for Ana's digest, one that Ben took, and a clock that can be set."""
    clock = SetClock(NOW)
    runtime = replace(scene.runtime, clock=clock, watch=ClockWatch(clock))
    runtime.clock_watch.hear(clock.now())
    with runtime.database.write() as session:
        session.get_one(Officer, 1).rhythm = Rhythm.DAILY
    released(runtime.database, Priority.NORMAL, Priority.NORMAL)
    with runtime.database.write() as session:
        record_answer(session, session.get_one(Delivery, 2), AnswerKind.TAKEN, now=NOW)
    return runtime, clock


async def turns(runtime: Runtime) -> list[DeliveryKind]:
    for _ in range(2):
        await remind(runtime)
        await send_digests(runtime)
    made = {DeliveryKind.DIGEST, DeliveryKind.REMINDER}
    with runtime.database.read() as session:
        return [DeliveryKind(kind) for kind in session.exec(select(Delivery.kind)) if kind in made]


async def test_they_are_made_when_their_moment_comes_and_once(waiting):
    runtime, clock = waiting
    assert await turns(runtime) == []
    clock.run(LATER)
    runtime.clock_watch.hear(clock.now())
    assert sorted(await turns(runtime)) == [DeliveryKind.DIGEST, DeliveryKind.REMINDER]


async def test_a_clock_that_leaps_makes_none(waiting):
    runtime, clock = waiting
    await turns(runtime)
    clock.set(LATER)
    assert await turns(runtime) == []


def test_both_run_in_the_worker_that_leads():
    jobs = {job.name: job for job in JOBS}
    assert not any(jobs[name].everywhere for name in ("remind", "send_digests"))
