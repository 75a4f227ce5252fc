"""What /readyz names, and that only what stops this very process takes it out of service."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pysqlite3 import dbapi2
from sqlalchemy import text

from sharebot.models import Marker, Worker
from sharebot.runtime import Runtime
from sharebot.store.bots import get_bot, pause_bot, resume_bots
from sharebot.store.database import Database
from sharebot.store.vault import Vault
from sharebot.values.status import PauseKind
from sharebot.web.app import build_app
from sharebot.web.health import WITHIN_S
from tests.cast import NOW, FixedClock

NAMES = ["database", "revision", "worker", "leader", "bot", "backup", "writes"]
Found = dict[str, str]


@asynccontextmanager
async def visitor(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build_app(runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.9:8080") as client:
        yield client


async def look(runtime: Runtime) -> tuple[int, str, Found]:
    """Return the status code, the word for all of it, and the details of what is not ok."""
    async with visitor(runtime) as client:
        answer = await client.get("/readyz")
    found = answer.json()
    for one in found["checks"]:
        assert set(one) == {"check", "ok", "detail"}
        assert one["ok"] == (one["detail"] == "")
    return (
        answer.status_code,
        found["status"],
        {one["check"]: one["detail"] for one in found["checks"] if not one["ok"]},
    )


def on(runtime: Runtime, database: Database) -> Runtime:
    return replace(runtime, database=database)


@pytest.fixture
def alive(database: Database) -> Database:
    with database.write() as session:
        session.add(Worker(name="secret-host", started_at=NOW, seen_at=NOW, leads=True))
    return database


async def test_all_is_well(runtime: Runtime, alive: Database) -> None:
    async with visitor(runtime) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": [{"check": name, "ok": True, "detail": ""} for name in NAMES],
    }


async def test_a_worker_and_a_leader_are_missed_after_a_minute(
    runtime: Runtime, alive: Database, clock: FixedClock
) -> None:
    clock.at += timedelta(seconds=60)
    assert (await look(runtime))[1] == "ok"
    with alive.write() as session:
        session.add(Worker(name="another", started_at=NOW, seen_at=clock.at + timedelta(seconds=1)))
    clock.at += timedelta(seconds=1)
    assert await look(runtime) == (200, "degraded", {"leader": "no worker polls Telegram and runs the jobs"})
    clock.at += timedelta(seconds=61)
    status, word, found = await look(runtime)
    assert (status, word, sorted(found)) == (200, "degraded", ["leader", "worker"])
    assert found["worker"] == "no worker was seen within a minute"


async def test_a_paused_bot_is_named_without_its_reason(runtime: Runtime, alive: Database) -> None:
    with alive.write() as session:
        get_bot(session, "asia")
        pause_bot(session, get_bot(session).id, "secret reason", kind=PauseKind.STAFF)
    assert await look(runtime) == (200, "degraded", {"bot": "paused: main"})
    with alive.write() as session:
        pause_bot(session, None, "secret reason", kind=PauseKind.STAFF)
    assert (await look(runtime))[2] == {"bot": "paused: main, asia"}
    with alive.write() as session:
        resume_bots(session)
    assert (await look(runtime))[1] == "ok"


async def test_a_restored_backup_is_named(runtime: Runtime, alive: Database) -> None:
    with alive.write() as session:
        session.add(Marker(name="restored", at=NOW))
    assert await look(runtime) == (200, "degraded", {"backup": "a restored backup waits to be released"})


async def test_other_tables_than_this_builds_stop_it(runtime: Runtime, alive: Database) -> None:
    with alive.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    status, word, found = await look(runtime)
    assert (status, word) == (503, "unavailable")
    assert found["revision"].startswith("the database is at revision 0000, this build needs ")


async def test_a_database_without_tables_stops_it(runtime: Runtime, tmp_path: Path, vault: Vault) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'none.db'}", vault=vault)
    status, _, found = await look(on(runtime, empty))
    empty.dispose()
    assert status == 503
    assert found["revision"].startswith("the database is at revision none")


@pytest.fixture
async def deaf() -> AsyncIterator[int]:
    """A server that takes connections and never says a word; yields its port."""
    hung = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hung.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    hung.set()
    server.close()
    await server.wait_closed()


async def test_a_database_that_hangs_is_given_up(runtime: Runtime, vault: Vault, deaf: int) -> None:
    hanging = Database(f"postgresql://nobody@127.0.0.1:{deaf}/none", vault=vault)
    async with asyncio.timeout(WITHIN_S + 5):
        assert await look(on(runtime, hanging)) == (503, "unavailable", {"database": "it does not answer in time"})


async def test_a_database_that_is_gone_is_said_so(runtime: Runtime, vault: Vault, deaf: int) -> None:
    gone = Database("postgresql://nobody@127.0.0.1:1/none", vault=vault)
    assert await look(on(runtime, gone)) == (503, "unavailable", {"database": "it does not answer"})
    assert (await _livez(on(runtime, gone))) == 200


async def _livez(runtime: Runtime) -> int:
    async with visitor(runtime) as client:
        return (await client.get("/livez")).status_code


async def test_a_locked_database_is_named_and_pages_are_still_served(runtime: Runtime, alive: Database) -> None:
    with closing(dbapi2.connect(alive.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await look(runtime) == (200, "degraded", {"writes": "the database is locked"})
        other.execute("ROLLBACK")
    assert (await look(runtime))[1] == "ok"


@pytest.fixture
def everybodys(migrated_file: Path, vault: Vault) -> Iterator[Database]:
    """A database in a folder that another user may enter and read, and nobody but its owner write."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    shutil.copy(migrated_file, folder / "sharebot.db")
    database = Database(f"sqlite:///{folder / 'sharebot.db'}", vault=vault)
    with database.write() as session:
        session.add(Worker(name="w", started_at=NOW, seen_at=NOW, leads=True))
    yield database
    database.dispose()
    shutil.rmtree(folder)


async def test_a_file_that_may_not_be_written_is_named_and_pages_are_still_served(
    runtime: Runtime, everybodys: Database
) -> None:
    assert everybodys.path is not None
    app = on(runtime, everybodys)
    assert (await look(app))[1] == "ok"
    for path in everybodys.path.parent.iterdir():
        path.chmod(0o444)
    user = os.geteuid()
    if user == 0:  # nothing is read only to root
        os.seteuid(65534)
    try:
        assert await look(app) == (200, "degraded", {"writes": "the database is read only"})
    finally:
        os.seteuid(user)
    for path in everybodys.path.parent.iterdir():
        path.chmod(0o644)
    assert (await look(app))[1] == "ok"


async def test_looking_writes_nothing(runtime: Runtime, alive: Database) -> None:
    def changes() -> object:
        with alive.read() as session:
            return session.execute(text("PRAGMA data_version")).scalar()

    await look(runtime)
    before = changes()
    for _ in range(3):
        await look(runtime)
    assert changes() == before


async def test_a_stranger_learns_no_name(runtime: Runtime, alive: Database) -> None:
    with alive.write() as session:
        pause_bot(session, None, "secret reason", kind=PauseKind.STAFF)
    async with visitor(runtime) as client:
        assert "secret" not in (await client.get("/readyz")).text
