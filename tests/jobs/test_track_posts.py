"""Looking at a network: what is written down part by part, and what a failure, a stop or a kill leaves."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel, select
from starlette.requests import Request
from starlette.responses import Response

from sharebot.config.settings import Settings
from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.jobs.recheck_posts import recheck_posts
from sharebot.jobs.track_posts import track_network
from sharebot.models import LostReshare, ObservedPost, Reshare, SocialAccount, TrackerState
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store import tracking
from sharebot.store.database import Database
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.trackers.seam import Identity, Look, Observation, Tracker, Watched
from sharebot.values.posts import KnownPost, PastedLink, Post
from sharebot.values.status import AccountStatus, Network, PostKind
from sharebot.values.tracking import TrackerStatus, Unobservable
from tests.cast import SetClock
from tests.jobs.track_child import LATER
from tests.trackers.bluesky_server import ALLIANCE, NORTH, SOUTH, Client, World, link_card, profile, serving, uri, view

SKY = Network.BLUESKY
PAGE = "https://alliance.example/a"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERY = timedelta(minutes=30)
AT = "2026-11-23T09:00:00Z"


@pytest.fixture
def ready(database: Database, released_file: Path) -> Database:
    """One item is released; the Alliance, North and South have an account each."""
    assert database.path is not None
    shutil.copy(released_file, database.path)
    with database.write() as session:
        for member_id, did in ((None, ALLIANCE), (1, NORTH), (2, SOUTH)):
            name = f"{did.rpartition(':')[2]}.example"
            row = SocialAccount(member_id=member_id, network=SKY, handle=name, status=AccountStatus.WATCHED)
            session.add(row)
            session.flush()
    return database


def runtime_for(database: Database, tracker: Tracker, *, clock: SetClock | None = None) -> Runtime:
    return Runtime(Settings(), clock or SetClock(LATER), database, Fetcher(), ParserPool(), trackers={SKY: tracker})


@pytest.fixture
async def sky() -> AsyncIterator[tuple[World, BlueskyTracker]]:
    world = World(page_size=2)
    for did, n in ((ALLIANCE, 1), (NORTH, 5), (SOUTH, 5)):
        world.feeds[did] = [{"post": shown(did, number)} for number in range(n)]
        world.posts |= {one["post"]["uri"]: one["post"] for one in world.feeds[did]}
    async with serving(world) as base_url, httpx.AsyncClient(trust_env=False) as client:
        yield world, BlueskyTracker(Client(client), base_url)


def shown(did: str, number: int) -> dict[str, Any]:
    return view(did, f"post{number}", at=AT, embed=link_card(PAGE))


def rows(database: Database, model: type[SQLModel]) -> list[Any]:
    with database.read() as session:
        return list(session.exec(select(model)).all())


def state(database: Database) -> TrackerState:
    with database.read() as session:
        return tracking.get_state(session, SKY)


async def test_a_look_finds_accounts_posts_and_at_once_who_repeats_ours(ready, sky):
    world, tracker = sky
    world.reposts[uri(ALLIANCE, "post0")] = [profile(SOUTH)]
    world.posts[uri(ALLIANCE, "post0")] |= {"repostCount": 1, "quoteCount": 0}
    await track_network(runtime_for(ready, tracker), SKY)
    assert [one.external_id for one in rows(ready, SocialAccount)] == [ALLIANCE, NORTH, SOUTH]
    assert len(rows(ready, ObservedPost)) == 12
    assert len(rows(ready, Reshare)) == 11
    now = state(ready)
    assert (now.status, now.next_at, now.ok_at) == (TrackerStatus.RUNNING, LATER + EVERY, LATER)
    asked = len(world.asked)
    await track_network(runtime_for(ready, tracker), SKY)
    assert len(world.asked) == asked, "it is not due"


@pytest.mark.parametrize("request_number", [5, 9])
async def test_whoever_is_killed_in_the_middle_loses_nothing_and_counts_nothing_twice(ready, sky, request_number: int):
    """The server kills its client, a real process, at its n-th request; another process goes on."""
    world, _ = sky
    killed = _Killing(world, request_number)
    async with serving(killed) as base_url:
        assert await killed.look(ready, base_url) == -signal.SIGKILL
        left = {one.external_id for one in rows(ready, ObservedPost)}
        assert await killed.look(ready, base_url) == 0
    everything = {one["post"]["uri"] for feed in world.feeds.values() for one in feed}
    assert left <= everything
    assert sorted(one.external_id for one in rows(ready, ObservedPost)) == sorted(everything)
    assert sorted(one.key for one in rows(ready, Reshare)) == sorted(
        f"post:bluesky:{one}" for one in everything if ALLIANCE not in one
    )


class _Killing(World):
    """Answers as `world` does, and kills who asks for the n-th time."""

    def __init__(self, world: World, at: int) -> None:
        super().__init__(
            **{name: getattr(world, name) for name in ("feeds", "reposts", "quotes", "posts", "page_size")}
        )
        self.at = at
        self._child: asyncio.subprocess.Process | None = None

    async def look(self, database: Database, base_url: str) -> int:
        """Let a process look once; return how it ended."""
        url = database.url.render_as_string(hide_password=False)
        words = [sys.executable, "-m", "tests.jobs.track_child", url, base_url]
        self._child = await asyncio.create_subprocess_exec(*words)
        return await asyncio.wait_for(self._child.wait(), 60)

    async def answer(self, request: Request) -> Response:
        if len(self.asked) + 1 == self.at and self._child is not None:
            self._child.kill()
            await self._child.wait()
        return await super().answer(request)


async def test_a_clock_that_cannot_be_trusted_looks_at_nothing(ready, sky):
    world, tracker = sky
    clock = SetClock(LATER)
    runtime = runtime_for(ready, tracker, clock=clock)
    clock.set(9 * DAY)
    await track_network(runtime, SKY)
    await recheck_posts(runtime)
    assert world.asked == []
    runtime.clock_watch.hear(clock.now())
    await track_network(runtime, SKY)
    assert world.asked != []


async def test_a_network_that_does_not_answer_is_asked_later_each_time(ready, sky):
    world, tracker = sky
    world.instead["com.atproto.identity.resolveHandle"] = Response(status_code=503)
    clock = SetClock(LATER)
    runtime = runtime_for(ready, tracker, clock=clock)
    seen = []
    for _ in range(3):
        await track_network(runtime, SKY)
        wait = (state(ready).next_at or clock.now()) - clock.now()
        seen.append((state(ready).status, wait))
        clock.run(wait)
    assert seen == [
        (TrackerStatus.RUNNING, HOUR),
        (TrackerStatus.RUNNING, 2 * HOUR),
        (TrackerStatus.FAILING, 4 * HOUR),
    ]
    world.instead.clear()
    await track_network(runtime, SKY)
    assert (state(ready).status, state(ready).error) == (TrackerStatus.RUNNING, None)


async def test_a_lost_account_is_left_alone_and_the_others_are_not(ready, sky):
    world, tracker = sky
    del world.feeds[NORTH]
    clock = SetClock(LATER)
    runtime = runtime_for(ready, tracker, clock=clock)
    await track_network(runtime, SKY)
    assert [one.reason for one in rows(ready, SocialAccount)] == [None, Unobservable.GONE, None]
    assert len(rows(ready, Reshare)) == 5
    clock.run(HOUR)
    asked = len(world.calls("getAuthorFeed"))
    await track_network(runtime, SKY)
    assert NORTH not in {one["actor"][0] for one in world.calls("getAuthorFeed")[asked:]}


@dataclass
class Script:
    """A tracker of the tests, that yields what it is told and then fails as it is told."""

    parts: Sequence[Observation] = ()
    failure: Exception | None = None
    found: Mapping[str, bool] = field(default_factory=dict)
    stop: asyncio.Event | None = None
    asked: list[str] = field(default_factory=list)
    closed: int = 0
    every: timedelta = EVERY
    identify_every: timedelta = timedelta(days=7)

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        try:
            for part in self.parts if look.accounts else ():
                if self.stop:
                    self.stop.set()
                yield part
            if self.failure:
                raise self.failure
        finally:
            self.closed += 1

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        ids = {one.account_id: f"did:plc:{one.handle.removesuffix('.example')}" for one in accounts}
        return {one.account_id: Identity(ids[one.account_id], one.handle) for one in accounts}

    async def look_up(self, link: PastedLink, accounts: Sequence[Watched]) -> Post | None:
        return None

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        self.asked += [one.external_id for one in posts]
        if self.failure:
            raise self.failure
        return self.found


def part(number: int) -> Observation:
    one = Post(SKY, uri(NORTH, f"post{number}"), NORTH, PostKind.POST, LATER - HOUR, links=(PAGE,))
    return Observation((one,), cursors={"a": str(number)}, seen=(2,))


@pytest.mark.parametrize(
    ("failure", "status", "wait"),
    [
        (Spent("the month's budget is spent"), TrackerStatus.SPENT, EVERY),
        (RateLimited("429", retry_after=3 * HOUR), TrackerStatus.LIMITED, 3 * HOUR),
        (TemporaryError("answered 503"), TrackerStatus.RUNNING, HOUR),
    ],
)
async def test_what_came_before_a_failure_stays(ready, failure: Exception, status: TrackerStatus, wait: timedelta):
    await track_network(runtime_for(ready, Script([part(1), part(2)], failure)), SKY)
    assert len(rows(ready, Reshare)) == 2
    with ready.read() as session:
        assert tracking.list_cursors(session, SKY) == {"a": "2"}
    assert (state(ready).status, state(ready).next_at) == (status, LATER + wait)


async def test_a_stop_ends_the_look_after_its_part_and_the_next_process_goes_on(ready):
    script = Script([part(1), part(2)])
    runtime = runtime_for(ready, script)
    script.stop = runtime.stopping
    await track_network(runtime, SKY)
    assert (len(rows(ready, Reshare)), script.closed, state(ready).next_at) == (1, 1, None)
    await track_network(runtime_for(ready, Script([part(1), part(2)])), SKY)
    assert len(rows(ready, Reshare)) == 2


async def test_a_part_tells_what_is_gone(ready):
    script = Script([part(1), part(2), Observation(gone=(uri(NORTH, "post1"),))])
    await track_network(runtime_for(ready, script), SKY)
    assert [len(rows(ready, model)) for model in (ObservedPost, Reshare, LostReshare)] == [2, 1, 1]


async def test_posts_are_looked_for_after_a_day_on_the_real_network(ready, sky):
    world, tracker = sky
    clock = SetClock(LATER)
    runtime = runtime_for(ready, tracker, clock=clock)
    await track_network(runtime, SKY)
    del world.posts[uri(NORTH, "post3")]
    await recheck_posts(runtime)
    assert len(rows(ready, Reshare)) == 10
    clock.run(DAY)
    await recheck_posts(runtime)
    assert [one.key for one in rows(ready, LostReshare)] == [f"post:bluesky:{uri(NORTH, 'post3')}"]
    assert {one.check_at for one in rows(ready, ObservedPost)} == {LATER + 7 * DAY}


@pytest.mark.parametrize("failure", [TemporaryError("answered 503"), Spent("spent"), RateLimited("429")])
async def test_when_the_network_does_not_answer_nothing_is_gone(ready, failure: Exception):
    clock = SetClock(LATER)
    await track_network(runtime_for(ready, Script([part(1)]), clock=clock), SKY)
    clock.run(DAY)
    script = Script(failure=failure)
    runtime = runtime_for(ready, script, clock=clock)
    await recheck_posts(runtime)
    await recheck_posts(runtime)
    times = 1 if isinstance(failure, RateLimited) else 2
    assert script.asked == [uri(NORTH, "post1")] * times, "whoever asks to wait is left alone"
    assert (len(rows(ready, Reshare)), rows(ready, LostReshare)) == (1, [])
    assert rows(ready, ObservedPost)[0].check_at == LATER + DAY


def test_where_no_single_post_is_shown_a_pasted_link_is_not_looked_at(database: Database, sky) -> None:
    runtime = runtime_for(database, sky[1])
    assert runtime.lookable == {SKY}
    assert replace(runtime, trackers={Network.LINKEDIN: sky[1]}).lookable == frozenset()
