"""A database in real trouble: sending stops, pages that only read still answer, and all goes on by itself."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import update

from sharebot.models import StaffSession
from tests.needs import postgres_to_start
from tests.reliability.installation import Installation
from tests.reliability.reader import PLAIN, Answer, Reader
from tests.reliability.standin import Standin
from tests.reliability.trouble import (
    Server,
    can_forbid_writing,
    full_disk,
    ride_out,
    short_files,
    small_disk,
    unwritable,
    write_lock,
)

ON_SQLITE = pytest.mark.xdist_group("reliability-trouble")
ON_POSTGRES = pytest.mark.xdist_group("reliability-trouble-postgres")
TWO, THREE = ("web", "worker"), ("web", "worker", "worker")
READ = PLAIN | {"/": 200}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(small_disk(tmp_path / "disk"))
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no disk can be mounted here: {error}")
        yield folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with postgres_to_start():
        running = Server(tmp_path_factory.mktemp("trouble"))
    with running:
        yield running


@pytest.fixture
def database_url(server: Server, request: pytest.FixtureRequest) -> str:
    return server.new_database(request.node.name[:60])


@ON_SQLITE
def test_a_full_disk(tmp_path: Path, standin: Standin, disk: Path):
    with Installation(tmp_path, standin, database_url=f"sqlite:///{disk / 'sharebot.db'}") as installation:
        proof, reader = ride_out(installation, standin, lambda _: full_disk(disk), commands=["run"])
    reader.hold_pages(proof, READ | {reader.link: 302})
    reader.hold_cause(proof, "writes", "the disk is full")
    assert proof.is_good, proof.to_json()


@pytest.mark.long
@ON_SQLITE
def test_a_disk_that_fails(tmp_path: Path, standin: Standin):
    """What a disk that breaks, or a quota, is to SQLite: no file may grow. Runs everywhere."""
    with Installation(tmp_path, standin) as installation:
        proof, reader = ride_out(installation, standin, short_files, commands=TWO)
    reader.hold_pages(proof, READ | {reader.link: 302})
    assert proof.is_good, proof.to_json()


@pytest.mark.long
@ON_SQLITE
def test_a_file_that_becomes_read_only(tmp_path: Path, standin: Standin):
    if not can_forbid_writing(tmp_path):
        pytest.skip("no file that is open can be made read only here")
    files = [tmp_path / f"sharebot.db{end}" for end in ("", "-wal")]
    with Installation(tmp_path, standin) as installation:
        proof, reader = ride_out(installation, standin, lambda _: unwritable(*files), commands=["run"])
    reader.hold_pages(proof, READ | {reader.link: 302})
    reader.hold_cause(proof, "writes", "the database is read only")
    assert proof.is_good, proof.to_json()


@ON_SQLITE
@pytest.mark.long
def test_a_database_that_another_program_has_locked(tmp_path: Path, standin: Standin):
    """For longer than our connections wait for their turn, which is 10 s."""
    path = tmp_path / "sharebot.db"
    with Installation(tmp_path, standin) as installation:
        proof, reader = ride_out(installation, standin, lambda _: write_lock(path), commands=TWO, lasts=12)
    reader.hold_pages(proof, READ)
    reader.hold_pages(proof, {reader.link: 302}, slowest=12)
    reader.hold_cause(proof, "writes", "the database is locked")
    assert proof.is_good, proof.to_json()


@ON_SQLITE
def test_whoever_is_signed_in_for_long_reads_on_while_nothing_can_be_written(tmp_path: Path, standin: Standin):
    with Installation(tmp_path, standin) as installation:
        reader = Reader(installation, installation.start("web"))
        with installation.database.write() as session:
            session.execute(update(StaffSession).values(seen_at=datetime.now(UTC) - timedelta(hours=1)))
        with short_files(installation.processes):
            answer = reader.ask("/")
    assert answer.status == 200, answer


@ON_SQLITE
@pytest.mark.long
@pytest.mark.xfail(strict=True, reason="jobs wait for the lock on the loop; clicks that wait use up all connections")
def test_one_process_answers_while_readers_click_on_a_locked_database(tmp_path: Path, standin: Standin):
    with Installation(tmp_path, standin) as installation:
        installation.seat(5)
        installation.release()
        reader = Reader(installation, installation.start("run"), clicks=6)
        with reader, write_lock(tmp_path / "sharebot.db"):
            deadline, answers = time.monotonic() + 3, list[Answer]()
            while time.monotonic() < deadline and all(one.status == 200 for one in answers):
                answers += [reader.ask(path, patience=2) for path in ("/livez", "/")]
    assert all(one.status == 200 for one in answers), [one[:4] for one in answers]


@ON_POSTGRES
def test_two_restarts_of_postgresql(tmp_path: Path, standin: Standin, server: Server, database_url: str):
    with Installation(tmp_path, standin, database_url=database_url, telegram__doubt_seconds=5) as installation:
        restarts = server.restarted_twice(standin)
        proof, reader = ride_out(installation, standin, lambda _: restarts, commands=THREE, officers=300, lasts=0)
    reader.hold_pages(proof, PLAIN)
    reader.hold_cause(proof, "database", "it does not answer")
    conflicts = standin.state()["counts"].get("conflicts", 0)
    proof.hold("one worker alone asks for updates, but while another takes over", conflicts <= 2, conflicts)
    assert proof.is_good, proof.to_json()


@pytest.mark.long
@ON_POSTGRES
def test_postgresql_without_a_free_connection(tmp_path: Path, standin: Standin, server: Server, database_url: str):
    with Installation(tmp_path, standin, database_url=database_url, telegram__doubt_seconds=5) as installation:
        proof, reader = ride_out(installation, standin, lambda _: server.used_up(), commands=THREE)
    reader.hold_pages(proof, PLAIN)
    reader.hold_cause(proof, "database", "it does not answer")
    assert proof.is_good, proof.to_json()


@ON_POSTGRES
@pytest.mark.long
def test_a_postgresql_that_becomes_read_only(tmp_path: Path, standin: Standin, server: Server, database_url: str):
    with Installation(tmp_path, standin, database_url=database_url) as installation:
        proof, reader = ride_out(installation, standin, lambda _: server.read_only(), commands=THREE)
    reader.hold_pages(proof, READ | {reader.link: 302})
    reader.hold_cause(proof, "writes", "the database is read only")
    assert proof.is_good, proof.to_json()
