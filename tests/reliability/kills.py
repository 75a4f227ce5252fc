"""Kill rounds: `kill -9` of the worker, and of PostgreSQL, at random moments of a release; or SIGTERM alone."""

import random
import time

from tests.reliability.installation import Installation
from tests.reliability.postgres import Postgres
from tests.reliability.processes import Process
from tests.reliability.standin import Standin
from tests.reliability.verdict import Proof, judge, judge_resumptions, judge_starts

_EARLY = 0.15  # of the kills: while the process starts
_UNRELEASED = 0.2  # of the items: the worker itself is to release them
_START_SECONDS = 1.5
_PAUSE, _STEP = 0.7, 50  # how long to wait for more messages, looked for in steps
_GROUPS = 3  # so that a chat's own pace of one message a second does not hold up the next round


class KillRounds:
    """Rounds of one seed on one installation; a restart may take up to `within` seconds to its first message."""

    def __init__(
        self, installation: Installation, standin: Standin, *, seed: int, within: float = 5, name: str = "kills"
    ) -> None:
        self.installation, self.standin, self.within = installation, standin, within
        self.random = random.Random(seed)  # noqa: S311 - repeatable
        self.proof = Proof(name, seed)
        self.ended: dict[Process, float] = {}
        self.resumed: list[float] = []  # when the database was back, with work left
        self.kills = 0
        self.exits: list[str] = []

    def run(self, rounds: int, deliveries: int, *, postgres: Postgres | None = None, stops: int = 0) -> Proof:
        """Run the rounds, let a last worker finish, and judge."""
        began = time.monotonic()
        self.installation.seat(deliveries, groups=_GROUPS)
        stopped = set(self.random.sample(range(rounds), min(stops, rounds))) if postgres else set()
        for number in range(rounds):
            self._put_in(number)
            self._round(postgres if number in stopped else None)
            if not self.installation.is_sound():
                self.proof.hold("the database is sound", False, f"round {number}")
        self._finish(timeout=60 + rounds * deliveries / 10)
        self._judge(postgres)
        self.proof.figures |= {"rounds": rounds, "seconds": round(time.monotonic() - began, 1)}
        return self.proof

    def run_gently(self, rounds: int, deliveries: int) -> Proof:
        """Ask the worker to end, with SIGTERM, at random moments: it ends well, and nothing is in doubt."""
        began = time.monotonic()
        self.installation.seat(deliveries, groups=_GROUPS)
        for number in range(rounds):
            self._put_in(number)
            waiting = self.installation.statuses()["queued"]
            worker = self.installation.start()
            self._wait(self.standin.count() + self.random.randint(1, max(1, waiting)))
            code = worker.stop()
            self.proof.hold("it ends well", code == 0, f"round {number}: {code} {worker.tail()[-300:]}")
            doubted = self.installation.statuses()["uncertain"] + self.installation.statuses()["sending"]
            self.proof.hold("nothing is in doubt", doubted == 0, f"round {number}: {doubted}")
        self._finish(timeout=60 + rounds * deliveries / 10)
        self._judge(None)
        self.proof.figures |= {"rounds": rounds, "seconds": round(time.monotonic() - began, 1)}
        return self.proof

    def _put_in(self, number: int) -> None:
        put_in = self.installation.approve if self.random.random() < _UNRELEASED else self.installation.release
        put_in(group=number % _GROUPS)

    def _round(self, postgres: Postgres | None) -> None:
        before, waiting = self.standin.count(), self.installation.statuses()["queued"]
        worker = self.installation.start(ready=False)
        if postgres is not None:
            self._stop_database(postgres, worker, before, waiting)
        elif self.random.random() < _EARLY:
            time.sleep(self.random.uniform(0, _START_SECONDS))
        else:
            self._wait(before + self.random.randint(1, max(1, waiting)))
        self._kill(worker)

    def _wait(self, accepted: int) -> None:
        """Wait for so many messages, or until no more come; and a random moment more."""
        count = self.standin.wait_for(self.standin.count() + 1, timeout=self.within + 1)
        while count < accepted and (more := self.standin.wait_for(count + 1, timeout=_PAUSE)) > count:
            count = self.standin.wait_for(min(accepted, more + _STEP), timeout=_PAUSE)
        time.sleep(self.random.uniform(0, 0.01))

    def _stop_database(self, postgres: Postgres, worker: Process, before: int, waiting: int) -> None:
        self._wait(before + self.random.randint(1, max(1, waiting // 2)))
        postgres.stop_at_once()
        time.sleep(self.random.uniform(0, 0.5))
        postgres.start()
        if self.installation.statuses()["queued"]:
            self.resumed.append(time.monotonic())
        self._wait(self.standin.count() + self.random.randint(1, max(1, waiting // 4)))

    def _kill(self, worker: Process) -> None:
        if worker.is_running:
            self.kills += 1
        else:
            self.exits.append(worker.tail()[-300:])
        worker.kill()
        self.ended[worker] = time.monotonic()

    def _finish(self, *, timeout: float) -> None:
        has_work = self.installation.statuses()["queued"] > 0
        worker = self.installation.start(ready=False)
        if not self.installation.wait_settled(timeout=timeout):
            self.proof.hold("everything is settled at the end", False, worker.tail()[-500:])
        if has_work:
            self.ended[worker] = time.monotonic()
        code = worker.stop()
        self.proof.hold("the last worker ends well", code == 0, code)

    def _judge(self, postgres: Postgres | None) -> None:
        messages, counts = self.standin.accepted(), self.standin.state()["counts"]
        stops = postgres.stops if postgres else 0
        unanswered = counts.get("fault_dropped", 0) + counts.get("fault_broken", 0)
        allowed = (self.kills + stops) * self.installation.in_flight + unanswered
        judge(self.proof, self.installation, messages, extras_allowed=allowed)
        judge_starts(self.proof, self.ended, messages, within=self.within)
        judge_resumptions(self.proof, self.resumed, messages, within=self.within)
        self.proof.hold("no worker ended by itself", not self.exits, self.exits[:1])
        self.proof.figures |= {
            "kills": self.kills,
            "database_stops": stops,
            "unanswered": unanswered,
            "most_open_sends": self.standin.state()["most_open_sends"],
        }
