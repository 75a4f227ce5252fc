"""How often a network may fail before it is left alone for this time, and how much is asked of it at once."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable
from contextlib import aclosing
from itertools import islice
from typing import Any, TypeVar

from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.trackers.seam import Observation

MOST_IN_A_ROW = 3
AT_ONCE = 4
# What readers of foreign words raise that nobody thought of. Where each party has a server of its own it concerns the
# one, and no other.
UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)

Found = TypeVar("Found")
Question = tuple[int | None, Callable[[], Coroutine[Any, Any, Found]]]
Part = Question[Observation]


class Patience:
    """One look's: single failures are noted, and the look ends after a 429 or three failures in a row."""

    def __init__(self) -> None:
        self._in_a_row = 0

    async def attempt(self, part: Awaitable[Observation], *, account_id: int | None = None) -> Observation:
        """Return the part, or that the account was missed. Raises the failure that ends the look."""
        try:
            seen = await part
        except (RateLimited, Spent):
            raise
        except TemporaryError as error:
            self._in_a_row += 1
            if self._in_a_row == MOST_IN_A_ROW:
                raise
            return Observation(missed={account_id: str(error)} if account_id is not None else {})
        self._in_a_row = 0
        return seen

    async def in_order(self, parts: Iterable[Part]) -> AsyncGenerator[Observation, None]:
        """Ask for a few parts at once, each with the account it is of, and yield them in the order given.

        Raises like `attempt`; what was asked for meanwhile is dropped then.
        """
        async with aclosing(started_early(parts)) as early:
            async for account_id, task in early:
                yield await self.attempt(task, account_id=account_id)


async def started_early(
    questions: Iterable[Question[Found]],
) -> AsyncGenerator[tuple[int | None, "asyncio.Task[Found]"], None]:
    """Yield the questions in the order given, a few of them already under way; what is not taken is cancelled."""
    waiting, running = iter(questions), deque[tuple[int | None, asyncio.Task[Found]]]()
    try:
        while True:
            for account_id, ask in islice(waiting, AT_ONCE - len(running)):
                running.append((account_id, asyncio.create_task(ask())))
            if not running:
                return
            yield running[0]
            running.popleft()
    finally:
        for _, task in running:
            task.cancel()
        await asyncio.gather(*(task for _, task in running), return_exceptions=True)
