"""A worker in a process of its own, to be killed: sends what is due with the clock of the tests."""

import asyncio
import sys

from sharebot.config.settings import Settings
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.store.vault import Vault
from sharebot.worker import with_bots
from tests.cast import FixedClock


async def run(database_url: str, token: str, base_url: str) -> None:
    settings = Settings.model_validate({"telegram": {"token": token, "base_url": base_url}})
    database = Database(database_url, vault=Vault([b"k" * 32]))
    runtime, _ = with_bots(Runtime(settings, FixedClock(), database, Fetcher(), ParserPool()))
    await send_deliveries(runtime)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
