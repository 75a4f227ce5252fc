"""A stop, or a disk that is full, in the middle of a look."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import pytest
from sqlalchemy.exc import SQLAlchemyError

from sharebot.config.settings import Settings
from sharebot.jobs.recheck_posts import recheck_posts
from sharebot.jobs.track_posts import track_network
from sharebot.models import ObservedPost, Reshare
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.trackers.seam import Identity, Look, Observation, Watched
from sharebot.values.posts import KnownPost, PastedLink, Post
from tests.cast import SetClock
from tests.jobs.test_track_posts import EVERY, HOUR, SKY, ready, rows, runtime_for, sky, state
from tests.jobs.track_child import LATER

__all__ = ["ready", "sky"]


@pytest.mark.parametrize("asked_for", ["identify", "observe", "recheck"])
async def test_a_stop_does_not_wait_for_a_server_that_does_not_answer(ready, sky, asked_for: str):
    _, tracker = sky
    await track_network(runtime_for(ready, tracker), SKY)
    hanging = _Hanging(asked_for)
    clock = SetClock(LATER)
    clock.set(2 * HOUR if asked_for != "recheck" else 25 * HOUR)
    runtime = Runtime(Settings(), clock, ready, Fetcher(), ParserPool(), trackers={SKY: hanging})
    before = state(ready).next_at
    run = recheck_posts(runtime) if asked_for == "recheck" else track_network(runtime, SKY)
    task = asyncio.create_task(run)
    await asyncio.wait_for(hanging.is_asked.wait(), 10)
    runtime.stopping.set()
    await asyncio.wait_for(task, 5)
    assert hanging.was_cancelled
    assert state(ready).next_at == before, "a look that was broken off is not noted"


class _Hanging:
    """A tracker whose server takes a question and never answers."""

    every = EVERY
    identify_every = timedelta(0)

    def __init__(self, at: str) -> None:
        self.at, self.is_asked, self.was_cancelled = at, asyncio.Event(), False

    async def _hang(self, asked_for: str) -> None:
        if asked_for != self.at:
            return
        self.is_asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.was_cancelled = True

    async def identify(self, _accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        await self._hang("identify")
        return {}

    async def observe(self, _look: Look) -> AsyncIterator[Observation]:
        await self._hang("observe")
        yield Observation()

    async def look_up(self, _link: PastedLink, _accounts: Sequence[Watched]) -> Post | None:
        return None

    async def recheck(self, _posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        await self._hang("recheck")
        return {}


async def test_a_part_that_cannot_be_written_leaves_nothing_half_written(ready, sky):
    _, tracker = sky
    full = "CREATE TRIGGER full_disk BEFORE INSERT ON tracker_cursor BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    with ready.write() as session:
        session.connection().exec_driver_sql(full)
    with pytest.raises(SQLAlchemyError):
        await track_network(runtime_for(ready, tracker), SKY)
    assert (rows(ready, ObservedPost), rows(ready, Reshare), state(ready).next_at) == ([], [], None)
    with ready.write() as session:
        session.connection().exec_driver_sql("DROP TRIGGER full_disk")
    await track_network(runtime_for(ready, tracker), SKY)
    assert len(rows(ready, Reshare)) == 10
