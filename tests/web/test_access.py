"""Who may do what: the whole matrix of routes and roles, and what holds before any of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from sharebot.config.settings import Settings, Web
from sharebot.runtime import Runtime
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link, remove_staff
from sharebot.values.status import StaffRole
from sharebot.web.app import ROUTERS, build_app
from sharebot.web.gate import MAX_BODY
from sharebot.web.guard import UndeclaredRoute, include, needed_role_of
from tests.cast import NOW, FixedClock
from tests.web.conftest import BASE, Browser
from tests.web.matrix import Cell, whole_matrix
from tests.web.props import add_hostile

MATRIX = whole_matrix()
RANK = list(StaffRole)


def routes() -> Iterator[tuple[tuple[str, str], Cell]]:
    for router in ROUTERS:
        for route in router.routes:
            needs = needed_role_of(route)  # type: ignore[arg-type]
            assert needs is not None
            for method in route.methods:  # type: ignore[attr-defined]
                yield (method, route.path), (needs.role, needs.whole)  # type: ignore[attr-defined]


def test_the_matrix_names_every_route_and_its_role() -> None:
    assert dict(routes()) == MATRIX


@pytest.mark.parametrize("role", StaffRole)
async def test_each_role_reaches_its_routes_and_no_other(browser: Browser, database: Database, role: StaffRole) -> None:
    add_hostile(database)
    client = await browser(role)
    guarded = [(key, needed) for key, (needed, _) in MATRIX.items() if needed and key[1] != "/sign-out"]
    for (method, path), needed in guarded:
        address = path.format(content_id=1, entry_id=1, officer_id=3)
        status = (await client.request(method, address)).status_code
        allowed = RANK.index(role) <= RANK.index(needed)
        assert (status != 403) == allowed, f"{role} {method} {path}: {status}"
        assert status not in {401, 404, 405, 500}, f"{role} {method} {path}: {status}"


async def test_a_stranger_reaches_nothing_and_changes_nothing(stranger: httpx.AsyncClient, database: Database) -> None:
    add_hostile(database)
    for (method, path), (needed, _) in MATRIX.items():
        if needed:
            address = path.format(content_id=1, entry_id=1, officer_id=3)
            answer = await stranger.request(method, address, data={"by": "x"} if method == "POST" else None)
            assert answer.status_code == 401, address
            assert "Party" not in answer.text


def test_a_route_without_a_role_stops_the_start() -> None:
    router = APIRouter()

    @router.get("/open")
    def leak() -> str:
        return "secret"

    with pytest.raises(UndeclaredRoute, match="/open"):
        include(FastAPI(), router)


async def test_looking_at_a_sign_in_link_does_not_use_it_up(stranger: httpx.AsyncClient, database: Database) -> None:
    with database.write() as session:
        add_staff(session, "eva@alliance.example", role=StaffRole.ADMIN, language="en", now=NOW)
        token = create_link(session, "eva@alliance.example", now=NOW)
    for _ in range(2):
        assert "<button" in (await stranger.get(f"/sign-in/{token}")).text
    answer = await stranger.post(f"/sign-in/{token}")
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("sharebot=")
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert (await stranger.post(f"/sign-in/{token}")).status_code == 401


async def test_over_https_the_cookie_is_bound_to_the_host(runtime: Runtime, database: Database) -> None:
    settings = Settings(web=Web(public_url="https://share.alliance.example"))
    app = build_app(replace(runtime, settings=settings))
    with database.write() as session:
        add_staff(session, "eva@alliance.example", role=StaffRole.ADMIN, language="en", now=NOW)
        token = create_link(session, "eva@alliance.example", now=NOW)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://share.alliance.example") as client:
        answer = await client.post(f"/sign-in/{token}", headers={"Origin": "https://share.alliance.example"})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-sharebot=") and "Secure" in cookie and "Path=/" in cookie
        assert "max-age=" in answer.headers["strict-transport-security"]
        assert (await client.get("/")).status_code == 200


async def test_signed_out_removed_or_too_old_is_out(browser: Browser, database: Database, clock: FixedClock) -> None:
    first, second, third = [await browser(StaffRole.VIEWER) for _ in range(3)]
    kept = dict(first.cookies)
    assert (await first.post("/sign-out")).status_code == 200
    assert (await first.get("/", headers={"Cookie": f"sharebot={kept['sharebot']}"})).status_code == 401
    with database.write() as session:
        remove_staff(session, "viewer.en1@alliance.example")
    assert (await second.get("/")).status_code == 401
    assert (await third.get("/")).status_code == 200
    clock.at += timedelta(hours=13)
    assert (await third.get("/")).status_code == 401


async def test_a_session_in_use_stays(browser: Browser, clock: FixedClock) -> None:
    client = await browser(StaffRole.VIEWER)
    for _ in range(4):
        clock.at += timedelta(hours=11)
        assert (await client.get("/")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": BASE}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": BASE}, 303),
    ],
)
async def test_a_form_of_another_site_changes_nothing(browser: Browser, headers: dict[str, str], status: int) -> None:
    client = await browser(StaffRole.VIEWER)
    del client.headers["Sec-Fetch-Site"]
    answer = await client.post("/language", data={"language": "fr"}, headers=headers)
    assert answer.status_code == status
    expected = "fr" if status == 303 else "en"
    assert f'<html lang="{expected}">' in (await client.get("/")).text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"])
async def test_unknown_hosts_are_refused(stranger: httpx.AsyncClient, host: str) -> None:
    assert (await stranger.get("/", headers={"Host": host})).status_code == 400


async def test_health_is_answered_whatever_the_host(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/livez", headers={"Host": "10.0.0.9:8080"})).status_code == 200


async def test_bodies_end_at_one_megabyte(browser: Browser) -> None:
    client = await browser(StaffRole.VIEWER)

    async def endless() -> object:
        for _ in range(3):
            yield b"x" * (MAX_BODY // 2)

    assert (await client.post("/language", content=b"x" * (MAX_BODY + 1))).status_code == 413
    assert (await client.post("/language", content=endless())).status_code == 413  # type: ignore[arg-type]


async def test_every_answer_carries_the_safe_headers(browser: Browser, stranger: httpx.AsyncClient) -> None:
    client = await browser(StaffRole.VIEWER)
    answers = [await client.get("/"), await stranger.get("/"), await stranger.get("/nothing")]
    answers += [await stranger.get("/livez"), await stranger.get("/static/site.css")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in answer.headers
    assert answers[0].headers["cache-control"] == "no-store"


async def test_a_broken_page_says_so_safely(app: FastAPI, browser: Browser, database: Database) -> None:
    client = await browser(StaffRole.VIEWER)
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE reshare")
    answer = await client.get("/")
    assert answer.status_code == 500
    assert "Something broke" in answer.text
    assert "reshare" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/%00", "/..%2f..%2fetc/passwd", "//evil.example", "/contents/abc", "/contents/1;drop", "/docs"]
)
async def test_odd_paths_lead_nowhere(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(f"{BASE}{path}")
    assert answer.status_code in {401, 404}
    assert "location" not in answer.headers
