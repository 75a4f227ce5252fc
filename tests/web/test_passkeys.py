"""Passkeys: made on the account page, and good for signing in, once a ceremony, in the browser that began it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.config.settings import Settings, Web
from sharebot.models import Passkey, StaffSession
from sharebot.runtime import Runtime
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link, remove_staff
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from tests.cast import NOW, FixedClock
from tests.web.authenticator import PRESENT, Authenticator, encode
from tests.web.conftest import SAME_ORIGIN, Browser

HOME = "http://localhost:8080"
EVA = "eva@alliance.example"


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return build_app(replace(runtime, settings=Settings(web=Web(public_url=HOME))))


def visit(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=HOME, headers=SAME_ORIGIN)


@pytest.fixture
async def eva(app: FastAPI, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    with database.write() as session:
        add_staff(session, EVA, role=StaffRole.APPROVER, language="en", now=NOW)
        token = create_link(session, EVA, now=NOW)
    async with visit(app) as client:
        came = await client.post(f"/sign-in/{token}")
        assert came.headers["location"] == "/account?said=add_passkey"
        yield client


@pytest.fixture
async def phone(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with visit(app) as client:
        yield client


@pytest.fixture
async def device(eva: httpx.AsyncClient) -> Authenticator:
    """Eva's device, with a passkey that the pages know."""
    return await give(eva, Authenticator(HOME, "localhost"))


async def give(client: httpx.AsyncClient, device: Authenticator) -> Authenticator:
    options = (await client.post("/account/passkeys/options", json={})).json()
    made = await client.post("/account/passkeys", json=device.make(options))
    assert made.json() == {"to": "/account?said=passkey_added"}
    return device


async def begin(client: httpx.AsyncClient) -> dict[str, object]:
    answer = await client.post("/passkeys/options", json={})
    options: dict[str, object] = answer.json()
    return options


async def come_in(client: httpx.AsyncClient, device: Authenticator) -> int:
    return (await client.post("/passkeys/sign-in", json=device.sign(await begin(client)))).status_code


async def test_a_passkey_signs_in_without_a_name(phone: httpx.AsyncClient, device: Authenticator) -> None:
    options = await begin(phone)
    assert options["userVerification"] == "required"
    assert options["allowCredentials"] == []
    answer = await phone.post("/passkeys/sign-in", json=device.sign(options))
    assert answer.json() == {"to": "/"}
    page = await phone.get("/account")
    assert EVA in page.text and "by a passkey" in page.text


async def test_whoever_has_a_passkey_comes_by_link_to_today(
    app: FastAPI, database: Database, device: Authenticator
) -> None:
    with database.write() as session:
        token = create_link(session, EVA, now=NOW)
    async with visit(app) as client:
        assert (await client.post(f"/sign-in/{token}")).headers["location"] == "/"


async def test_a_challenge_is_good_once_and_in_its_browser_alone(
    app: FastAPI, phone: httpx.AsyncClient, device: Authenticator
) -> None:
    signed = device.sign(await begin(phone))
    async with visit(app) as thief:
        assert (await thief.post("/passkeys/sign-in", json=signed)).status_code == 401
        await begin(thief)
        assert (await thief.post("/passkeys/sign-in", json=signed)).status_code == 401
    assert (await phone.post("/passkeys/sign-in", json=signed)).status_code == 200
    assert (await phone.post("/passkeys/sign-in", json=signed)).status_code == 401


async def test_a_challenge_ends_after_five_minutes(
    phone: httpx.AsyncClient, device: Authenticator, clock: FixedClock
) -> None:
    options = await begin(phone)
    clock.at += timedelta(minutes=5)
    assert (await phone.post("/passkeys/sign-in", json=device.sign(options))).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost:9999"},
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"handle": encode(b"somebody else")},
        {"credential_id": b"unknown"},
        {"count": -1},
    ],
    ids=["port", "origin", "rp", "unverified", "handle", "unknown", "count"],
)
async def test_nothing_else_opens(phone: httpx.AsyncClient, device: Authenticator, wrong: dict[str, object]) -> None:
    device.count = 5
    assert await come_in(phone, device) == 200
    with_fault = replace(device, **wrong)  # type: ignore[arg-type]
    assert await come_in(phone, with_fault) == 401


