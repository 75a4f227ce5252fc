"""The pages over a real database, and browsers signed in as each role."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.models import Delivery, TrackedLink
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from sharebot.web.server import serve
from tests.cast import NOW, FixedClock, add_cast
from tests.web.props import add_draft, queue_and_release

BASE = "http://127.0.0.1:8080"
PERSON = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/142 Mobile Safari/537.36",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "fr-BE,fr;q=0.9",
}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}

Browser = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def runtime(database: Database, clock: FixedClock) -> AsyncIterator[Runtime]:
    fetcher, parsers = Fetcher(), ParserPool(size=1)
    yield Runtime(settings=Settings(), clock=clock, database=database, fetcher=fetcher, parsers=parsers)
    await fetcher.aclose()
    await parsers.aclose()


@pytest.fixture
def app(runtime: Runtime, database: Database) -> FastAPI:
    add_cast(database)
    return build_app(runtime)


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=SAME_ORIGIN) as client:
        yield client


@pytest.fixture
async def browser(app: FastAPI, database: Database) -> AsyncIterator[Browser]:
    """Return a function that opens a browser signed in as somebody of a role and language."""
    opened: list[httpx.AsyncClient] = []

    async def open_browser(role: StaffRole = StaffRole.APPROVER, language: str = "en") -> httpx.AsyncClient:
        email = f"{role.value}.{language}{len(opened)}@alliance.example"
        with database.write() as session:
            add_staff(session, email, role=role, language=language, now=NOW)
            token = create_link(session, email, now=NOW)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=SAME_ORIGIN)
        opened.append(client)
        assert (await client.post(f"/sign-in/{token}")).status_code == 303
        return client

    yield open_browser
    for client in opened:
        await client.aclose()


@pytest.fixture
async def server(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's telephone at a real server with the pages."""
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, host="127.0.0.1", port=0, stop=stop, ready=port.set_result))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}", headers=PERSON) as client:
        yield client
    stop.set()
    await asyncio.wait_for(task, 10)


@pytest.fixture
def code(app: FastAPI, database: Database) -> str:
    """The code of Ana's French link (delivery 1)."""
    with database.write() as session:
        content_id = add_draft(session)
    queue_and_release(database, content_id)
    with database.read() as session:
        first = session.get_one(Delivery, 1)
        link = select(TrackedLink.code).where(TrackedLink.member_id == 1, TrackedLink.variant_id == first.variant_id)
        return session.exec(link).one()
