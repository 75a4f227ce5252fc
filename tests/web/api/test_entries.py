"""The queue over the API: planned, proposed, approved by other eyes, withdrawn."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from sharebot.config.settings import Approval, Settings
from sharebot.models import AuditRecord, Content, Delivery, QueueEntry
from sharebot.runtime import Runtime
from sharebot.store.database import Database
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from tests.cast import NOW
from tests.web.api.conftest import Program, make_token
from tests.web.conftest import BASE
from tests.web.props import add_draft, queue_and_release

SOON = (NOW + timedelta(hours=2)).isoformat()


@pytest.fixture
def content_id(app: object, database: Database) -> int:
    with database.write() as session:
        return add_draft(session)


@pytest.fixture
async def pairs(runtime: Runtime, content_id: int, database: Database) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Two programs of two approvers, where two pairs of eyes are needed."""
    app = build_app(replace(runtime, settings=Settings(approval=Approval(eyes=2))))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    clients = [
        httpx.AsyncClient(
            transport=transport,
            base_url=f"{BASE}/api/v1",
            headers={"Authorization": f"Bearer {make_token(database, email=f'{name}@alliance.example')}"},
        )
        for name in ("eva", "ada")
    ]
    yield clients
    for client in clients:
        await client.aclose()


async def _new(client: httpx.AsyncClient, content_id: int, action: str = "propose", **more: object) -> httpx.Response:
    content = (await client.get(f"/contents/{content_id}")).json()
    body = {"content_id": content_id, "action": action, "hash": content["hash"], **more}
    return await client.post("/entries", json=body)


async def test_a_dry_run_names_parties_languages_and_times(
    program: Program, content_id: int, database: Database
) -> None:
    client = program(StaffRole.VIEWER)
    terms = {
        "content_id": content_id,
        "send_on": "2026-11-24",
        "send_local": "09:00",
        "audience": {"languages": ["fr"]},
    }
    planned = (await client.post("/entries/plan", json=terms)).json()
    [north] = planned["recipients"]
    assert (north["member"], north["languages"], north["due_at"]) == ("north", {"fr": 1}, "2026-11-24T08:00:00Z")
    assert [(one["member"], one["reason"]) for one in planned["left_out"]] == [("south", "language")]
    with database.read() as session:
        assert session.exec(select(QueueEntry)).all() == []


async def test_an_editor_proposes_and_an_approver_approves(
    program: Program, content_id: int, database: Database
) -> None:
    editor, approver = program(StaffRole.EDITOR), program(StaffRole.APPROVER)
    refused = await _new(editor, content_id, "approve")
    assert refused.status_code == 403
    proposed = await _new(editor, content_id, send_at=SOON, share_from=SOON, priority="high")
    entry = proposed.json()
    assert (proposed.status_code, proposed.headers["location"]) == (201, f"/api/v1/entries/{entry['id']}")
    assert entry["status"] == "proposed"
    assert entry["send_at"] == entry["share_from"] == "2026-11-23T10:00:00Z"
    stale = await approver.post(f"/entries/{entry['id']}/approve", json={"approval_hash": "0" * 64})
    assert stale.status_code == 409
    seen = {"approval_hash": entry["approval_hash"]}
    approved = await approver.post(f"/entries/{entry['id']}/approve", json=seen)
    assert approved.json()["status"] == "approved"
    again = await approver.post(f"/entries/{entry['id']}/approve", json=seen)
    assert again.status_code == 409
    withdrawn = await approver.post(f"/entries/{entry['id']}/withdraw")
    assert withdrawn.json()["status"] == "withdrawn"
    with database.read() as session:
        actions = session.exec(select(AuditRecord.action).order_by(AuditRecord.id)).all()  # type: ignore[arg-type]
        assert actions == ["entry.proposed", "entry.approved", "entry.withdrawn"]


