"""Wait for something that another task brings about."""

import asyncio
from collections.abc import Callable


async def until(come: Callable[[], bool]) -> None:
    """Return as soon as it has come; give up after ten seconds."""
    async with asyncio.timeout(10):
        while not come():  # noqa: ASYNC110 - the sandbox tells nobody
            await asyncio.sleep(0.005)
