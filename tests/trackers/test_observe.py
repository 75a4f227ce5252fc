"""Looking at many accounts at once: what one failure does, and what it does not."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sharebot.errors import RateLimited, TemporaryError
from sharebot.sources.fetch import Fetcher
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.trackers.seam import Tracker, Watched
from tests.trackers.bluesky_server import (
    ALLIANCE,
    NORTH,
    SOUTH,
    STRANGER,
    Answer,
    Client,
    World,
    profile,
    quote_of,
    refusal,
    reposted,
    serving,
    uri,
    view,
)

OURS = uri(ALLIANCE, "aaa")
OUR_VIEW = view(ALLIANCE, "aaa", at="2026-11-20T08:00:00Z")
BOTH = [Watched(1, "north.example"), Watched(2, "south.example", SOUTH)]
SINCE = datetime(2026, 11, 22, tzinfo=UTC)


def north_post(rkey: str = "p1") -> dict[str, object]:
    return {"post": view(NORTH, rkey, at="2026-11-23T08:00:00Z")}


async def test_feeds_reposts_and_quotes_come_together_each_post_once(tracker: BlueskyTracker, world: World) -> None:
    quote = view(SOUTH, "q1", at="2026-11-23T09:00:00Z", embed=quote_of(OURS))
    world.feeds = {NORTH: [reposted(OUR_VIEW, by=NORTH, at="2026-11-23T08:00:00Z")], SOUTH: [{"post": quote}]}
    world.reposts[OURS] = [profile(NORTH), profile(SOUTH), profile(STRANGER), {"did": "no did"}, 3]
    world.quotes[OURS] = [quote]
    seen = await tracker.observe(BOTH, subjects=[OURS], since=SINCE)
    assert {(post.external_id, post.at is not None) for post in seen.posts} == {
        (f"repost:{NORTH}:{OURS}", True),
        (f"repost:{SOUTH}:{OURS}", False),
        (uri(SOUTH, "q1"), True),
    }
    assert len(seen.posts) == 3
    assert (seen.failed, seen.missed, seen.missed_subjects) == ({}, {}, {})
    assert seen.resolved == {1: NORTH, 2: SOUTH}


async def test_what_an_account_already_showed_is_not_brought_again(tracker: BlueskyTracker, world: World) -> None:
    old = {"post": view(NORTH, "p0", at="2026-11-20T08:00:00Z")}
    world.feeds[NORTH] = [north_post(), old]
    seen = await tracker.observe(BOTH[:1], subjects=[], since=SINCE)
    assert [post.external_id for post in seen.posts] == [uri(NORTH, "p1")]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refusal("InvalidRequest", "Profile not found"), "Profile not found"),
        (refusal("AccountTakedown", "Account has been suspended"), "Account has been suspended"),
        (refusal("BlockedByActor", ""), "BlockedByActor"),
        (refusal("X", "two\nlines\x00 " + "y" * 500), None),
    ],
)
async def test_an_account_that_is_gone_fails_for_good_and_alone(
    tracker: BlueskyTracker, world: World, answer: Response, reason: str | None
) -> None:
    world.feeds = {NORTH: [north_post()], SOUTH: []}
    world.instead[SOUTH] = answer
    seen = await tracker.observe([BOTH[1], BOTH[0]], subjects=[], since=SINCE)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert list(seen.failed) == [2]
    assert seen.failed[2].isprintable()
    assert len(seen.failed[2]) <= 200
    assert reason in {None, seen.failed[2]}
    assert seen.missed == {}


@pytest.mark.parametrize(
    "answer",
    [
        Response(status_code=500),
        Response(status_code=502, content="<html>"),
        Response(status_code=404),
        Response(status_code=403),
        PlainTextResponse("Bad Request", status_code=400),
        JSONResponse(["error"], status_code=400),
        JSONResponse({"message": "no word"}, status_code=400),
        PlainTextResponse("not json"),
        PlainTextResponse('{"feed": ['),
        PlainTextResponse("[" * 100_000),
        JSONResponse([]),
        Response(content=b"\xff\xfe\x00"),
        Response(content=b""),
    ],
)
async def test_a_server_in_trouble_is_no_fault_of_the_account(
    tracker: BlueskyTracker, world: World, answer: Response
) -> None:
    world.feeds = {NORTH: [north_post()], SOUTH: []}
    world.instead[SOUTH] = answer
    seen = await tracker.observe([BOTH[1], BOTH[0]], subjects=[], since=SINCE)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert (list(seen.failed), list(seen.missed)) == ([], [2])


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(seconds=120)),
        ({"Retry-After": "Mon, 23 Nov 2026 08:10:00 GMT"}, timedelta(minutes=10)),
        ({"ratelimit-reset": "1795421400"}, timedelta(minutes=10)),
        ({"RateLimit-Reset": "1795420000"}, timedelta(0)),
        ({"Retry-After": "9" * 30}, timedelta(days=1)),
        ({"Retry-After": "soon", "ratelimit-reset": "-1"}, None),
        ({"ratelimit-reset": "9" * 40}, None),
        ({}, None),
    ],
)
async def test_after_a_429_nobody_else_is_asked_for_and_the_wait_is_told(
    tracker: BlueskyTracker, world: World, headers: dict[str, str], wait: timedelta | None
) -> None:
    world.feeds = {NORTH: [north_post()], SOUTH: []}
    # The server's clock: 2026-11-23 08:00:00 UTC.
    date = {"Date": "Mon, 23 Nov 2026 08:00:00 GMT"}
    world.instead[SOUTH] = Response(status_code=429, headers={**date, **headers})
    third = Watched(3, "stranger.example", STRANGER)
    seen = await tracker.observe([*BOTH, third], subjects=[OURS], since=SINCE)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert (seen.failed, list(seen.missed), list(seen.missed_subjects)) == ({}, [2, 3], [OURS])
    assert seen.retry_after == wait
    assert world.calls("getRepostedBy") == []


async def test_when_nothing_is_answered_the_error_of_the_network_is_raised(
    tracker: BlueskyTracker, world: World
) -> None:
    world.instead[SOUTH] = Response(status_code=429, headers={"Retry-After": "60"})
    with pytest.raises(RateLimited) as caught:
        await tracker.observe(BOTH[1:], subjects=[OURS], since=SINCE)
    assert caught.value.retry_after == timedelta(seconds=60)


async def test_a_server_that_is_down_is_left_alone_after_three_tries() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        counted = Counting(Client(client))
        tracker = BlueskyTracker(counted, "http://127.0.0.1:9")
        everybody = [Watched(number, f"p{number}.example", NORTH) for number in range(130)]
        with pytest.raises(TemporaryError, match="ConnectError"):
            await tracker.observe(everybody, subjects=[OURS], since=SINCE)
    assert counted.calls == 3


async def test_a_server_that_fails_midway_is_left_alone_too(tracker: BlueskyTracker, world: World) -> None:
    dids = [f"did:plc:p{number}" for number in range(10)]
    world.feeds = {NORTH: [north_post()]}
    world.instead = {did: Response(status_code=503) for did in dids}
    rest = [Watched(10 + number, f"p{number}.example", did) for number, did in enumerate(dids)]
    seen = await tracker.observe([BOTH[0], *rest], subjects=[], since=SINCE)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert list(seen.missed) == list(range(10, 20))
    assert len(world.calls("getAuthorFeed")) == 1 + 3


async def test_a_post_that_is_gone_or_no_post_at_all_stops_no_other(tracker: BlueskyTracker, world: World) -> None:
    gone = uri(ALLIANCE, "gone")
    world.feeds = {NORTH: [], SOUTH: []}
    world.instead[gone] = refusal("InvalidRequest", "Post not found")
    world.reposts[OURS] = [profile(NORTH)]
    subjects = ["https://bsky.app/x", gone, OURS]
    seen = await tracker.observe(BOTH, subjects=subjects, since=SINCE)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert seen.missed_subjects == {}


async def test_without_any_account_nothing_is_asked(tracker: BlueskyTracker, world: World) -> None:
    assert (await tracker.observe([], subjects=[OURS], since=SINCE)).posts == ()
    assert world.asked == []


async def test_the_bots_own_fetcher_serves_the_tracker(world: World) -> None:
    world.feeds = {NORTH: [north_post()], SOUTH: []}
    async with serving(world) as base_url:
        fetcher = Fetcher(allowed=frozenset({base_url.removeprefix("http://")}))
        tracker: Tracker = BlueskyTracker(fetcher, base_url)
        seen = await tracker.observe(BOTH, subjects=[OURS], since=SINCE)
        await fetcher.aclose()
    assert [post.external_id for post in seen.posts] == [uri(NORTH, "p1")]
    assert (seen.failed, seen.missed) == ({}, {})


async def test_an_address_that_our_own_rules_forbid_breaks_no_account(world: World) -> None:
    async with serving(world) as base_url:
        fetcher = Fetcher()
        tracker = BlueskyTracker(fetcher, base_url)
        with pytest.raises(TemporaryError, match="cannot ask"):
            await tracker.observe(BOTH, subjects=[], since=SINCE)
        await fetcher.aclose()
    assert world.asked == []


class Counting:
    """Counts what a client is asked."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.calls = 0

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        self.calls += 1
        return await self.client.get(url, headers=headers)
