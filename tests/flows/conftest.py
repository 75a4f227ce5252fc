"""A runtime with the real bot, messenger and database, against the sandbox."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from sharebot.bot.application import BotApplication, close_application
from sharebot.bot.updates import poll_updates
from sharebot.config.settings import Settings
from sharebot.models import Delivery
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.runtime import Runtime
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store import contents, deliveries, queue
from sharebot.store.database import Database
from sharebot.values.feeds import FeedItem, Translation
from sharebot.worker import with_bots
from tests.cast import ANA, BEN, NOW, FixedClock, add_cast

CHANNEL = -1002000000001  # the Alliance's own


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

    async def settle(self) -> None:
        await asyncio.wait_for(self.sandbox.drained(), 10)


def release_item(database: Database, settings: Settings) -> None:
    """Release one item in French and English to everybody, due now."""
    with database.write() as session:
        items = [
            FeedItem("a-en", "A <b>title</b> & more", "Words.", "https://alliance.example/a", NOW, "en"),
            FeedItem(
                "a-fr",
                "Un titre",
                "Des mots.",
                "https://alliance.example/fr/a",
                NOW,
                "fr",
                translations=(Translation("en", "https://alliance.example/a"),),
            ),
        ]
        intake = contents.Intake("en", frozenset({"alliance.example"}), NOW)
        contents.ingest(session, items, intake)
        approval = queue.Approval(
            1,
            Audience(),
            Timing(send_at=NOW, urgent=True),
            NOW + timedelta(days=3),
            "test",
            contents.content_hash(session, 1),
        )
        queue.approve(session, approval, now=NOW)
        queue.release(session, 1, settings=settings, new_code=new_code, now=NOW)


@pytest.fixture
async def scene(database: Database, tmp_path: Path) -> AsyncIterator[Scene]:
    clock = FixedClock()
    sandbox = Sandbox(clock=clock)
    await sandbox.start(build_app(sandbox))
    settings = Settings.model_validate(
        {
            "telegram": {
                "token": sandbox.telegram.token,
                "base_url": sandbox.telegram_url,
                "poll_seconds": 2,
                "channel": CHANNEL,
            },
            "topics": {"climate": {"en": "Climate", "fr": "Climat", "es": "Clima"}, "peace": {"en": "Peace"}},
        }
    )
    add_cast(database)
    plain = Runtime(settings, clock, database, Fetcher(), ParserPool())
    runtime, (application,) = with_bots(plain)
    phones = [sandbox.telegram.add_phone(ANA, "Ana", language="fr"), sandbox.telegram.add_phone(BEN, "Ben")]
    for phone in phones:
        phone.started = True
    release_item(database, settings)
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
