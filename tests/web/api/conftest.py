"""Programs that call the API in the name of staff, over a real database."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI

from sharebot.store.api_tokens import add_token
from sharebot.store.database import Database
from sharebot.store.staff import add_staff
from sharebot.values.api import Scope
from sharebot.values.status import StaffRole
from tests.cast import NOW
from tests.web.conftest import BASE

Program = Callable[..., httpx.AsyncClient]
EVERYTHING = tuple(Scope)


def make_token(
    database: Database,
    role: StaffRole = StaffRole.APPROVER,
    scopes: tuple[Scope, ...] = EVERYTHING,
    region: str | None = None,
    email: str = "",
) -> str:
    """Make somebody of a role and region, and a token of theirs."""
    with database.write() as session:
        address = email or f"{role.value}-{region or 'all'}-{len(scopes)}@alliance.example"
        staff = add_staff(session, address, role=role, language="en", now=NOW)
        staff.region = region
        session.add(staff)
        return add_token(session, staff.id or 0, "a program", scopes, expires_at=None, now=NOW)[1]


@pytest.fixture
async def program(app: FastAPI, database: Database) -> AsyncIterator[Program]:
    """Return a function that opens a client with a token of somebody of a role, and nothing else of a browser."""
    opened: list[httpx.AsyncClient] = []

    def open_program(
        role: StaffRole = StaffRole.APPROVER, *scopes: Scope, region: str | None = None, email: str = ""
    ) -> httpx.AsyncClient:
        token = make_token(database, role, scopes or EVERYTHING, region, email)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"}
        client = httpx.AsyncClient(transport=transport, base_url=f"{BASE}/api/v1", headers=headers)
        opened.append(client)
        return client

    yield open_program
    for client in opened:
        await client.aclose()