async def test_two_pairs_of_eyes_are_two_people(pairs: list[httpx.AsyncClient], content_id: int) -> None:
    """A3"""
    eva, ada = pairs
    assert (await _new(eva, content_id, "approve")).status_code == 403
    entry = (await _new(eva, content_id)).json()
    seen = {"approval_hash": entry["approval_hash"]}
    assert (await eva.post("/entries/1/approve", json=seen)).status_code == 403
    assert (await ada.post("/entries/1/approve", json=seen)).json()["status"] == "approved"


async def test_what_was_edited_meanwhile_is_not_approved(program: Program, content_id: int, database: Database) -> None:
    """A4"""
    client = program()
    content = (await client.get(f"/contents/{content_id}")).json()
    change = {"edit": content["edit"], "versions": [{"language": "en", "title": "Other"}]}
    assert (await client.patch(f"/contents/{content_id}", json=change)).status_code == 200
    body = {"content_id": content_id, "action": "approve", "hash": content["hash"]}
    assert (await client.post("/entries", json=body)).status_code == 409
    with database.read() as session:
        assert session.exec(select(QueueEntry)).all() == []


CANNOT_BE: list[dict[str, object]] = [
    {"send_at": "2026-11-22T08:00:00Z"},  # A6
    {"send_on": "2026-11-20"},
    {"expires_at": "2026-11-22T08:00:00Z"},
    {"send_at": SOON, "expires_at": SOON},
    {"share_from": "2027-11-22T08:00:00Z"},
    {"send_at": "2026-11-24T08:00:00"},  # A7
    {"send_at": 1795507200},
    {"send_at": "2026-11-24"},
    {"send_at": "0001-01-01T00:00:00+14:00"},
    {"send_on": "9999-12-31", "send_local": "23:59"},
    {"send_at": SOON, "send_on": "2026-11-24"},
    {"send_local": "09:00"},
    {"send_on": "2026-11-24", "send_local": "25:00"},
    {"audience": {"regions": ["Atlantis"]}},  # A8
    {"audience": {"members": ["nobody"]}},
    {"audience": {"lists": [99]}},
    {"audience": {"officers": [1]}},  # A2
    {"approved_by": "eva@alliance.example"},
    {"urgent": 1},
    {"priority": "highest"},
    {"content_id": True},
    {"content_id": 2**31},
]


async def test_times_and_people_that_cannot_be(program: Program, content_id: int, database: Database) -> None:
    client = program()
    seen = (await client.get(f"/contents/{content_id}")).json()["hash"]
    good = {"content_id": content_id, "action": "approve", "hash": seen}
    for terms in CANNOT_BE:
        answer = await client.post("/entries", json=good | terms)
        assert answer.status_code == 422, (terms, answer.text)
        assert answer.json()["errors"]
    with database.read() as session:
        assert session.exec(select(QueueEntry)).all() == []


async def test_lists_and_counts(program: Program, content_id: int, database: Database) -> None:
    queue_and_release(database, content_id)
    client = program(StaffRole.VIEWER)
    listed = (await client.get(f"/entries?status=released&content_id={content_id}")).json()
    assert [(one["id"], one["deliveries"]) for one in listed["items"]] == [(1, {"queued": 2})]
    assert (await client.get("/entries?status=paused")).json()["total"] == 0
    assert "alliance.example" not in (await client.get("/entries/1")).text
    assert (await client.get("/entries/2")).status_code == 404


async def test_nothing_of_officers_is_shown(program: Program, content_id: int, database: Database) -> None:
    queue_and_release(database, content_id)
    client = program(StaffRole.ADMIN)
    for path in ("/members", "/members/north", "/entries/1", "/entries", "/reshares", "/reports/2026-W48"):
        text = (await client.get(path)).text
        for secret in ("Ana", "Ben", "1001", "1002"):
            assert secret not in text, path
    with database.read() as session:
        assert session.get(Content, content_id) is not None
        assert len(session.exec(select(Delivery)).all()) == 2
