"""A worker in a process of its own, to be killed: looks at Bluesky once, with the clock of the tests."""

import asyncio
import sys
from datetime import timedelta

import httpx

from sharebot.config.settings import Settings
from sharebot.jobs.track_posts import track_network
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.store.vault import Vault
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.values.status import Network
from tests.cast import NOW, FixedClock
from tests.trackers.bluesky_server import Client

LATER = NOW + timedelta(hours=2)


async def run(database_url: str, base_url: str) -> None:
    database = Database(database_url, vault=Vault([b"k" * 32]))
    async with httpx.AsyncClient(trust_env=False) as client:
        trackers = {Network.BLUESKY: BlueskyTracker(Client(client), base_url)}
        runtime = Runtime(Settings(), FixedClock(LATER), database, Fetcher(), ParserPool(), trackers=trackers)
        await track_network(runtime, Network.BLUESKY)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
