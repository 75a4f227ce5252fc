"""Two workers on one PostgreSQL, of which one is suspended in the middle of its work and wakes up much later."""

import os
import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from tests.reliability.installation import Installation
from tests.reliability.processes import Process
from tests.reliability.standin import Standin
from tests.reliability.verdict import copies_of

NAMES = ("one", "two")
PER_SECOND = 25  # slow enough for claims to wait for their start
LATENCY = {"latency_from": 0.05, "latency_to": 0.15}  # of the stand-in, so that some are under way
_ARRIVES = 0.25  # seconds after which everything sent has arrived
_TRIES = 200
_LEAST = 10  # messages that have to be left
_NEWEST = (
    "SELECT attempt.delivery_id, attempt.worker, bot.next_send_at FROM attempt, bot ORDER BY attempt.id DESC LIMIT 1"
)
_OWN = "SELECT delivery_id FROM attempt WHERE outcome = 'open' AND worker LIKE :name"
_LOCKS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'"
_WAITING = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = :name"
# The look at whether a claim is still held, before its message is sent.
_LOOK = re.compile(r"SELECT delivery\.id\s+FROM delivery\s+WHERE delivery\.id = .*delivery\.attempts = ", re.DOTALL)
_OLDER = "UPDATE delivery SET sending_since = sending_since - interval '10 min' WHERE id = ANY(:ids)"


class Crew:
    """The workers. One that is suspended keeps its connections and its locks, as on a machine that stands still."""

    def __init__(self, installation: Installation, standin: Standin) -> None:
        self.installation, self.standin = installation, standin
        self.workers = []
        for name in NAMES:
            installation.env["PGAPPNAME"] = name  # what the server calls its connections
            self.workers.append(installation.start(ready=False))
        for process in self.workers:
            process.wait_ready()
        self._keys = self._read_keys()

    @contextmanager
    def asleep_before_a_send(self) -> Iterator[list[int]]:
        """Suspend one that has messages under way, and one more that waits for its moment; yield its claims."""
        worker = self.workers[0]
        for _ in self._tries():
            _suspend(worker)
            stopped_at, newest = datetime.now(UTC), self.installation.query(_NEWEST)[0]
            time.sleep(_ARRIVES)
            claims = self.claims(worker)
            starts_at = newest.next_send_at - timedelta(seconds=1 / PER_SECOND)
            waits = starts_at > stopped_at + timedelta(milliseconds=5) and self.unsent(claims) == [newest.delivery_id]
            if waits and len(claims) > 1 and not self._count(_LOCKS):
                break
            _wake(worker)
        yield claims
        _wake(worker)

    @contextmanager
    def asleep_in_a_look(self) -> Iterator[list[int]]:
        """Suspend one that has just asked whether it may send, and gets its answer in its sleep; yield its claims."""
        worker = self.workers[0]
        for _ in self._tries():
            with self.installation.database.write() as session:
                session.execute(text("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE"))
                deadline = time.monotonic() + _ARRIVES
                while not self._only_looks() and time.monotonic() < deadline:
                    time.sleep(0.001)
                _suspend(worker)
                only_looks = self._only_looks()
            if only_looks:
                break
            _wake(worker)
        time.sleep(_ARRIVES)
        yield self.claims(worker)
        _wake(worker)

    def _only_looks(self) -> bool:
        """Whether the first worker waits for nothing but the answer to one look."""
        waiting = self.installation.query(_WAITING, name=NAMES[0])
        return len(waiting) == 1 and _LOOK.match(waiting[0].query) is not None

    @contextmanager
    def asleep_in_a_transaction(self) -> Iterator[None]:
        """Suspend one while the other waits for what it has locked."""
        worker = self.workers[0]
        for _ in self._tries():
            _suspend(worker)
            time.sleep(_ARRIVES)
            if self._count(_LOCKS):
                break
            _wake(worker)
        yield
        _wake(worker)

    def _tries(self) -> Iterator[int]:
        for number in range(_TRIES):
            if self._count("SELECT count(*) FROM delivery WHERE status = 'queued'") < _LEAST:
                self.installation.release()
                self._keys = self._read_keys()
            yield number
            time.sleep(0.01)
        raise AssertionError("it was never found at the right moment")

    def _count(self, sql: str) -> int:
        return int(self.installation.query(sql)[0][0])

    def _read_keys(self) -> dict[int, tuple[int, str]]:
        """Return the chat and the title of each delivery; read before anything is locked."""
        chats, titles = self.installation.chats, self.installation.titles
        rows = self.installation.query("SELECT id, officer_id, entry_id FROM delivery")
        return {row.id: (chats[row.officer_id], titles[row.entry_id]) for row in rows}

    def claims(self, worker: Process) -> list[int]:
        """Return the deliveries that it is about to send or has sent without saying so."""
        return [row.delivery_id for row in self.installation.query(_OWN, name=f"%:{worker.pid}:%")]

    def unsent(self, claims: Sequence[int]) -> list[int]:
        """Return those of which no copy has arrived."""
        arrived = copies_of(self.standin.accepted())
        return [claim for claim in claims if self._keys[claim] not in arrived]

    def make_older(self, claims: Sequence[int]) -> None:
        """Let ten minutes have passed since they were claimed."""
        with self.installation.database.write() as session:
            session.execute(text(_OLDER), {"ids": claims})


def _suspend(worker: Process) -> None:
    os.kill(worker.pid, signal.SIGSTOP)


def _wake(worker: Process) -> None:
    os.kill(worker.pid, signal.SIGCONT)
