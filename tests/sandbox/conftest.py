"""A started sandbox, a bot of the real library that talks to it, and a plain HTTP client."""

from collections.abc import AsyncIterator

import httpx
import pytest
from telegram import Bot

from sharebot.sandbox.pages import build_app
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from tests.cast import ANA, FixedClock


@pytest.fixture
async def sandbox(clock: FixedClock) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(clock=clock)
    await sandbox.start(build_app(sandbox))
    yield sandbox
    await sandbox.stop()


@pytest.fixture
def ana(sandbox: Sandbox) -> Phone:
    phone = sandbox.telegram.add_phone(ANA, "Ana", language="fr")
    phone.open_link("")
    return phone


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    address = sandbox.telegram_url
    async with Bot(sandbox.telegram.token, base_url=address, base_file_url=f"{sandbox.base_url}/file/bot") as bot:
        yield bot


@pytest.fixture
async def web(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.base_url) as client:
        yield client
