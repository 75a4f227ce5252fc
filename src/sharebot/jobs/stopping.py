"""Work that a stop of the process may break off, since whoever goes on with it finds everything as it was."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

from sharebot.runtime import Runtime

Done = TypeVar("Done")


async def unless_stopping(runtime: Runtime, work: Coroutine[Any, Any, Done]) -> Done | None:
    """Return what `work` returns; None when the process is stopping before: then the work is cancelled at once."""
    task, stop = asyncio.create_task(work), asyncio.create_task(runtime.stopping.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        stop.cancel()
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
