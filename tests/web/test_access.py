"""Who may do what: the whole matrix of routes and roles, and what holds before any of them."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from sqlmodel import select

from sharebot.config.settings import Settings, Web
from sharebot.errors import Refused
from sharebot.models import QueueEntry, SocialAccount, Staff
from sharebot.runtime import Runtime
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link, remove_staff
from sharebot.store.staff_sessions import open_session
from sharebot.values.sign_in import Way
from sharebot.values.status import AccountStatus, Network, StaffRole
from sharebot.web.app import ROUTERS, build_app
from sharebot.web.gate import MAX_BODY
from sharebot.web.guard import UndeclaredRoute, include, needed_role_of
from tests.cast import NOW, FixedClock, seat_cy
from tests.web.conftest import BASE, SAME_ORIGIN, Browser
from tests.web.matrix import Right, whole_matrix
from tests.web.props import add_draft, queue_and_release

MATRIX = whole_matrix()
RANK = list(StaffRole)
HERE, ELSEWHERE = "Europe", "Africa"


def furnish(database: Database) -> None:
    """Give Europe's parties a waiting officer (3), an account (1), and a released entry (1) of a content (1)."""
    seat_cy(database)
    with database.write() as session:
        draft = add_draft(session)
        session.add(SocialAccount(member_id=1, network=Network.BLUESKY, handle="north", status=AccountStatus.WATCHED))
    entry_id = queue_and_release(database, draft)
    with database.write() as session:
        session.get_one(QueueEntry, entry_id).audience = '{"regions": ["Europe"]}'


@asynccontextmanager
async def signed_in(
    app: FastAPI, database: Database, role: StaffRole, region: str | None
) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser of somebody new, so that no cell meets what another one did to a session."""
    email = f"{role.value}@alliance.example"
    with database.write() as session:
        if session.exec(select(Staff).where(Staff.email == email)).first() is None:
            add_staff(session, email, role=role, region=region, language="en", now=NOW)
            add_staff(session, "keeper@alliance.example", role=StaffRole.ADMIN, language="en", now=NOW)
        post = session.exec(select(Staff).where(Staff.email == email)).one()
        post.role, post.region, post.active = role, region, True
        token = open_session(session, post.id or 0, now=NOW, way=Way.LINK)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = SAME_ORIGIN | {"Cookie": f"sharebot={token}"}
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
        yield client


def routes() -> Iterator[tuple[tuple[str, str], tuple[StaffRole | None, bool]]]:
    for router in ROUTERS:
        for route in router.routes:
            needs = needed_role_of(route)  # type: ignore[arg-type]
            assert needs is not None
            for method in route.methods:  # type: ignore[attr-defined]
                yield (method, route.path), (needs.role, needs.whole)  # type: ignore[attr-defined]


def test_the_matrix_names_every_route_and_its_role() -> None:
    assert dict(routes()) == {route: (right.role, right.whole) for route, right in MATRIX.items()}


def test_whatever_names_a_party_or_an_officer_says_whose_it_is() -> None:
    for (method, path), right in MATRIX.items():
        if right.role and ("{officer_id}" in path or path.startswith("/members/{code}")):
            assert right.form is not None or right.whole, f"{method} {path}"


def address_of(path: str) -> str:
    """Put an object of the region of Europe into an address; what is not there has the number 1 too."""
    return re.sub(r"{(\w+)}", lambda name: {"officer_id": "3", "code": "north"}.get(name[1], "1"), path)


def expected(right: Right, role: StaffRole, region: str | None) -> set[int] | None:
    """Return the statuses of a cell that is shut; None for one that is open."""
    if right.role is None:
        return None
    if RANK.index(role) > RANK.index(right.role) or (right.whole and region is not None):
        return {403}
    return {403, 404} if right.form is not None and region == ELSEWHERE else None


@pytest.mark.parametrize("region", [None, HERE, ELSEWHERE])
@pytest.mark.parametrize("role", StaffRole)
async def test_every_cell_of_role_route_and_owner(
    app: FastAPI, database: Database, role: StaffRole, region: str | None
) -> None:
    if role is StaffRole.ADMIN and region is not None:
        with database.write() as session, pytest.raises(Refused):
            add_staff(session, "a@alliance.example", role=role, region=region, language="en", now=NOW)
        return
    furnish(database)
    for (method, path), right in sorted(MATRIX.items(), key=lambda one: (one[0][0], destroys(one[0][1]))):
        if right.role is None or path == "/sign-out":
            continue
        shut = expected(right, role, region)
        async with signed_in(app, database, role, region) as client:
            answer = await client.request(method, address_of(path), data=dict(right.form or {}) or None)
        cell = f"{role} of {region}: {method} {path} -> {answer.status_code}"
        if shut is not None:
            assert answer.status_code in shut, cell
        else:
            # What the object's own state refuses (404 for what was never there, 409, 422) is no matter of rights.
            gone = set() if right.form is None or destroys(path) or method != "GET" else {404}
            assert answer.status_code not in {401, 403, 405, 500, *gone}, cell


def destroys(path: str) -> bool:
    """Whether nothing is left for later cells: those come last."""
    return path.rpartition("/")[2] in {"remove", "reject", "withdraw", "delete", "revoke"}


async def test_a_stranger_reaches_nothing_and_changes_nothing(stranger: httpx.AsyncClient, database: Database) -> None:
    furnish(database)
    for (method, path), right in MATRIX.items():
        if right.role:
            data = dict(right.form or {"by": "x"}) if method == "POST" else None
            answer = await stranger.request(method, address_of(path), data=data)
            assert answer.status_code == 401, path
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
    """A15."""
    first, second, third = [await browser(StaffRole.VIEWER) for _ in range(3)]
    kept = dict(first.cookies)
    assert (await first.post("/sign-out")).headers["location"] == "/sign-in?said=signed_out"
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
    """A9."""
    client = await browser(StaffRole.VIEWER)
    del client.headers["Sec-Fetch-Site"]
    answer = await client.post("/language", data={"language": "fr"}, headers=headers)
    assert answer.status_code == status
    expected = "fr" if status == 303 else "en"
    assert f'<html lang="{expected}">' in (await client.get("/")).text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"])
async def test_unknown_hosts_are_refused(stranger: httpx.AsyncClient, host: str) -> None:
    """A10."""
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
