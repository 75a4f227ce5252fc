"""What a body must not be, and what the answer says of it."""

import json

from sharebot.store.database import Database
from sharebot.values.status import StaffRole
from sharebot.web.gate import MAX_BODY
from tests.web.api.conftest import Program
from tests.web.conftest import BASE
from tests.web.props import add_draft

GOOD = {"versions": [{"language": "en", "title": "Vaccines for all", "url": "https://alliance.example/v"}]}
JSON = {"Content-Type": "application/json"}


UNREADABLE: list[tuple[bytes, str]] = [
    (b"{", "not JSON"),
    (b'{"a": NaN}', "NaN"),
    (b'{"a": -Infinity}', "-Infinity"),
    (b'{"kind": "post", "kind": "video"}', "twice"),
    (b'{"a": {"b": 1, "b": 2}}', "twice"),
    (b'{"a": "\\ud800"}', "surrogate"),
    (b'{"\\udfff": 1}', "surrogate"),
    (b"[" * 10_000 + b"]" * 10_000, "deep"),
    (b'{"a":' * 10_000, "deep"),
    (b'"' + b'\\"' * 400_000, "not JSON"),
    (b'{"a": "\xff"}', "not JSON"),
    (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
    (b"\xef\xbb\xbf{}", "not JSON"),
]


async def test_what_two_readers_might_take_for_two_things(program: Program) -> None:
    """A12"""
    client = program()
    for body, why in UNREADABLE:
        answer = await client.post("/contents", content=body, headers=JSON)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body[:40]
        assert why in answer.json()["errors"][0]["detail"], body[:40]


async def test_too_large_or_no_json_at_all(program: Program) -> None:
    """A12"""
    client = program()
    large = await client.post("/contents", content=b'"' + b"x" * (2 * MAX_BODY) + b'"', headers=JSON)
    assert (large.status_code, large.json()["status"]) == (413, 413)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""):
        answer = await client.post("/contents", content=b"{}", headers={"Content-Type": kind})
        assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json"), kind
    assert (
        await client.post("/contents", json=GOOD, headers={"Content-Type": "Application/JSON; charset=utf-8"})
    ).status_code == 201


IMPOSSIBLE: list[tuple[dict[str, object], str]] = [
    ({"role": "admin"}, "/role"),
    ({"status": "ready"}, "/status"),
    ({"versions": [{**GOOD["versions"][0], "id": 7}]}, "/versions/0/id"),
    ({"versions": []}, "/versions"),
    ({"versions": GOOD["versions"] * 2}, "/"),
    ({"versions": [{"language": "en", "title": "\x00", "url": "https://alliance.example"}]}, "/versions/0/title"),
    ({"versions": [{"language": "en", "title": "x", "url": "javascript:alert(1)"}]}, "/versions/0/url"),
    ({"versions": [{"language": "en", "title": "x"}]}, "/versions"),
    ({"hashtags": ["no sign"]}, "/hashtags/0"),
    ({"topics": ["nonsense"]}, "/topics"),
    ({"campaign": "nonsense"}, "/campaign"),
    ({"evergreen": "yes"}, "/evergreen"),
    ({"kind": "banner"}, "/kind"),
]


async def test_unknown_and_impossible_values_are_named(program: Program) -> None:
    """A2"""
    client = program()
    for extra, pointer in IMPOSSIBLE:
        answer = await client.post("/contents", json=GOOD | extra)
        assert answer.status_code == 422, extra
        assert pointer in [one["pointer"] for one in answer.json()["errors"]], answer.text


QUERIES = ["page=-1", "page=0", "limit=1000000000", "limit=201", "sort=;drop", "page=1.5", "status=none", "q=%00"]
PATHS = [
    "/%00",
    "/entries/%0A/x",
    "/..%2f..%2fetc",
    "//evil.example",
    "/contents/0",
    "/contents/99999999999999",
    "/contents/abc",
    "/entries/1;drop",
    "/members/%00",
    "/members/NORTH",
    "/reports/2026-W60",
    "/reports/9999-W52",
    "/docs",
]


async def test_impossible_pages_are_refused(program: Program) -> None:
    """A13"""
    client = program()
    for query in QUERIES:
        answer = await client.get(f"/contents?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


async def test_odd_paths_lead_nowhere(program: Program) -> None:
    """A14"""
    client = program(StaffRole.ADMIN)
    for path in PATHS:
        answer = await client.get(f"{BASE}/api/v1{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json"), path
        assert "location" not in answer.headers


async def test_the_description_is_public_and_names_no_data(program: Program, database: Database) -> None:
    with database.write() as session:
        add_draft(session, {"en": "A very secret title"})
    client = program()
    del client.headers["Authorization"]
    answer = await client.get("/openapi.json")
    described = answer.json()
    assert described["openapi"].startswith("3.1")
    assert "secret title" not in answer.text and "Party North" not in answer.text
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            statuses = set(operation["responses"])
            assert {"401", "403", "422", "429"} <= statuses, path
            assert ("404" in statuses) or "{" not in path, path
            assert method == "get" or "413" in statuses, path
            assert "requestBody" not in operation or "415" in statuses, path
            assert operation["security"] == [{"token": []}] and operation["operationId"].isalpha()
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"]
                    assert response["content"]["application/problem+json"]["example"]["status"] == int(status)
    assert json.dumps(described)
