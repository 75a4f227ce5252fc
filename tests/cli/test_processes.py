"""`sharebot run` as a real process: ready, health, one worker only, a clean stop in the middle of a release."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from sharebot.clock import SystemClock
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.world import Sandbox
from sharebot.store.database import Database
from sharebot.store.vault import Vault, new_key, parse_keys

COMMAND = [sys.executable, "-c", "from sharebot.cli import main; raise SystemExit(main())"]
_EACH = """
import sys
from sharebot.cli import main
for words in sys.argv[1:]:
    print(end="\\f")
    if code := main(words.split()):
        raise SystemExit(code)
"""
SEVERAL = [sys.executable, "-c", _EACH]
SECRET = "canary-9c1f7e"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    world = Sandbox(clock=SystemClock())
    await world.start(build_app(world))
    yield world
    await world.stop()


class Installation:
    """A folder with a database, and the documented settings in the environment."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.port = _free_port()
        self.key = new_key()
        self.env = {
            "PATH": os.environ["PATH"],
            "SHAREBOT_SECRET_KEY": self.key,
            "SHAREBOT_DATABASE_URL": f"sqlite:///{folder / 'sharebot.db'}",
            "SHAREBOT_TELEGRAM__BASE_URL": sandbox.telegram_url,
            "SHAREBOT_TELEGRAM__TOKEN": sandbox.telegram.token,
            "SHAREBOT_TELEGRAM__POLL_SECONDS": "1",
            "SHAREBOT_WEB__PORT": str(self.port),
            "SHAREBOT_WEB__PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "SHAREBOT_SOURCES__LOCAL_ADDRESSES": sandbox.address,
            "SHAREBOT_BLUESKY__BASE_URL": sandbox.base_url,
            "SHAREBOT_SMTP__HOST": sandbox.host,
            "SHAREBOT_SMTP__PORT": str(sandbox.mailbox.port),
            "SHAREBOT_SMTP__SECURITY": "none",
            "SHAREBOT_SMTP__PASSWORD": SECRET,
            "SHAREBOT_LOG_LEVEL": "DEBUG",
        }

    async def call(self, *commands: str) -> str:
        """Call some commands, one after the other in one process; return what the last one printed."""
        process = await asyncio.create_subprocess_exec(
            *SEVERAL, *commands, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()
        return out.decode().rpartition("\f")[2]

    async def start(self) -> asyncio.subprocess.Process:
        log = (self.folder / "run.log").open("ab")
        process = await asyncio.create_subprocess_exec(*COMMAND, "run", cwd=self.folder, env=self.env, stderr=log)
        deadline = time.monotonic() + 60
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline and process.returncode is None:
                try:
                    if (await client.get(f"http://127.0.0.1:{self.port}/readyz")).json()["status"] == "ok":
                        return process
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError((self.folder / "run.log").read_text())

    def statuses(self) -> dict[str, int]:
        database = Database(self.env["SHAREBOT_DATABASE_URL"], vault=Vault(parse_keys(self.key)))
        with database.engine.connect() as connection:
            found = connection.execute(text("SELECT status, count(*) FROM delivery WHERE kind = 'item' GROUP BY 1"))
            counts = {row[0]: row[1] for row in found}
        database.dispose()
        return counts


@pytest.fixture
def installation(tmp_path: Path, sandbox: Sandbox) -> Installation:
    (tmp_path / "config").mkdir()
    lines = ["code,name,kind,country,region,languages,zone,seats,accounts"]
    seats = "; ".join(f"Desk {number}:en" for number in range(30))
    lines.append(f"big,A party with many desks,party,BE,Europe,en,Europe/Brussels,{seats},")
    (tmp_path / "config" / "members.csv").write_text("\n".join(lines))
    return Installation(tmp_path, sandbox)


async def _join_all(installation: Installation, sandbox: Sandbox) -> None:
    links = (await installation.call("members import", "officers invite big")).splitlines()
    for number, line in enumerate(links):
        sandbox.telegram.add_phone(1000 + number, f"Desk {number}").follow(line.split()[-1])
    await asyncio.wait_for(sandbox.drained(), 30)
    for phone in sandbox.telegram.phones.values():
        assert phone.tap("I agree")
    await asyncio.wait_for(sandbox.drained(), 30)


async def _release(installation: Installation, sandbox: Sandbox) -> None:
    """Confirm the officers, and release an item whose sends are slow."""
    sandbox.faults.append(Fault("slow", times=1000, method="sendMessage", seconds=0.15))
    await installation.call("officers confirm big", f"add {sandbox.base_url}/site/page", "approve 1 --urgent")


async def test_sigterm_in_the_middle_of_a_release_loses_nothing(installation: Installation, sandbox: Sandbox):
    sandbox.sites.publish("/page", "<html lang='en'><title>One thing</title><p>Words</p></html>", "text/html")
    process = await installation.start()
    await _join_all(installation, sandbox)
    await _release(installation, sandbox)
    await _until(lambda: len(_items(sandbox)) > 0)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 30) == 0
    stopped = installation.statuses()
    assert set(stopped) <= {"sent", "queued"}
    assert sum(stopped.values()) == 30
    assert stopped.get("queued", 0) > 0, "the stop came after the release was over"
    sandbox.faults.clear()
    process = await installation.start()
    await _until(lambda: installation.statuses() == {"sent": 30})
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    assert installation.statuses() == {"sent": 30}
    chats = _items(sandbox)
    assert len(set(chats)) == len(chats) == 30
    log = (installation.folder / "run.log").read_text()
    assert sandbox.telegram.token not in log
    assert installation.key not in log
    assert SECRET not in log


@pytest.mark.long
async def test_a_kill_in_the_middle_of_a_release_loses_nothing_and_doubts_only_what_was_in_flight(
    installation: Installation, sandbox: Sandbox
):
    sandbox.sites.publish("/page", "<html lang='en'><title>One thing</title><p>Words</p></html>", "text/html")
    process = await installation.start()
    await _join_all(installation, sandbox)
    await _release(installation, sandbox)
    await _until(lambda: len(_items(sandbox)) > 3)
    process.kill()
    await process.wait()
    killed = installation.statuses()
    assert sum(killed.values()) == 30
    assert killed.get("queued", 0) > 0, "the kill came after the release was over"
    sandbox.faults.clear()
    process = await installation.start()
    await _until(lambda: not {"queued", "sending"} & set(installation.statuses()))
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    after = installation.statuses()
    assert set(after) <= {"sent", "uncertain"}
    assert after.get("uncertain", 0) <= 3, "more than what can be in flight"
    assert sum(after.values()) == 30
    assert len(_items(sandbox)) == len(set(_items(sandbox))), "a copy went out before the wait was over"


async def test_a_second_run_on_the_same_file_says_so(installation: Installation):
    process = await installation.start()
    second = await asyncio.create_subprocess_exec(
        *COMMAND, "run", cwd=installation.folder, env=installation.env, stderr=subprocess.PIPE
    )
    _, error = await second.communicate()
    assert second.returncode == 75
    assert f"already running on {installation.folder / 'sharebot.db'} (pid {process.pid})" in error.decode()
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{installation.port}/livez")).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


def _items(sandbox: Sandbox) -> list[int]:
    """Return the chats that got the item, in order."""
    sends = [one for one in sandbox.telegram.journal if one.method == "sendMessage"]
    return [one.arguments["chat_id"] for one in sends if "One thing" in one.arguments["text"]]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - the condition lies in another process
            await asyncio.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
