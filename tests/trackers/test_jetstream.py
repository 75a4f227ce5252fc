"""The stream of what accounts do, over a real websocket."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from sharebot.config.settings import Bluesky, Settings
from sharebot.trackers.bluesky import BlueskyTracker, open_tracker
from sharebot.trackers.jetstream import Jetstream
from sharebot.trackers.seam import Look
from sharebot.values.status import PostKind
from tests.trackers.contract import ALLIANCE, MEMBERS, look_at
from tests.trackers.stage_bluesky import START, BlueskyStage

NORTH, SOUTH, _EAST = MEMBERS
POSTS, REPOSTS = "app.bsky.feed.post", "app.bsky.feed.repost"
COMMIT = "network.bsky.jetstream.subscribeEvents#commit"


@dataclass
class Stream:
    """A server that tells all events from a cursor on, and then hangs up."""

    events: list[dict[str, Any]] = field(default_factory=list)
    oldest: int = 0
    refuses_by: str = "status"
    raw: list[str] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    url: str = ""

    def add(self, did: str, collection: str, key: str, record: Mapping[str, Any] | None) -> None:
        """Tell of one commit; a deletion when there is no record."""
        event = {"$type": COMMIT, "seq": len(self.events) + 1, "did": did, "collection": collection, "rkey": key}
        at = START + timedelta(seconds=len(self.events))
        done = {"operation": "create", "cid": "bafy", "record": record} if record else {"operation": "delete"}
        self.events.append({**event, "time": at.isoformat(), **done})

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append({name: request.query.getall(name) for name in request.query})
        cursor = int(request.query["cursor"])
        is_too_old = cursor < self.oldest
        if is_too_old and self.refuses_by == "status":
            return web.Response(status=400, text="CursorTooOld")
        socket = web.WebSocketResponse(protocols=("xrpc.v1.json",))
        await socket.prepare(request)
        if is_too_old:
            await socket.send_str(json.dumps({"$type": "error", "error": "CursorTooOld", "message": "no"}))
        for text in self.raw:
            await socket.send_str(text)
        for event in [] if is_too_old else self.events:
            if cursor >= 10**15 or event["seq"] >= cursor:
                await socket.send_str(json.dumps({"$type": "message", "payload": event}))
        await socket.close()
        return socket


@asynccontextmanager
async def streaming(stream: Stream) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/xrpc/network.bsky.jetstream.subscribeEvents", stream.serve)
    app.router.add_get("/subscribe", stream.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def stream() -> AsyncIterator[Stream]:
    made = Stream()
    async with streaming(made) as base_url:
        made.url = f"{base_url}/xrpc/network.bsky.jetstream.subscribeEvents"
        yield made


@pytest.fixture
async def stage() -> AsyncIterator[BlueskyStage]:
    async with BlueskyStage() as opened:
        yield opened


def tracker(stage: BlueskyStage, stream: Stream) -> BlueskyTracker:
    return BlueskyTracker(stage.fetcher, stage.base_url, stream=Jetstream(stream.url, idle_seconds=60))


def look(stage: BlueskyStage, cursors: Mapping[str, str] | None = None) -> Look:
    stage.clock.move_to(START + timedelta(hours=1))
    read = {f"f:{did}": stage.clock.now().isoformat() for did in stage.dids.values()}
    return stage.look({**read, **(cursors or {})})


def written(text: str, **more: Any) -> dict[str, Any]:
    return {"$type": POSTS, "text": text, "createdAt": START.isoformat(), **more}


def repeated(subject: str) -> dict[str, Any]:
    return {"$type": REPOSTS, "subject": {"uri": subject, "cid": "bafy"}, "createdAt": START.isoformat()}


async def test_posts_quotes_and_reposts_are_told_with_the_ids_the_feeds_give(
    stage: BlueskyStage, stream: Stream
) -> None:
    subject = stage.world.post(stage.dids[ALLIANCE], "Ours")
    north, stranger = stage.dids[NORTH], "did:plc:stranger"
    embed = {"$type": "app.bsky.embed.record", "record": {"uri": subject, "cid": "bafy"}}
    stream.add(north, POSTS, "p1", written("Hello"))
    stream.add(north, POSTS, "q1", written("Well said", embed=embed))
    stream.add(north, REPOSTS, "r1", repeated(subject))
    stream.add(north, REPOSTS, "r2", repeated(f"at://{stranger}/{POSTS}/x"))
    stream.add(stranger, REPOSTS, "r3", repeated(subject))
    seen = await look_at(tracker(stage, stream), look(stage))
    assert [(post.external_id, post.kind) for post in seen.posts] == [
        (f"at://{north}/{POSTS}/p1", PostKind.POST),
        (f"at://{north}/{POSTS}/q1", PostKind.QUOTE),
        (f"repost:{north}:{subject}", PostKind.REPOST),
    ]
    assert seen.posts[1].subject_id == seen.posts[2].subject_id == subject
    assert seen.posts[2].at == START
    assert seen.seen == set(stage.dids)
    assert stage.asked == 0
    (asked,) = stream.asked
    assert sorted(asked["dids"]) == sorted(stage.dids.values())
    assert (asked["collections"], asked["kinds"]) == ([POSTS, REPOSTS], ["commit"])
    assert int(asked["cursor"][0]) >= 10**15


async def test_the_next_look_goes_on_behind_the_last(stage: BlueskyStage, stream: Stream) -> None:
    for number in range(3):
        stream.add(stage.dids[NORTH], POSTS, f"p{number}", written("Hello"))
    seen = await look_at(tracker(stage, stream), look(stage))
    assert seen.cursors["j"] == "3"
    stream.add(stage.dids[SOUTH], POSTS, "p9", written("Hello"))
    again = await look_at(tracker(stage, stream), look(stage, seen.cursors))
    assert [post.external_id[-2:] for post in again.posts] == ["p2", "p9"]


async def test_a_crash_in_the_middle_loses_nothing(stage: BlueskyStage, stream: Stream) -> None:
    for number in range(450):
        stream.add(stage.dids[NORTH], POSTS, f"p{number}", written("Hello"))
    first = await look_at(tracker(stage, stream), look(stage), parts=1)
    assert len(first.posts) == 200
    second = await look_at(tracker(stage, stream), look(stage, first.cursors))
    assert len(first.ids | second.ids) == 450


async def test_what_was_deleted_or_undone_is_told(stage: BlueskyStage, stream: Stream) -> None:
    subject = stage.world.post(stage.dids[ALLIANCE], "Ours")
    north = stage.dids[NORTH]
    stream.add(north, POSTS, "p1", written("Hello"))
    stream.add(north, REPOSTS, "r1", repeated(subject))
    seen = await look_at(tracker(stage, stream), look(stage))
    assert len(seen.posts) == 2
    stream.add(north, POSTS, "p1", None)
    stream.add(north, REPOSTS, "r1", None)
    stream.add(north, REPOSTS, "never-seen", None)
    again = await look_at(tracker(stage, stream), look(stage, {**seen.cursors, "j": "3"}))
    assert again.gone == [f"at://{north}/{POSTS}/p1", f"repost:{north}:{subject}"]
    # Written and deleted between two looks: never there.
    at_once = await look_at(tracker(stage, stream), look(stage))
    assert at_once.posts == []


@pytest.mark.parametrize("refuses_by", ["status", "message"])
async def test_a_cursor_that_is_too_old_is_repaired_by_the_feeds(
    stage: BlueskyStage, stream: Stream, refuses_by: str
) -> None:
    post = stage.post_as(NORTH)
    stream.oldest, stream.refuses_by = 100, refuses_by
    seen = await look_at(tracker(stage, stream), look(stage, {"j": "7"}))
    assert post in seen.ids
    assert int(seen.cursors["j"]) >= 10**15
    stage.front.asked = 0
    await look_at(tracker(stage, stream), look(stage, seen.cursors))
    assert stage.asked == 0


async def test_without_an_answer_the_feeds_are_read_and_the_cursor_stays(stage: BlueskyStage) -> None:
    post = stage.post_as(NORTH)
    dead = Jetstream("ws://127.0.0.1:9/subscribe")
    seen = await look_at(BlueskyTracker(stage.fetcher, stage.base_url, stream=dead), look(stage, {"j": "7"}))
    assert post in seen.ids
    assert seen.cursors["j"] == "7"


async def test_feeds_are_read_once_a_day_all_the_same(stage: BlueskyStage, stream: Stream) -> None:
    post = stage.post_as(NORTH)
    yesterday = (START - timedelta(days=1)).isoformat()
    seen = await look_at(tracker(stage, stream), look(stage, {f"f:{stage.dids[NORTH]}": yesterday}))
    assert post in seen.ids
    assert stage.asked > 0
    stage.front.asked = 0
    await look_at(tracker(stage, stream), look(stage, seen.cursors))
    assert stage.asked == 0


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 100_000,
        json.dumps({"$type": "error", "error": "ConsumerTooSlow"}),
        "x" * 2_000_000,
    ],
)
async def test_a_stream_in_trouble_is_nobodys_fault(stage: BlueskyStage, stream: Stream, text: str) -> None:
    post = stage.post_as(NORTH)
    stream.raw = [text]
    seen = await look_at(tracker(stage, stream), look(stage, {"j": "7"}))
    assert post in seen.ids
    assert (seen.failed, seen.cursors["j"]) == ({}, "7")


async def test_messages_that_are_no_commits_are_passed_over(stage: BlueskyStage, stream: Stream) -> None:
    north = stage.dids[NORTH]
    fine = {"seq": 5, "did": north, "time": START.isoformat(), "collection": POSTS, "rkey": "p1", "record": {}}
    odd: list[object] = [7, [], {}, "x", {"payload": 7}, {"did": north}, fine, fine | {"record": "x"}]
    odd += [fine | {name: value} for name in ("seq", "did", "time", "collection", "rkey") for value in (None, -1, "?")]
    stream.raw = [json.dumps(one) for one in odd]
    stream.add(north, POSTS, "p2", written("Hello"))
    seen = await look_at(tracker(stage, stream), look(stage))
    assert [post.external_id[-2:] for post in seen.posts] == ["p2"]


async def test_the_older_protocol_is_spoken_too(stage: BlueskyStage, stream: Stream) -> None:
    north = stage.dids[NORTH]
    stream.url = stream.url.replace("/xrpc/network.bsky.jetstream.subscribeEvents", "/subscribe")
    commit = {"operation": "create", "collection": POSTS, "rkey": "p1", "record": written("Hello")}
    at = int(START.timestamp() * 1_000_000)
    stream.raw = [json.dumps({"did": north, "time_us": at, "kind": "commit", "commit": commit})]
    seen = await look_at(tracker(stage, stream), look(stage))
    assert [post.external_id for post in seen.posts] == [f"at://{north}/{POSTS}/p1"]
    assert seen.cursors["j"] == f"{at}"
    assert stream.asked[0]["wantedCollections"] == [POSTS, REPOSTS]


async def test_reading_ends_where_the_look_does(stage: BlueskyStage, stream: Stream) -> None:
    stream.add(stage.dids[NORTH], POSTS, "p1", written("Hello"))
    stream.add(stage.dids[NORTH], POSTS, "p2", written("Hello"))
    stream.add(stage.dids[NORTH], POSTS, "p3", written("Hello"))
    stream.events[1]["time"] = datetime(2026, 12, 1, tzinfo=UTC).isoformat()
    seen = await look_at(tracker(stage, stream), look(stage))
    assert (len(seen.posts), seen.cursors["j"]) == (2, "2")


def test_it_is_switched_on_by_its_address() -> None:
    address = "wss://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents"
    opened = open_tracker(Settings(bluesky=Bluesky(jetstream_url=address)), None, None)  # type: ignore[arg-type]
    assert opened is not None
    with pytest.raises(ValueError, match="jetstream_url"):
        Bluesky(jetstream_url="https://jetstream.example")
