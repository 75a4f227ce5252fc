"""Staff come in by the organisation's identity provider: whom it vouches for, and nobody else."""

import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from sqlmodel import select

from sharebot.config.settings import Oidc, Settings
from sharebot.models import Staff, StaffSession
from sharebot.runtime import Runtime
from sharebot.store.audit import find_break
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, remove_staff
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from tests.cast import NOW
from tests.web.conftest import BASE, SAME_ORIGIN
from tests.web.provider import CLIENT, SECRET, IdentityProvider, serving

EVA = "eva@alliance.example"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with serving(IdentityProvider()) as one:
        yield one


@pytest.fixture
def app(runtime: Runtime, database: Database, provider: IdentityProvider) -> FastAPI:
    oidc = Oidc(issuer=provider.issuer, client_id=CLIENT, client_secret=SecretStr(SECRET))
    with database.write() as session:
        add_staff(session, EVA, role=StaffRole.APPROVER, language="en", now=NOW)
    return build_app(replace(runtime, settings=Settings(oidc=oidc)))


def visit(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=BASE, headers=SAME_ORIGIN)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with visit(app) as one:
        yield one


async def come_in(client: httpx.AsyncClient, provider: IdentityProvider, **more: str) -> httpx.Response:
    sent = await client.get("/oidc/start")
    assert sent.status_code == 303
    back = httpx.URL(provider.agree(sent.headers["location"])).copy_merge_params(more)
    # The browser comes from the provider's site.
    return await client.get(str(back), headers={"Sec-Fetch-Site": "cross-site"})


async def test_staff_come_in_by_their_address_and_then_by_their_subject(
    client: httpx.AsyncClient, provider: IdentityProvider, database: Database
) -> None:
    assert "/oidc/start" in (await client.get("/sign-in")).text
    came = await come_in(client, provider)
    assert (came.status_code, came.headers["location"]) == (303, "/")
    assert EVA in (await client.get("/account")).text
    provider.email = "eva.new@alliance.example"
    assert (await come_in(client, provider)).status_code == 303
    with database.read() as session:
        assert session.exec(select(Staff.oidc_subject)).one() == "1234"
        assert {one.way for one in session.exec(select(StaffSession))} == {"oidc"}
        assert find_break(session) is None


async def test_an_address_in_the_userinfo_is_as_good(client: httpx.AsyncClient, provider: IdentityProvider) -> None:
    provider.in_userinfo = True
    assert (await come_in(client, provider)).status_code == 303


async def test_the_subject_of_one_person_never_opens_for_another(
    client: httpx.AsyncClient, provider: IdentityProvider
) -> None:
    assert (await come_in(client, provider)).status_code == 303
    provider.subject = "another account with the same address"
    assert (await come_in(client, provider)).status_code == 401


@pytest.mark.parametrize(
    "lie",
    [
        {"email": "mallory@evil.example"},
        {"verified": False},
        {"claims": {"email_verified": "true"}},
        {"claims": {"iss": "http://127.0.0.1:1/realm/"}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
        {"claims": {"nonce": "another"}},
        {"claims": {"exp": int(time.time()) - 3600}},
        {"claims": {"sub": ""}},
        {"signer": RSAKey.generate_key(2048, {"kid": "k1"})},
        {"described": {"issuer": "http://127.0.0.1:1"}},
        {"described": {"jwks_uri": "http://keys.example/"}},
    ],
    ids=[str(number) for number in range(12)],
)
async def test_nobody_else_comes_in(client: httpx.AsyncClient, provider: IdentityProvider, lie: dict[str, Any]) -> None:
    sent = await client.get("/oidc/start")
    for name, value in lie.items():
        setattr(provider, name, value)
    back = await client.get(provider.agree(sent.headers["location"]))
    assert back.status_code == 401
    assert "You are not signed in" in back.text
    assert (await client.get("/account")).status_code == 401


async def test_only_the_browser_that_asked_comes_back_and_only_once(
    app: FastAPI, client: httpx.AsyncClient, provider: IdentityProvider
) -> None:
    back = provider.agree((await client.get("/oidc/start")).headers["location"])
    async with visit(app) as thief:
        assert (await thief.get(back)).status_code == 401
        await thief.get("/oidc/start")
        assert (await thief.get(back)).status_code == 401
    assert (await come_in(client, provider, iss="https://other.example")).status_code == 401
    assert (await come_in(client, provider, state="another")).status_code == 401
    assert (await client.get("/oidc/back?error=access_denied")).status_code == 401
    assert (await come_in(client, provider, iss=provider.issuer)).status_code == 303


async def test_a_removed_person_stays_out(
    client: httpx.AsyncClient, provider: IdentityProvider, database: Database
) -> None:
    assert (await come_in(client, provider)).status_code == 303
    with database.write() as session:
        remove_staff(session, EVA)
    assert (await come_in(client, provider)).status_code == 401


async def test_a_provider_that_is_down_says_so_and_no_secret_is_logged(
    client: httpx.AsyncClient, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    assert (await come_in(client, provider)).status_code == 303
    provider.described = {"token_endpoint": "http://127.0.0.1:9/"}
    assert (await come_in(client, provider)).status_code == 401
    assert SECRET not in caplog.text and "canary" not in caplog.text


async def test_without_settings_there_is_no_such_way(runtime: Runtime) -> None:
    async with visit(build_app(runtime)) as client:
        assert (await client.get("/oidc/start")).status_code == 404
        assert (await client.get("/oidc/back?code=x&state=y")).status_code == 401
        assert "/oidc/start" not in (await client.get("/sign-in")).text
