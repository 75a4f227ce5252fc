"""Count clicks: those that come while one transaction is written go into the next one, all together."""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import SQLAlchemyError

from sharebot.runtime import Runtime
from sharebot.store.links import Visit, follow_all, list_live

log = logging.getLogger(__name__)
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Waiting:
    visit: Visit
    target: asyncio.Future[str | None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Counting:
    """One process's counter of clicks. Nobody is sent on before their click is durable.

    A transaction of its own for each click costs a write to the disk each. It never runs two at a time: with SQLite
    they would only wait for each other.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waiting: deque[_Waiting] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._one = CapacityLimiter(1)

    async def follow(self, visit: Visit) -> str | None:
        """Return where the link leads, when the visit is counted; None when it leads nowhere.

        When counting fails, it still leads there, and a line in the log says so.
        """
        one = _Waiting(visit)
        self._waiting.append(one)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        return await one.target

    async def _write(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            try:
                targets = await to_thread.run_sync(
                    _follow, self._runtime, [one.visit for one in batch], limiter=self._one
                )
            except Exception as error:
                for one in batch:
                    if not one.target.done():
                        one.target.set_exception(error)
                continue
            for one, target in zip(batch, targets, strict=True):
                if not one.target.done():
                    one.target.set_result(target)


def _follow(runtime: Runtime, visits: list[Visit]) -> list[str | None]:
    now = runtime.now()
    try:
        with runtime.database.write() as session:
            return follow_all(session, visits, now=now)
    except SQLAlchemyError as error:
        log.warning("clicks not counted n=%d error=%s", len(visits), type(error).__name__)
    with runtime.database.read() as session:
        links = list_live(session, {one.code for one in visits}, now=now)
    return [links[one.code].target_url if one.code in links else None for one in visits]
