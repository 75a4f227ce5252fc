"""Who may call what: scopes, the maker's role and region of this moment, and never a cookie."""

from datetime import timedelta

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from sharebot.models import ApiToken, Content, QueueEntry, Staff
from sharebot.rules.audience import Audience
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, remove_staff
from sharebot.values.api import Scope
from sharebot.values.status import EntryStatus, StaffRole
from sharebot.web.api.app import ROUTERS
from sharebot.web.api.callers import ApiRoute, Needs, check_declared, methods_of, needs_of, routes_of
from sharebot.web.guard import UndeclaredRoute
from sharebot.web.limiting import Limit
from tests.cast import NOW, FixedClock, add_member
from tests.web.api.conftest import Program
from tests.web.conftest import BASE, Browser
from tests.web.props import add_draft, queue_and_release

R, W = StaffRole.VIEWER, StaffRole.EDITOR
MATRIX: dict[tuple[str, str], Needs] = {
    ("GET", "/contents"): Needs(Scope.CONTENT_READ, R),
    ("GET", "/contents/{content_id}"): Needs(Scope.CONTENT_READ, R),
    ("POST", "/contents"): Needs(Scope.CONTENT_WRITE, W, whole=True),
    ("POST", "/contents/link"): Needs(Scope.CONTENT_WRITE, W, whole=True),
    ("PATCH", "/contents/{content_id}"): Needs(Scope.CONTENT_WRITE, W, whole=True),
    ("GET", "/entries"): Needs(Scope.QUEUE_READ, R),
    ("POST", "/entries/plan"): Needs(Scope.QUEUE_READ, R),
    ("POST", "/entries"): Needs(Scope.QUEUE_WRITE, W),
    ("GET", "/entries/{entry_id}"): Needs(Scope.QUEUE_READ, R),
    ("POST", "/entries/{entry_id}/approve"): Needs(Scope.QUEUE_WRITE, StaffRole.APPROVER),
    ("POST", "/entries/{entry_id}/withdraw"): Needs(Scope.QUEUE_WRITE, StaffRole.APPROVER),
    ("GET", "/members"): Needs(Scope.MEMBERS_READ, R),
    ("GET", "/members/{code}"): Needs(Scope.MEMBERS_READ, R),
    ("GET", "/reshares"): Needs(Scope.REPORTS_READ, R),
    ("GET", "/reports/{period}"): Needs(Scope.REPORTS_READ, R, whole=True),
}
RANK = list(StaffRole)


def _address(path: str) -> str:
    return path.format(content_id=1, entry_id=1, code="north", period="2026-W47")


def test_the_matrix_names_every_route() -> None:
    routes = [route for router in ROUTERS for route in routes_of(router)]
    assert {(method, route.path): needs_of(route) for route in routes for method in methods_of(route)} == MATRIX


@pytest.mark.parametrize("role", StaffRole)
@pytest.mark.parametrize("region", [None, "Europe"])
async def test_scope_role_and_region_decide(
    program: Program, database: Database, role: StaffRole, region: str | None
) -> None:
    with database.write() as session:
        content_id = add_draft(session)
    queue_and_release(database, content_id)
    allowed = program(role, region=region)
    for (method, path), needs in MATRIX.items():
        body: dict[str, str] | None = {} if method in {"POST", "PATCH"} and not path.endswith("withdraw") else None
        answer = await allowed.request(method, _address(path), json=body)
        may = RANK.index(role) <= RANK.index(needs.role) and not (needs.whole and region)
        wide = path.endswith("withdraw") and region is not None
        assert (answer.status_code != 403) == (may and not wide), f"{method} {path} {answer.text}"
        assert answer.status_code not in {401, 404, 500}, f"{method} {path} {answer.text}"


async def test_each_scope_opens_its_own_routes(program: Program, database: Database) -> None:
    with database.write() as session:
        add_draft(session)
    for number, scope in enumerate(Scope):
        client = program(StaffRole.APPROVER, scope, email=f"{number}@alliance.example")
        for (method, path), needs in MATRIX.items():
            answer = await client.request(method, _address(path), json={} if method != "GET" else None)
            assert (answer.status_code == 403) == (needs.scope is not scope), f"{scope} {method} {path}"


