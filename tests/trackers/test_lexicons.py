"""The answers of the test server keep Bluesky's own lexicons, where these are at hand."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sharebot.trackers.answers import read_instant
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.trackers.bluesky_views import is_did, is_post_uri
from sharebot.trackers.seam import Answer, Http, Look, Subject, Watched
from tests.trackers.bluesky_server import (
    ALLIANCE,
    NORTH,
    World,
    link_card,
    link_facet,
    profile,
    quote_of,
    quote_with_card,
    reposted,
    uri,
    view,
)
from tests.trackers.contract import look_at
from tests.trackers.stage_bluesky import BlueskyStage

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
LEXICONS = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "bluesky"
pytestmark = pytest.mark.skipif(not LEXICONS.is_dir(), reason="Bluesky's lexicons are not beside the repository")
_FORMATS = {
    "at-uri": is_post_uri,
    "did": is_did,
    "datetime": lambda value: read_instant(value) is not None,
}
_TYPES: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}


def load() -> dict[str, Any]:
    documents = [json.loads(path.read_text()) for path in LEXICONS.glob("*.json")]
    return {document["id"]: document["defs"] for document in documents}


def problems(value: Any, schema: dict[str, Any], *, lexicon: str, where: str = "") -> list[str]:
    defs = load()
    kind = schema["type"]
    if kind == "ref" or (kind == "union" and isinstance(value, dict) and "$type" in value):
        name = schema.get("ref") or value["$type"]
        document, _, part = name.partition("#")
        found = defs.get(document or lexicon, {}).get(part or "main")
        return problems(value, found, lexicon=document or lexicon, where=where) if found else []
    if kind == "record":
        return problems(value, schema["record"], lexicon=lexicon, where=where)
    if kind in _TYPES and not isinstance(value, _TYPES[kind]):
        return [f"{where}: not {kind}"]
    if kind == "string" and not _FORMATS.get(schema.get("format", ""), lambda _: True)(value):
        return [f"{where}: not {schema['format']}: {value!r}"]
    wrong = [f"{where}: no {name}" for name in schema.get("required", []) if name not in value]
    if kind == "array":
        for item in value:
            wrong += problems(item, schema["items"], lexicon=lexicon, where=f"{where}[]")
    if kind == "object":
        for name in schema.get("properties", {}).keys() & value.keys():
            part = schema["properties"][name]
            wrong += problems(value[name], part, lexicon=lexicon, where=f"{where}.{name}")
    return wrong


async def test_what_the_server_answers_and_is_asked_is_what_the_lexicons_say(
    tracker: BlueskyTracker, world: World
) -> None:
    ours, page = uri(ALLIANCE, "aaa"), "https://alliance.example/aaa"
    own = view(ALLIANCE, "aaa", at="2026-11-20T08:00:00Z", embed=link_card(page))
    quote = view(NORTH, "q1", at="2026-11-23T09:00:00Z", embed=quote_with_card(ours, page))
    link = view(NORTH, "p1", at="2026-11-23T07:00:00Z", facets=[link_facet(page)], embed=quote_of(ours))
    world.feeds[NORTH] = [reposted(own, by=NORTH, at="2026-11-23T10:00:00Z"), {"post": quote}, {"post": link}]
    world.reposts[ours], world.quotes[ours] = [profile(NORTH)], [quote]
    world.posts[ours] = own
    own |= {"repostCount": 1, "quoteCount": 1}
    accounts = [Watched(1, "north.example", NORTH)]
    look = Look(accounts, [Subject(ours, LONG_AGO)], LONG_AGO, NOW, watched=frozenset({NORTH}))
    seen = await look_at(tracker, look)
    assert len(seen.ids) == 3
    defs = load()
    checked = set()
    for method, answer in world.answered:
        if method in defs:
            checked.add(method)
            output = defs[method]["main"]["output"]["schema"]
            assert problems(answer, output, lexicon=method, where=method) == []
    for post in (own, quote, link):
        assert problems(post["record"], defs["app.bsky.feed.post"]["main"], lexicon="app.bsky.feed.post") == []
    names = ("getAuthorFeed", "getPosts", "getQuotes", "getRepostedBy")
    assert checked == {f"app.bsky.feed.{name}" for name in names}
    for method, params in world.asked:
        if method in defs:
            known = defs[method]["main"]["parameters"]
            assert set(known["required"]) <= set(params) <= set(known["properties"])


class Recording:
    """Notes what is asked and answered."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self.noted: list[tuple[str, dict[str, list[str]], Any]] = []

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        answer = await self.http.get(url, headers=headers)
        parts = urlsplit(url)
        self.noted.append((parts.path.rpartition("/")[2], parse_qs(parts.query), json.loads(answer.body)))
        return answer


async def test_what_the_sandbox_answers_is_what_the_lexicons_say() -> None:
    async with BlueskyStage() as stage:
        subject, post = stage.publish(), stage.post_as(2)
        for member in (2, 3):
            stage.repost_as(member, subject)
        quote = stage.world.post(stage.dids[4], "Well said", quotes=subject)
        recording = Recording(stage.fetcher)
        tracker = BlueskyTracker(recording, stage.base_url)
        seen = await look_at(tracker, stage.look())
        assert {post, quote} <= seen.ids
        assert set((await tracker.recheck([stage.known(post), stage.known(quote)])).values()) == {True}
    defs, checked = load(), set()
    for method, params, answer in recording.noted:
        checked.add(method.rpartition(".")[2])
        assert problems(answer, defs[method]["main"]["output"]["schema"], lexicon=method, where=method) == []
        known = defs[method]["main"]["parameters"]
        assert set(known["required"]) <= set(params) <= set(known["properties"])
        assert all(len(value) <= 25 for value in params.values())
    assert checked == {"getAuthorFeed", "getPosts", "getQuotes", "getRepostedBy"}
    for one in stage.world.posts.values():
        record = stage.world.view(one)["record"]
        assert problems(record, defs["app.bsky.feed.post"]["main"], lexicon="app.bsky.feed.post") == []


def test_the_check_notices_a_missing_field_and_a_wrong_time() -> None:
    schema = load()["app.bsky.feed.defs"]["postView"]
    post = view(NORTH, "p1", at="2026-11-23T07:00:00Z")
    assert problems(post, schema, lexicon="app.bsky.feed.defs") == []
    del post["cid"]
    post["indexedAt"] = "today"
    assert len(problems(post, schema, lexicon="app.bsky.feed.defs")) == 2
