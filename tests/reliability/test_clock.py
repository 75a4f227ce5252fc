"""A clock that disagrees with Telegram's holds everything, and a worker that slept sends nothing behind others' backs.

It takes a worker a minute to raise the alerts of the last tests: it passes while the first ones run.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.installation import Installation
from tests.reliability.postgres import Postgres
from tests.reliability.processes import Process
from tests.reliability.sleeper import LATENCY, PER_SECOND, Crew
from tests.reliability.standin import Standin
from tests.reliability.verdict import Proof, judge

pytestmark = [pytest.mark.xdist_group("reliability-clock"), pytest.mark.long]

DAY, HOUR, TEN_YEARS = 86_400, 3_600, 3653 * 86_400
# How far Telegram's clock is shifted, and what is said of ours; its Date header leaves out parts of seconds.
OFFSETS = {DAY + 60: "1 d behind", -HOUR: "36[0-5][0-9] s ahead of", TEN_YEARS + 60: "3653 d behind"}
OFFICERS = 10


@dataclass
class Skewed:
    """A worker with work, and a stand-in whose clock is wrong until `set_right`."""

    installation: Installation
    standin: Standin
    worker: Process

    def set_right(self) -> None:
        """Let the stand-in's clock be right from now on, at the same address."""
        port = self.standin.port
        self.standin.__exit__()
        self.standin = Standin(port=port)


@contextmanager
def skewed_by(offset: int, folder: Path) -> Iterator[Skewed]:
    standin = Standin(clock_offset=offset)
    with Installation(folder, standin, telegram__poll_seconds=1) as installation:
        installation.seat(OFFICERS)
        installation.release()
        installation.approve()
        skewed = Skewed(installation, standin, installation.start(ready=False))
        try:
            yield skewed
        finally:
            skewed.standin.__exit__()


@pytest.fixture(scope="module", autouse=True)
def all_skewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Skewed]]:
    with ExitStack() as stack:
        yield {offset: stack.enter_context(skewed_by(offset, tmp_path_factory.mktemp("skewed"))) for offset in OFFSETS}


def until(condition: Callable[[], Any], *, seconds: float, seen: Callable[[], object]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, seen()
        time.sleep(0.05)


def holds(installation: Installation) -> list[str | None]:
    return [row.held for row in installation.query("SELECT held FROM worker ORDER BY name")]


# --- A worker that slept, on PostgreSQL


@pytest.fixture
def crew(tmp_path: Path, standin: Standin, postgres: Postgres) -> Iterator[Crew]:
    standin.set_faults(**LATENCY)
    with Installation(tmp_path, standin, database_url=postgres.url, telegram__per_second=PER_SECOND) as installation:
        installation.seat(50)
        installation.release()
        crew = Crew(installation, standin)
        standin.wait_for(5, timeout=30)
        yield crew


def take_over(crew: Crew, claims: Sequence[int]) -> int:
    """Let the other worker send what the sleeper had claimed; return how many of these had been sent already."""
    begun = len(claims) - len(crew.unsent(claims))
    crew.make_older(claims)
    assert crew.installation.wait_settled(timeout=40), crew.installation.statuses()
    return begun


def judge_morning(crew: Crew, begun: int) -> None:
    """Both work again, and no copy was sent but that of what the sleeper had sent before."""
    crew.installation.release()
    assert crew.installation.wait_settled(timeout=40), crew.installation.statuses()
    assert [process.stop() for process in crew.workers] == [0, 0]
    proof = Proof("sleeper")
    judge(proof, crew.installation, crew.standin.accepted(), extras_allowed=begun)
    assert proof.is_good, proof.to_json()
    assert proof.figures["extra_copies"] == begun


def test_a_worker_that_slept_sends_nothing_that_others_took_over(crew: Crew):
    """Its claims are made ten minutes older instead of waiting for as long; its sleep is real."""
    with crew.asleep_before_a_send() as claims:
        begun = take_over(crew, claims)
    assert begun > 0
    judge_morning(crew, begun)


def test_a_worker_that_slept_does_not_trust_an_answer_from_before(crew: Crew):
    with crew.asleep_in_a_look() as claims:
        begun = take_over(crew, claims)
    judge_morning(crew, begun)


def test_a_worker_that_sleeps_in_a_transaction_does_not_hold_up_the_other(crew: Crew):
    with crew.asleep_in_a_transaction():
        count = crew.standin.count()
        assert crew.standin.wait_for(count + 20, timeout=20) >= count + 20


# --- A clock that disagrees


def test_every_worker_is_freed_when_the_clocks_agree_again(tmp_path: Path, postgres: Postgres):
    standin = Standin(clock_offset=DAY)
    with Installation(tmp_path, standin, database_url=postgres.url, telegram__poll_seconds=1) as installation:
        for process in [installation.start(ready=False) for _ in range(2)]:
            process.wait_ready()
        until(lambda: [*map(bool, holds(installation))] == [True, True], seconds=10, seen=lambda: holds(installation))
        port = standin.port
        standin.__exit__()
        with Standin(port=port):
            until(lambda: holds(installation) == [None, None], seconds=10, seen=lambda: holds(installation))


@pytest.mark.parametrize("offset", OFFSETS)
def test_nothing_is_sent_while_the_clocks_disagree(all_skewed: dict[int, Skewed], offset: int):
    skewed = all_skewed[offset]
    installation = skewed.installation
    until(lambda: any(holds(installation)), seconds=30, seen=skewed.worker.tail)
    assert re.fullmatch(rf"this machine's clock is {OFFSETS[offset]} Telegram's", str(holds(installation)[0]))
    opened = "SELECT subject FROM alert WHERE code = 'clock_wrong' AND resolved_at IS NULL"
    until(lambda: installation.query(opened), seconds=90, seen=skewed.worker.tail)
    assert skewed.standin.count() == 0
    assert installation.statuses() == {"queued": OFFICERS}
    assert installation.unreleased() == 1
    skewed.set_right()
    assert installation.wait_settled(timeout=30), installation.statuses()
    until(lambda: holds(installation) == [None], seconds=10, seen=lambda: holds(installation))
    assert skewed.worker.stop() == 0
    proof = Proof("skewed")
    judge(proof, installation, skewed.standin.accepted(), extras_allowed=0)
    assert proof.is_good, proof.to_json()