async def test_a_foreign_key_does_not_sign_for_a_known_passkey(phone: httpx.AsyncClient, device: Authenticator) -> None:
    other = Authenticator(HOME, "localhost")
    assert await come_in(phone, replace(device, key=other.key)) == 401


async def test_a_removed_passkey_and_a_removed_person_are_out(
    phone: httpx.AsyncClient, eva: httpx.AsyncClient, device: Authenticator, database: Database
) -> None:
    second = await give(eva, Authenticator(HOME, "localhost"))
    assert (await eva.post("/account/passkeys/1/remove")).status_code == 303
    assert await come_in(phone, device) == 401
    assert await come_in(phone, second) == 200
    with database.write() as session:
        remove_staff(session, EVA)
        assert session.exec(select(Passkey)).all() == []
    assert await come_in(phone, second) == 401


async def test_a_passkey_is_made_by_its_owner_with_verification_only(
    eva: httpx.AsyncClient, phone: httpx.AsyncClient, device: Authenticator, database: Database
) -> None:
    for wrong in (Authenticator(HOME, "localhost", flags=PRESENT), Authenticator("https://evil.example", "localhost")):
        options = (await eva.post("/account/passkeys/options", json={})).json()
        assert (await eva.post("/account/passkeys", json=wrong.make(options))).status_code == 422
    again = (await eva.post("/account/passkeys/options", json={})).json()
    assert [one["id"] for one in again["excludeCredentials"]] == [encode(device.credential_id)]
    assert (await eva.post("/account/passkeys", json=device.make(again))).status_code == 409
    assert (await phone.post("/account/passkeys/options", json={})).status_code == 401
    with database.read() as session:
        assert len(session.exec(select(Passkey)).all()) == 1


async def test_nobody_touches_the_passkeys_and_sessions_of_others(
    eva: httpx.AsyncClient, device: Authenticator, browser: Browser, database: Database
) -> None:
    other = await browser(StaffRole.ADMIN)
    with database.read() as session:
        handle = session.exec(select(StaffSession).where(StaffSession.staff_id == 1)).one().token_sha256[:16]
    for path in ("/account/passkeys/1/remove", f"/account/sessions/{handle}/end"):
        assert (await other.post(path)).status_code == 404
    assert (await other.post("/account/passkeys/1/name", data={"name": "mine"})).status_code == 404
    assert (await eva.post("/account/passkeys/1/name", data={"name": "Key ring"})).status_code == 303
    assert "Key ring" in (await eva.get("/account")).text


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b'{"id": NaN}',
        b"[" * 10_000,
        b'{"id":"a","rawId":"a","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
        b'"signature":"AA","userHandle":"\\ud800"}}',
        b'{"id":"a","rawId":"a","type":"public-key","role":"admin","response":{"clientDataJSON":"","authenticatorData":'
        b'"","signature":""}}',
    ],
    ids=["text", "list", "nan", "deep", "surrogate", "more"],
)
async def test_senseless_bodies_are_unreadable(phone: httpx.AsyncClient, body: bytes) -> None:
    answer = await phone.post("/passkeys/sign-in", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


async def test_cut_answers_of_a_device_open_nothing(phone: httpx.AsyncClient, device: Authenticator) -> None:
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        signed = device.sign(await begin(phone))
        signed["response"][part] = signed["response"][part][:11]
        assert (await phone.post("/passkeys/sign-in", json=signed)).status_code == 401


async def test_an_address_that_is_a_number_offers_no_passkeys(runtime: Runtime) -> None:
    async with visit(build_app(runtime)) as client:
        page = (await client.get("/sign-in")).text
    assert "data-passkey" not in page and "sign-in link" in page
