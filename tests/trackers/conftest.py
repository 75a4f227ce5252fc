"""A running Bluesky and a tracker that asks it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sharebot.trackers.bluesky import BlueskyTracker
from tests.trackers.bluesky_server import Client, World, serving


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def tracker(world: World) -> AsyncIterator[BlueskyTracker]:
    async with serving(world) as base_url, httpx.AsyncClient(trust_env=False) as client:
        yield BlueskyTracker(Client(client), base_url)