async def test_without_a_valid_token_nothing_opens(stranger: httpx.AsyncClient, program: Program) -> None:
    program()
    for headers in ({}, {"Authorization": "Bearer sb_guess"}, {"Authorization": "Basic sb_x"}, {"Authorization": "é"}):
        sent = {name.encode(): value.encode() for name, value in headers.items()}
        for method, path in MATRIX:
            answer = await stranger.request(method, f"/api/v1{_address(path)}", headers=sent, content=b"{not json")
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_cookie_never_signs_in_to_the_api(browser: Browser, database: Database) -> None:
    client = await browser(StaffRole.ADMIN)
    with database.write() as session:
        add_draft(session)
    for method, path in MATRIX:
        answer = await client.request(method, f"/api/v1{_address(path)}", json={} if method != "GET" else None)
        assert answer.status_code == 401, path
    forged = await client.post("/api/v1/entries/1/withdraw", headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code == 403
    assert forged.headers["content-type"] == "application/problem+json"


async def test_a_token_needs_no_origin_and_a_page_still_does(program: Program) -> None:
    client = program(StaffRole.ADMIN)
    assert (await client.post("/contents", json={})).status_code == 422
    answer = await client.post(f"{BASE}/language", data={"language": "fr"})
    assert answer.status_code == 403


async def test_a_token_never_may_more_than_its_maker_now(
    program: Program, database: Database, clock: FixedClock
) -> None:
    client = program(StaffRole.APPROVER, email="eva@alliance.example")
    with database.write() as session:
        add_draft(session)
    assert (await client.post("/contents", json={})).status_code == 422
    with database.write() as session:
        session.get_one(Staff, 1).role = StaffRole.VIEWER
    assert (await client.post("/contents", json={})).status_code == 403
    with database.write() as session:
        session.get_one(Staff, 1).region = "Africa"
    assert (await client.get("/members")).json()["items"] == []
    with database.write() as session:
        remove_staff(session, "eva@alliance.example")
    assert (await client.get("/contents")).status_code == 401
    with database.write() as session:
        add_staff(session, "eva@alliance.example", role=StaffRole.ADMIN, language="en", now=NOW)
    assert (await client.get("/contents")).status_code == 401  # who comes back makes new ones


async def test_a_token_ends(program: Program, database: Database, clock: FixedClock) -> None:
    client = program()
    assert (await client.get("/contents")).status_code == 200
    with database.write() as session:
        token = session.get_one(ApiToken, 1)
        assert token.used_at == NOW and token.token_sha256 not in client.headers["authorization"]
        token.expires_at = NOW + timedelta(hours=1)
    clock.at += timedelta(hours=1)
    assert (await client.get("/contents")).status_code == 401
    with database.write() as session:
        token = session.get_one(ApiToken, 1)
        token.expires_at, token.revoked_at = None, clock.at
    assert (await client.get("/contents")).status_code == 401


async def test_what_belongs_to_another_region_is_not_there(program: Program, database: Database) -> None:
    """A1"""
    with database.write() as session:
        far = add_member(session, "far")
        far.region = "Africa"
        content_id = add_draft(session)
        session.add(
            QueueEntry(
                content_id=content_id,
                status=EntryStatus.PROPOSED,
                audience=Audience(regions=frozenset({"Africa"})).to_json(),
                release_at=NOW,
                expires_at=NOW + timedelta(days=1),
                created_at=NOW,
            )
        )
    client = program(StaffRole.APPROVER, region="Europe")
    assert (await client.get("/members/far")).status_code == 404
    assert [one["code"] for one in (await client.get("/members")).json()["items"]] == ["north", "south"]
    assert (await client.get("/members?region=Africa")).json()["total"] == 0
    planned = (await client.post("/entries/plan", json={"content_id": content_id})).json()
    assert {one["member"] for one in planned["recipients"] + planned["left_out"]} == {"north", "south"}
    seen = (await client.get("/entries/1")).json()["approval_hash"]
    assert (await client.post("/entries/1/approve", json={"approval_hash": seen})).status_code == 403
    assert (await client.post("/entries/1/withdraw")).status_code == 403
    content = (await client.get(f"/contents/{content_id}")).json()
    wide = {"content_id": content_id, "action": "approve", "hash": content["hash"]}
    assert (await client.post("/entries", json=wide)).status_code == 403
    own = wide | {"audience": {"regions": ["Europe"]}}
    assert (await client.post("/entries", json=own)).status_code == 201


def test_a_route_without_needs_stops_the_start() -> None:
    router = APIRouter(route_class=ApiRoute)

    @router.get("/open")
    def leak() -> str:
        return "secret"

    with pytest.raises(UndeclaredRoute, match="/open"):
        check_declared(router)


async def test_a_token_that_calls_too_often_waits(app: FastAPI, program: Program, database: Database) -> None:
    app.state.limiter._named["api"] = Limit("api", 2, 60)
    client, other = program(), program(email="other@alliance.example")
    statuses = [(await client.get("/contents")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    answer = await client.get("/contents")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await other.get("/contents")).status_code == 200
    with database.read() as session:
        assert session.get(Content, 1) is None
