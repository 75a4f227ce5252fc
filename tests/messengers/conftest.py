"""A real messenger that talks to a real Bot API on loopback, and two phones that have started the bot."""

from collections.abc import AsyncIterator

import pytest_asyncio

from sharebot.messengers.http import Http
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.world import Sandbox
from tests.cast import ANA, BEN, FixedClock


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(clock=FixedClock())
    await sandbox.start(build_app(sandbox))
    yield sandbox
    await sandbox.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connected(server: Sandbox) -> AsyncIterator[TelegramMessenger]:
    messenger = TelegramMessenger(Http(), f"{server.telegram_url}{server.telegram.token}")
    yield messenger
    await messenger.close()


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox(server: Sandbox) -> Sandbox:
    """The server with fresh phones and a clean journal."""
    for chat_id, name in ((ANA, "Ana"), (BEN, "Ben")):
        server.telegram.add_phone(chat_id, name).started = True
    server.faults.clear()
    server.telegram.requests.clear()
    return server


@pytest_asyncio.fixture(loop_scope="module")
async def messenger(sandbox: Sandbox, connected: TelegramMessenger) -> TelegramMessenger:
    sandbox.telegram.requests.clear()
    return connected
