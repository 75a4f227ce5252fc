"""A runtime with the real bot, messenger and database, against the sandbox."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sharebot.bot.application import BotApplication, close_application
from sharebot.bot.context import RUNTIME
from sharebot.bot.updates import poll_updates
from sharebot.models import Delivery
from sharebot.runtime import Runtime
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store import deliveries
from sharebot.store.database import Database
from sharebot.worker import with_bots
from tests.cast import ANA, BEN, FixedClock
from tests.flows.template import settings_for


@dataclass
class Scene:
    """The cast with their phones, and one item that was released to both."""

    runtime: Runtime
    application: BotApplication
    sandbox: Sandbox
    clock: FixedClock
    ana: Phone
    ben: Phone

    def delivery(self, number: int) -> Delivery:
        with self.runtime.database.read() as session:
            return deliveries.get_delivery(session, number)

    def statuses(self) -> list[str]:
        with self.runtime.database.read() as session:
            return [deliveries.get_delivery(session, number).status.value for number in (1, 2)]

    def open_staff_chat(self, number: int, name: str) -> Phone:
        """Give staff a chat; here a private one."""
        telegram = self.runtime.settings.telegram.model_copy(update={"staff_chat": number})
        settings = self.runtime.settings.model_copy(update={"telegram": telegram})
        self.runtime = replace(self.runtime, settings=settings)
        self.application.bot_data[RUNTIME] = self.runtime
        phone = self.sandbox.telegram.add_phone(number, name)
        phone.started = True
        return phone

    async def settle(self) -> None:
        await asyncio.wait_for(self.sandbox.drained(), 10)


@pytest.fixture
async def scene(database: Database, released_file: Path) -> AsyncIterator[Scene]:
    assert database.path is not None
    shutil.copy(released_file, database.path)
    clock = FixedClock()
    sandbox = Sandbox(clock=clock)
    await sandbox.start(build_app(sandbox))
    settings = settings_for(token=sandbox.telegram.token, base_url=sandbox.telegram_url)
    plain = Runtime(settings, clock, database, Fetcher(), ParserPool())
    runtime, (application,) = with_bots(plain)
    phones = [sandbox.telegram.add_phone(ANA, "Ana", language="fr"), sandbox.telegram.add_phone(BEN, "Ben")]
    for phone in phones:
        phone.started = True
    runtime.clock_watch.hear(clock.now())
    yield Scene(runtime, application, sandbox, clock, *phones)
    runtime.stopping.set()
    await close_application(application)
    await sandbox.stop()
    await runtime.aclose()


@pytest.fixture
async def listening(scene: Scene) -> AsyncIterator[Scene]:
    """The scene with the bot taking updates."""
    poller = asyncio.create_task(poll_updates(scene.runtime, scene.application))
    yield scene
    scene.runtime.stopping.set()
    scene.sandbox.telegram.wake()
    await asyncio.wait_for(poller, 10)
