"""Contents over the API: found by the page, given in three languages, edited under a fingerprint."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.models import AuditRecord, Content, Variant
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.store.database import Database
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from tests.sources.site import Reply, Site
from tests.web.api.conftest import Program, make_token
from tests.web.conftest import BASE
from tests.web.props import add_draft, queue_and_release

THREE = {
    "kind": "appeal",
    "hashtags": ["#VaccinesForAll"],
    "versions": [
        {"language": "en", "title": "Vaccines for all", "url": "https://alliance.example/en", "texts": ["One", "Two"]},
        {"language": "fr", "title": "Des vaccins pour tous", "networks": {"x": "Pour tous !"}},
        {"language": "es", "title": "Vacunas para todos", "text": "Texto", "url": "https://alliance.example/es"},
    ],
}


async def test_three_languages_become_one_draft(program: Program, database: Database) -> None:
    client = program(StaffRole.EDITOR)
    answer = await client.post("/contents", json=THREE)
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/contents/{made['id']}")
    assert (made["status"], made["kind"], made["hashtags"]) == ("draft", "appeal", ["#VaccinesForAll"])
    versions = {one["language"]: one for one in made["versions"]}
    assert versions["en"]["texts"] == ["One", "Two"]
    assert versions["fr"]["networks"] == {"x": "Pour tous !"}
    assert versions["fr"]["url"] == "https://alliance.example/en"  # it leads where the first does
    assert (await client.get(f"/contents/{made['id']}")).json() == made
    with database.read() as session:
        record = session.exec(select(AuditRecord)).one()
        assert (record.actor, record.action, record.subject) == ("api:1", "content.added", f"content:{made['id']}")


async def test_an_edit_names_what_was_read(program: Program, database: Database) -> None:
    """A4"""
    client = program(StaffRole.EDITOR)
    made = (await client.post("/contents", json=THREE)).json()
    change = {"edit": made["edit"], "versions": [{"language": "en", "title": "Better"}], "evergreen": True}
    edited = (await client.patch(f"/contents/{made['id']}", json=change)).json()
    assert (edited["titles"]["en"], edited["evergreen"], edited["titles"]["fr"]) == (
        "Better",
        True,
        "Des vaccins pour tous",
    )
    assert edited["hash"] != made["hash"]
    late = await client.patch(f"/contents/{made['id']}", json=change)
    assert (late.status_code, late.headers["content-type"]) == (409, "application/problem+json")
    with database.read() as session:
        assert session.exec(select(Variant.title).where(Variant.language == "en")).one() == "Better"


async def test_what_is_out_is_not_edited(program: Program, database: Database) -> None:
    with database.write() as session:
        content_id = add_draft(session)
    queue_and_release(database, content_id)
    client = program(StaffRole.EDITOR)
    edit = (await client.get(f"/contents/{content_id}")).json()["edit"]
    change = {"edit": edit, "versions": [{"language": "en", "title": "Other"}]}
    assert (await client.patch(f"/contents/{content_id}", json=change)).status_code == 409


async def test_lists_are_narrowed_and_paged(program: Program, database: Database) -> None:
    with database.write() as session:
        for number in range(5):
            add_draft(session, {"en": f"Story {number} 100%", "fr": "Histoire"})
        add_draft(session, {"es": "Otra"})
    client = program(StaffRole.VIEWER)
    answer = await client.get("/contents?limit=2&page=2&q=100%25&language=fr")
    listed = answer.json()
    assert (listed["total"], [one["id"] for one in listed["items"]]) == (5, [3, 2])
    assert answer.links["next"]["url"] == "/api/v1/contents?q=100%25&language=fr&page=3&limit=2"
    assert {*answer.links} == {"first", "prev", "next", "last"}
    last = await client.get(f"{BASE}{answer.links['last']['url']}")
    assert [one["id"] for one in last.json()["items"]] == [1]
    assert "next" not in last.links
    assert (await client.get("/contents?q=%25%25")).json()["total"] == 0
    assert (await client.get("/contents?status=ready")).json()["items"] == []


async def test_a_page_that_cannot_be_read_is_said_so(program: Program, database: Database) -> None:
    client = program(StaffRole.EDITOR)
    for url in ("https://127.0.0.1/", "https://[::1]/x", "https://a@127.0.0.1/", "https://localhost:22/"):
        answer = await client.post("/contents/link", json={"url": url})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url"), answer.text
    with database.read() as session:
        assert session.get(Content, 1) is None


async def test_errors_of_a_stranger_are_problems_too(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.put("/api/v1/contents")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    await site.start()
    yield site
    await site.stop()


async def test_a_page_becomes_a_draft_once(app: FastAPI, runtime: Runtime, site: Site, database: Database) -> None:
    """The page is asked once for one idempotency key, and makes one content however often it is given."""
    page = '<html lang="fr"><head><title>Une page</title></head><body><p>Texte</p></body></html>'
    site.pages["/page"] = Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
    fetcher = Fetcher(allowed=frozenset({site.place}))
    transport = httpx.ASGITransport(app=build_app(replace(runtime, fetcher=fetcher)), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {make_token(database, StaffRole.EDITOR)}", "Idempotency-Key": "page-1"}
    async with httpx.AsyncClient(transport=transport, base_url=f"{BASE}/api/v1", headers=headers) as client:
        first, again = [await client.post("/contents/link", json={"url": site.url("/page")}) for _ in range(2)]
        assert (first.status_code, first.headers["location"], again.text) == (201, "/api/v1/contents/1", first.text)
        assert first.json()["titles"] == {"fr": "Une page"}
        assert [one.path for one in site.asked].count("/page") == 1
        known = await client.post("/contents/link", json={"url": site.url("/page")}, headers={"Idempotency-Key": "2"})
        assert (known.status_code, known.json()["id"]) == (200, 1)
    await fetcher.aclose()
