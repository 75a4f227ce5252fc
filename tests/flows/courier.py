"""An installation that Telegram calls: pages, a worker, a sandbox, and the courier that does Telegram's part."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from sqlmodel import select

from sharebot.bot.application import BotApplication, close_application
from sharebot.bot.updates import poll_updates
from sharebot.config.settings import Settings
from sharebot.leading import Leading
from sharebot.models import InboxUpdate, Officer
from sharebot.runtime import Runtime
from sharebot.sandbox.pages import build_app as build_sandbox
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.values.status import OfficerStatus
from sharebot.web.app import build_app
from sharebot.web.server import serve
from sharebot.web.webhook import HEADER
from sharebot.worker import with_bots
from tests.cast import BEN, FixedClock, add_cast

SECRET = "a-secret-of_Telegram-and-us"


class Courier:
    """Telegram's part: brings what phones said to where it was told to, until it is taken."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._telegram = sandbox.telegram
        self._client = httpx.AsyncClient(timeout=30)

    def told(self) -> list[dict[str, Any]]:
        """Return all that setWebhook was called with."""
        return [one.arguments for one in self._telegram.journal if one.method == "setWebhook"]

    async def bring(self, *, times: int = 1) -> list[int]:
        """Bring each waiting update so many times, in order, and return the answers' statuses."""
        statuses = []
        secret = self.told()[-1]["secret_token"]
        for number, update in list(self._telegram.updates.waiting.items()):
            for _ in range(times):
                answer = await self._client.post(self._telegram.webhook_url, json=update, headers={HEADER: secret})
                statuses.append(answer.status_code)
                if answer.is_success:
                    self._telegram.updates.waiting.pop(number, None)
        return statuses

    async def close(self) -> None:
        await self._client.aclose()


@dataclass
class Scene:
    """A worker and the pages on one database, a sandbox with Ben's phone, and the courier between them."""

    runtime: Runtime
    application: BotApplication
    sandbox: Sandbox
    courier: Courier
    ben: Phone

    def rows(self) -> list[InboxUpdate]:
        with self.runtime.database.read() as session:
            return list(session.exec(select(InboxUpdate).order_by(InboxUpdate.update_id)))  # type: ignore[arg-type]

    def ben_is(self) -> OfficerStatus:
        with self.runtime.database.read() as session:
            ben = session.get(Officer, 2)
        assert ben is not None
        return ben.status

    def calls(self, method: str) -> int:
        return sum(called == method for called, _ in self.sandbox.telegram.requests)

    def is_done(self) -> bool:
        return all(row.done_at for row in self.rows())


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Scene]:
    """Serve the pages of an installation with a webhook; nobody takes updates yet."""
    sandbox = Sandbox(clock=FixedClock())
    await sandbox.start(build_sandbox(sandbox))
    port = free_port()
    telegram = {"token": sandbox.telegram.token, "base_url": sandbox.telegram_url, "webhook_secret": SECRET}
    web = {"public_url": f"http://127.0.0.1:{port}"}
    settings = Settings.model_validate({"telegram": telegram | {"poll_seconds": 1}, "web": web})
    add_cast(database)
    runtime, (application,) = with_bots(Runtime(settings, FixedClock(), database, Fetcher(), ParserPool(size=1)))
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    pages = serve(build_app(runtime), host="127.0.0.1", port=port, stop=stop, ready=ready.set_result)
    task = asyncio.create_task(pages)
    await ready
    ben = sandbox.telegram.add_phone(BEN, "Ben")
    ben.started = True
    courier = Courier(sandbox)
    yield Scene(runtime, application, sandbox, courier, ben)
    runtime.stopping.set()
    stop.set()
    await asyncio.wait_for(task, 10)
    await courier.close()
    await close_application(application)
    await sandbox.stop()
    await runtime.aclose()


@asynccontextmanager
async def taking(
    scene: Scene, leading: Leading | None = None, application: BotApplication | None = None
) -> AsyncIterator[None]:
    """Let a worker take updates."""
    stopping = asyncio.Event()
    runtime = replace(scene.runtime, stopping=stopping)
    poller = asyncio.create_task(poll_updates(runtime, application or scene.application, leading))
    yield
    stopping.set()
    scene.sandbox.telegram.wake()
    await asyncio.wait_for(poller, 20)


@asynccontextmanager
async def polling(scene: Scene) -> AsyncIterator[BotApplication]:
    """Build the same bot as it is after the secret was taken out of the settings."""
    telegram = scene.runtime.settings.telegram.model_copy(update={"webhook_secret": None})
    settings = scene.runtime.settings.model_copy(update={"telegram": telegram})
    _, (application,) = with_bots(replace(scene.runtime, settings=settings, messengers={}))
    yield application
    await close_application(application)


async def answering(url: str, *, seconds: float = 30) -> None:
    """Wait until somebody answers there."""
    async with asyncio.timeout(seconds), httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(url)
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
