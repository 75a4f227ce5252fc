"""Real trouble for a database, as context managers that return once it is there; and the ride through it."""

import contextlib
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from tests.reliability.installation import Installation
from tests.reliability.postgres import Postgres
from tests.reliability.processes import Process
from tests.reliability.reader import Reader
from tests.reliability.standin import Standin
from tests.reliability.verdict import Proof, judge

Trouble = Callable[[Sequence[Process]], AbstractContextManager[None]]

_BEFORE = 30  # messages, before the trouble comes
_LATENCY = {"latency_from": 0.01, "latency_to": 0.05}
_SOON = 10.0
_UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
_SHORT = (1 << 16, resource.RLIM_INFINITY)
# A program that begins to write and stays, until its input ends.
_HOLD = """
import sys
from pysqlite3 import dbapi2
connection = dbapi2.connect(sys.argv[1], isolation_level=None, timeout=10)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


def ride_out(
    installation: Installation,
    standin: Standin,
    trouble: Trouble,
    *,
    commands: Sequence[str],
    officers: int = 150,
    lasts: float = 2.0,
) -> tuple[Proof, Reader]:
    """Let trouble come in the middle of a release, last and go; hold that sending stops, resumes and loses nothing.

    The first command has to serve pages: they are read all the time.
    """
    proof = Proof("trouble")
    standin.set_faults(**_LATENCY)
    installation.seat(officers)
    installation.release()
    crew = [installation.start(command, ready=False) for command in commands]
    for process in crew:
        process.wait_ready()
    workers = sum(command != "web" for command in commands)
    with Reader(installation, crew[0]) as reader:
        standin.wait_for(_BEFORE, timeout=30)
        with reader.watch(), trouble(crew):
            most = standin.count() + installation.in_flight * workers
            proof.hold("it came in the middle", most < officers, most)
            seen = standin.wait_for(most + 1, timeout=lasts)
            proof.hold("sending stops", seen <= most, f"{seen} > {most}")
        _hold_resumption(proof, installation, standin)
        _hold_leader(proof, installation, workers)
        reader.wait_content()
    _hold_ends(proof, crew)
    judge(proof, installation, standin.accepted(), extras_allowed=0)
    proof.hold("the database is sound", installation.is_sound())
    return proof, reader


def _hold_resumption(proof: Proof, installation: Installation, standin: Standin) -> None:
    count = standin.count()
    proof.hold("it resumes by itself", standin.wait_for(count + 1, timeout=_SOON) > count)
    settled = installation.wait_settled(timeout=2 * _SOON)
    proof.hold("everything is settled at the end", settled, installation.statuses())


def _hold_leader(proof: Proof, installation: Installation, workers: int) -> None:
    """Hold that all workers are seen and one of them leads."""
    deadline, wanted = time.monotonic() + _SOON, [False] * (workers - 1) + [True]
    while sorted(bool(row.leads) for row in installation.query("SELECT leads FROM worker")) != wanted:
        if time.monotonic() > deadline:
            rows = installation.query("SELECT name, leads, held, seen_at FROM worker")
            proof.hold("of all workers one leads", False, rows)
            return
        time.sleep(0.05)


def _hold_ends(proof: Proof, crew: Sequence[Process]) -> None:
    gone = [process.tail() for process in crew if not process.is_running]
    proof.hold("no process ended by itself", not gone, gone[:1])
    codes = [process.stop() for process in crew]
    proof.hold("all end well", not any(codes), codes)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of 16 MB. Raises CalledProcessError or OSError where that is not allowed."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Leave not a byte free."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@contextmanager
def short_files(processes: Sequence[Process]) -> Iterator[None]:
    """Let the processes write nothing beyond the first 64 KiB of any file."""
    for process in processes:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, _SHORT)
    yield
    for process in processes:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, _UNLIMITED)


@contextmanager
def unwritable(*files: Path) -> Iterator[None]:
    """Forbid everybody to write to the files: root too, and those who have them open.

    Raises CalledProcessError or OSError where that cannot be.
    """
    subprocess.run(["chattr", "+i", *files], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


def can_forbid_writing(folder: Path) -> bool:
    """Whether `unwritable` keeps its word here against a file that is open: on ext4 and XFS, for root."""
    probe = folder / "probe"
    with probe.open("wb", buffering=0) as file:
        try:
            with unwritable(probe):
                file.write(b"x")
        except PermissionError:
            return True
        except (OSError, subprocess.CalledProcessError):
            return False
    return False


@contextmanager
def write_lock(path: Path) -> Iterator[None]:
    """Let another process hold SQLite's one right to write."""
    words = [sys.executable, "-c", _HOLD, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            holder.communicate()


class Server(Postgres):
    """A PostgreSQL that is restarted, has no connection left, or takes no writing."""

    def new_database(self, name: str) -> str:
        """Make an empty database and return where it is."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return str(self._server.get_uri(database=name))

    def restart(self, mode: str) -> None:
        """Restart it: `fast` ends the sessions in order, `immediate` aborts them."""
        self._control("-m", mode, "-w", "-l", str(self._server.log), "restart")
        self.start()  # it runs already: this looks up its new process

    @contextmanager
    def restarted_twice(self, standin: Standin) -> Iterator[None]:
        """Restart it, let some messages go out, and restart it the hard way."""
        self.restart("fast")
        standin.wait_for(standin.count() + 2 * _BEFORE, timeout=_SOON)
        self.restart("immediate")
        yield

    @contextmanager
    def used_up(self) -> Iterator[None]:
        """End all sessions of others and take every connection there is."""
        held = [psycopg.connect(self.url, autocommit=True)]
        end = sql.SQL(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> ALL(%s)"
        )
        deadline = time.monotonic() + _SOON
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    held.append(psycopg.connect(self.url, autocommit=True))
            row = held[0].execute(end, ([one.info.backend_pid for one in held],)).fetchone()
            if row == (0,):
                break
            assert time.monotonic() < deadline, "others always come first"
        yield
        for one in held:
            one.close()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let it take no writing, as after a failover to a standby."""
        self._set_read_only("ALTER SYSTEM SET default_transaction_read_only = on", "on")
        yield
        self._set_read_only("ALTER SYSTEM RESET default_transaction_read_only", "off")

    def _set_read_only(self, command: LiteralString, wanted: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(sql.SQL(command))
            connection.execute("SELECT pg_reload_conf()")
        deadline, row = time.monotonic() + _SOON, None
        while row != (wanted,):
            assert time.monotonic() < deadline, row
            with psycopg.connect(self.url) as connection:
                row = connection.execute("SHOW default_transaction_read_only").fetchone()
