"""Looking at many accounts at once: what one failure does, and what it does not."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sharebot.sources.fetch import Fetcher
from sharebot.trackers.bluesky import BlueskyOptions, BlueskyTracker
from sharebot.trackers.seam import Failure, Tracker, WatchedAccount
from tests.trackers.bluesky_server import (
    ALLIANCE,
    NORTH,
    SOUTH,
    STRANGER,
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
BOTH = [WatchedAccount("north.example"), WatchedAccount("south.example", SOUTH)]


def north_post(rkey: str = "p1") -> dict[str, object]:
    return {"post": view(NORTH, rkey, at="2026-11-23T08:00:00Z")}


async def test_feeds_reposts_and_quotes_come_together_each_post_once(
    tracker: BlueskyTracker, world: World
) -> None:
    quote = view(SOUTH, "q1", at="2026-11-23T09:00:00Z", embed=quote_of(OURS))
    world.feeds = {NORTH: [reposted(OUR_VIEW, by=NORTH, at="2026-11-23T08:00:00Z")], SOUTH: [{"post": quote}]}
    world.reposts[OURS] = [profile(NORTH), profile(SOUTH), profile(STRANGER), {"did": "no did"}, 3]
    world.quotes[OURS] = [quote]
    seen = await tracker.observe(BOTH, [OURS])
    assert {(post.external_id, post.at is not None) for post in seen.posts} == {
        (f"repost:{NORTH}:{OURS}", True),
        (f"repost:{SOUTH}:{OURS}", False),
        (uri(SOUTH, "q1"), True),
    }
    assert len(seen.posts) == 3
    assert seen.failed == ()
    assert seen.resolved == {"north.example": NORTH}


async def test_what_an_account_already_showed_is_not_brought_again(
    tracker: BlueskyTracker, world: World
) -> None:
    old = {"post": view(NORTH, "p0", at="2026-11-20T08:00:00Z")}
    world.feeds[NORTH] = [north_post(), old]
    account = WatchedAccount("north.example", NORTH, since=datetime(2026, 11, 22, tzinfo=UTC))
    seen = await tracker.observe([account], [])
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
    seen = await tracker.observe([BOTH[1], BOTH[0]], [])
    assert [post.author_id for post in seen.posts] == [NORTH]
    (failure,) = seen.failed
    assert failure.of == "south.example"
    assert failure.permanent
    assert failure.reason.isprintable()
    assert len(failure.reason) <= 200
    assert reason in {None, failure.reason}


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
    seen = await tracker.observe([BOTH[1], BOTH[0]], [])
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert [(failure.of, failure.permanent) for failure in seen.failed] == [("south.example", False)]


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
    seen = await tracker.observe([BOTH[0], BOTH[1], BOTH[0]], [OURS])
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert [failure.of for failure in seen.failed] == ["south.example", "north.example", OURS]
    assert not any(failure.permanent for failure in seen.failed)
    assert seen.retry_after == (wait or None)
    assert world.calls("getRepostedBy") == []


async def test_a_server_that_is_down_is_left_alone_after_three_tries() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        counted = Counting(Client(client))
        tracker = BlueskyTracker(BlueskyOptions(base_url="http://127.0.0.1:9"), counted)
        seen = await tracker.observe(
            [WatchedAccount(f"p{number}.example", NORTH) for number in range(130)], []
        )
    assert len(seen.failed) == 130
    assert counted.calls == 3
    assert seen.failed[-1].reason == "not asked: ConnectError"


async def test_a_subject_that_cannot_be_asked_for_fails_alone(tracker: BlueskyTracker, world: World) -> None:
    world.feeds = {NORTH: [], SOUTH: []}
    world.reposts[OURS] = [profile(NORTH)]
    seen = await tracker.observe(BOTH, ["https://bsky.app/x", OURS])
    assert seen.failed == (Failure("https://bsky.app/x", "not the at-uri of a post", permanent=True),)
    assert [post.author_id for post in seen.posts] == [NORTH]


async def test_without_any_account_nothing_is_asked(tracker: BlueskyTracker, world: World) -> None:
    assert (await tracker.observe([], [OURS])).posts == ()
    assert world.asked == []


async def test_the_bots_own_fetcher_serves_the_tracker(world: World) -> None:
    world.feeds = {NORTH: [north_post()], SOUTH: []}
    async with serving(world) as base_url:
        fetcher = Fetcher(allowed=frozenset({base_url.removeprefix("http://")}))
        tracker: Tracker = BlueskyTracker(BlueskyOptions(base_url=base_url), fetcher)
        seen = await tracker.observe(BOTH, [OURS])
        await fetcher.aclose()
    assert [post.external_id for post in seen.posts] == [uri(NORTH, "p1")]
    assert seen.failed == ()


async def test_an_address_that_our_own_rules_forbid_breaks_no_account(world: World) -> None:
    async with serving(world) as base_url:
        fetcher = Fetcher()
        tracker = BlueskyTracker(BlueskyOptions(base_url=base_url), fetcher)
        seen = await tracker.observe(BOTH, [])
        await fetcher.aclose()
    assert [failure.permanent for failure in seen.failed] == [False, False]
    assert world.asked == []


class Counting:
    """Counts what a client is asked."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.calls = 0

    async def get(self, url: str, *, headers: object = None) -> object:
        self.calls += 1
        return await self.client.get(url)
