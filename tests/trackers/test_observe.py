"""Looking at many accounts at once: what one failure does, and what it does not."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sharebot.errors import RateLimited, TemporaryError
from sharebot.sources.fetch import Fetcher
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.trackers.patience import AT_ONCE
from sharebot.trackers.seam import Look, Subject, Watched
from sharebot.values.posts import KnownPost
from sharebot.values.status import PostKind
from sharebot.values.tracking import Unobservable
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
from tests.trackers.contract import Seen, look_at

OURS = uri(ALLIANCE, "aaa")
OUR_VIEW = view(ALLIANCE, "aaa", at="2026-11-20T08:00:00Z")
BOTH = [Watched(1, "north.example", NORTH), Watched(2, "south.example", SOUTH)]
SINCE = datetime(2026, 11, 22, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def look(
    accounts: Sequence[Watched], *, subjects: Sequence[str] = (), cursors: Mapping[str, str] | None = None
) -> Look:
    ours = [Subject(one, SINCE) for one in subjects]
    watched = frozenset(one.external_id or "" for one in accounts)
    return Look(accounts, ours, SINCE, NOW, cursors or {}, watched=watched)


def counted(reposts: int, quotes: int) -> dict[str, object]:
    return {**OUR_VIEW, "repostCount": reposts, "quoteCount": quotes}


def north_post(rkey: str = "p1") -> dict[str, object]:
    return {"post": view(NORTH, rkey, at="2026-11-23T08:00:00Z")}


async def test_feeds_reposts_and_quotes_come_together(tracker: BlueskyTracker, world: World) -> None:
    quote = view(SOUTH, "q1", at="2026-11-23T09:00:00Z", embed=quote_of(OURS))
    world.feeds = {NORTH: [reposted(OUR_VIEW, by=NORTH, at="2026-11-23T08:00:00Z")], SOUTH: [{"post": quote}]}
    world.reposts[OURS] = [profile(NORTH), profile(SOUTH), profile(STRANGER), {"did": "no did"}, 3]
    world.quotes[OURS] = [quote]
    world.posts[OURS] = counted(3, 1)
    seen = await look_at(tracker, look(BOTH, subjects=[OURS]))
    assert {(post.external_id, post.at is not None) for post in seen.posts} == {
        (f"repost:{NORTH}:{OURS}", True),
        (f"repost:{NORTH}:{OURS}", False),
        (f"repost:{SOUTH}:{OURS}", False),
        (uri(SOUTH, "q1"), True),
    }
    assert (seen.failed, seen.missed, seen.seen) == ({}, {}, {1, 2})


async def test_what_an_account_already_showed_is_not_brought_again(tracker: BlueskyTracker, world: World) -> None:
    old = {"post": view(NORTH, "p0", at="2026-11-20T08:00:00Z")}
    world.feeds[NORTH] = [north_post(), old]
    seen = await look_at(tracker, look(BOTH[:1]))
    assert seen.ids == {uri(NORTH, "p1")}
    world.feeds[NORTH] = [{"post": view(NORTH, "p2", at="2026-11-23T08:20:00Z")}, *world.feeds[NORTH]]
    again = await look_at(tracker, look(BOTH[:1], cursors=seen.cursors))
    assert again.ids == {uri(NORTH, "p1"), uri(NORTH, "p2")}
    later = await look_at(tracker, look(BOTH[:1], cursors=again.cursors))
    assert later.ids == {uri(NORTH, "p2")}


async def test_an_own_post_is_shown_again_as_its_content_may_come_later(tracker: BlueskyTracker, world: World) -> None:
    for did in (NORTH, ALLIANCE):
        world.feeds[did] = [
            {"post": view(did, "p2", at="2026-11-23T11:00:00Z")},
            {"post": view(did, "p1", at="2026-11-22T12:00:00Z")},
        ]
    accounts = [Watched(1, "alliance.example", ALLIANCE, is_own=True), Watched(2, "north.example", NORTH)]
    seen = await look_at(tracker, look(accounts))
    again = await look_at(tracker, look(accounts, cursors=seen.cursors))
    assert again.ids == {uri(ALLIANCE, "p1"), uri(ALLIANCE, "p2"), uri(NORTH, "p2")}


async def test_an_instant_in_the_future_hides_nothing_that_comes(tracker: BlueskyTracker, world: World) -> None:
    world.feeds[NORTH] = [{"post": view(NORTH, "p1", at="2099-01-01T00:00:00Z")}]
    seen = await look_at(tracker, look(BOTH[:1]))
    assert seen.cursors[f"a:{NORTH}"] == NOW.isoformat()
    world.feeds[NORTH] = [*world.feeds[NORTH], {"post": view(NORTH, "p2", at="2026-11-23T12:01:00Z")}]
    assert uri(NORTH, "p2") in (await look_at(tracker, look(BOTH[:1], cursors=seen.cursors))).ids


@pytest.mark.parametrize("cursor", ["", "yesterday", "2026-11-23T08:00:00", "9" * 900])
async def test_a_damaged_cursor_reads_everything_again(tracker: BlueskyTracker, world: World, cursor: str) -> None:
    world.feeds[NORTH], world.posts[OURS] = [north_post()], counted(1, 0)
    world.reposts[OURS] = [profile(NORTH)]
    cursors = {f"a:{NORTH}": cursor, f"n:{OURS}": cursor}
    seen = await look_at(tracker, look(BOTH[:1], subjects=[OURS], cursors=cursors))
    assert seen.ids == {uri(NORTH, "p1"), f"repost:{NORTH}:{OURS}"}


async def test_who_repeated_is_asked_only_when_the_counts_changed(tracker: BlueskyTracker, world: World) -> None:
    others = [uri(ALLIANCE, f"b{number}") for number in range(29)]
    world.posts = {one: {**view(ALLIANCE, one[-3:], at="2026-11-22T08:00:00Z"), "uri": one} for one in others}
    for one in world.posts.values():
        one |= {"repostCount": 0, "quoteCount": 0}
    world.posts[OURS], world.page_size = counted(1, 0), 100
    world.reposts[OURS] = [profile(NORTH)]
    subjects = [*others, OURS]
    seen = await look_at(tracker, look(BOTH[:1], subjects=subjects))
    assert (len(world.calls("getPosts")), len(world.calls("getRepostedBy"))) == (2, 1)
    assert seen.counts[OURS].reposts == 1
    world.asked.clear()
    again = await look_at(tracker, look(BOTH[:1], subjects=subjects, cursors=seen.cursors))
    assert (len(world.calls("getPosts")), len(world.calls("getRepostedBy"))) == (2, 0)
    world.posts[OURS] = counted(151, 0)
    world.reposts[OURS] = [{"did": f"did:plc:s{number}"} for number in range(150)] + world.reposts[OURS] * 400
    world.asked.clear()
    await look_at(tracker, look(BOTH[:1], subjects=subjects, cursors=again.cursors | seen.cursors))
    # What is new, and a page more for what was undone meanwhile.
    assert len(world.calls("getRepostedBy")) == 3


async def test_once_a_day_everything_is_read_whatever_the_counts_say(tracker: BlueskyTracker, world: World) -> None:
    world.posts[OURS], world.reposts[OURS] = counted(1, 0), [profile(NORTH)]
    cursors = {f"n:{OURS}": "1 0 2026-11-22"}
    seen = await look_at(tracker, look(BOTH[:1], subjects=[OURS], cursors=cursors))
    assert f"repost:{NORTH}:{OURS}" in seen.ids


@pytest.mark.parametrize(
    "answer",
    [
        refusal("InvalidRequest", "Profile not found"),
        refusal("AccountTakedown", "Account has been suspended"),
        refusal("BlockedByActor", ""),
        refusal("X", "two\nlines\x00 " + "y" * 500),
    ],
)
async def test_an_account_that_is_gone_fails_for_good_and_alone(
    tracker: BlueskyTracker, world: World, answer: Response
) -> None:
    world.feeds = {NORTH: [north_post()], SOUTH: []}
    world.instead[SOUTH] = answer
    seen = await look_at(tracker, look([BOTH[1], BOTH[0]]))
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert (seen.failed, seen.missed, seen.seen) == ({2: Unobservable.GONE}, {}, {1})


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
    seen = await look_at(tracker, look([BOTH[1], BOTH[0]]))
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
    seen = Seen()
    with pytest.raises(RateLimited) as caught:
        await look_at(tracker, look([*BOTH, third], subjects=[OURS]), seen=seen)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert (seen.failed, seen.missed) == ({}, {})
    assert caught.value.retry_after == wait
    assert world.calls("getPosts") == []


async def test_a_server_that_is_down_is_left_alone_after_three_tries() -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        counting = Counting(Client(client))
        tracker = BlueskyTracker(counting, "http://127.0.0.1:9")
        everybody = [Watched(number, f"p{number}.example", NORTH) for number in range(130)]
        with pytest.raises(TemporaryError, match="ConnectError"):
            await look_at(tracker, look(everybody, subjects=[OURS]))
    assert counting.calls < 3 + AT_ONCE


async def test_a_server_that_fails_midway_is_left_alone_too(tracker: BlueskyTracker, world: World) -> None:
    dids = [f"did:plc:p{number}" for number in range(10)]
    world.feeds = {NORTH: [north_post()]}
    world.instead = {did: Response(status_code=503) for did in dids}
    rest = [Watched(10 + number, f"p{number}.example", did) for number, did in enumerate(dids)]
    seen = Seen()
    with pytest.raises(TemporaryError):
        await look_at(tracker, look([BOTH[0], *rest]), seen=seen)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert list(seen.missed) == [10, 11]
    assert len(world.calls("getAuthorFeed")) < 1 + 3 + AT_ONCE


async def test_parts_come_in_the_order_asked_whatever_is_answered_first(world: World) -> None:
    dids = [f"did:plc:p{number}" for number in range(12)]
    world.feeds = {did: [{"post": view(did, "p1", at="2026-11-23T08:00:00Z")}] for did in dids}
    everybody = [Watched(number, f"p{number}.example", did) for number, did in enumerate(dids)]
    async with serving(world) as base_url, httpx.AsyncClient(trust_env=False) as client:
        slow = Holding(Client(client), dids[0], until=AT_ONCE - 1)
        seen = await look_at(BlueskyTracker(slow, base_url), look(everybody))
    assert [post.author_id for post in seen.posts] == dids
    assert slow.most == AT_ONCE


async def test_a_post_that_is_gone_or_no_post_at_all_stops_no_other(tracker: BlueskyTracker, world: World) -> None:
    gone = uri(ALLIANCE, "gone")
    world.feeds = {NORTH: [], SOUTH: []}
    world.posts = {OURS: counted(1, 0), gone: {**counted(1, 0), "uri": gone}}
    world.reposts[OURS] = [profile(NORTH)]
    world.instead["app.bsky.feed.getQuotes"] = JSONResponse({"posts": []})
    tracker_look = look(BOTH, subjects=["https://bsky.app/x", gone, uri(ALLIANCE, "missing"), OURS])
    seen = await look_at(tracker, tracker_look)
    assert [post.author_id for post in seen.posts] == [NORTH]
    assert set(seen.counts) == {OURS, gone}


async def test_boosts_cut_off_by_the_length_of_the_list_are_not_called_undone(
    tracker: BlueskyTracker, world: World
) -> None:
    world.page_size = 1
    world.reposts[OURS] = [{"did": f"did:plc:s{number}"} for number in range(30)]
    known = KnownPost(f"repost:{NORTH}:{OURS}", NORTH, PostKind.REPOST, subject_id=OURS)
    assert await tracker.recheck([known]) == {}
    world.reposts[OURS] = world.reposts[OURS][:3]
    assert await tracker.recheck([known]) == {known.external_id: False}


async def test_without_any_account_nobody_is_asked_for(tracker: BlueskyTracker, world: World) -> None:
    assert (await look_at(tracker, look([], subjects=[OURS]))).posts == []
    assert world.calls("getRepostedBy") == []


async def test_the_bots_own_fetcher_serves_the_tracker(world: World) -> None:
    world.feeds = {NORTH: [north_post()], SOUTH: []}
    async with serving(world) as base_url:
        fetcher = Fetcher(allowed=frozenset({base_url.removeprefix("http://")}))
        tracker = BlueskyTracker(fetcher, base_url)
        seen = await look_at(tracker, look(BOTH, subjects=[OURS]))
        await fetcher.aclose()
    assert [post.external_id for post in seen.posts] == [uri(NORTH, "p1")]
    assert (seen.failed, seen.missed) == ({}, {})


async def test_an_address_that_our_own_rules_forbid_breaks_no_account(world: World) -> None:
    async with serving(world) as base_url:
        fetcher = Fetcher()
        tracker = BlueskyTracker(fetcher, base_url)
        with pytest.raises(TemporaryError, match="cannot ask"):
            await look_at(tracker, look([*BOTH, *BOTH]))
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


class Holding:
    """Answers for one account only when `until` others wait, and notes how many were asked for at once."""

    def __init__(self, client: Client, did: str, *, until: int) -> None:
        self.client, self.did, self.until = client, did, until
        self.now = self.most = self.answered = 0
        self.free = asyncio.Event()

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        self.now += 1
        self.most = max(self.most, self.now)
        if self.did in url:
            await self.free.wait()
        answer = await self.client.get(url, headers=headers)
        self.now, self.answered = self.now - 1, self.answered + 1
        if self.answered == self.until:
            self.free.set()
        return answer
