"""The one way to ask for the time or to wait: injected, so that a week can pass in a minute."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What every part that needs time depends on."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def ticks(self) -> float:
        """Return seconds since some beginning; nobody can set them, so they show when `now` was set."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds` of this clock's time."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's present instant in UTC."""
        return datetime.now(UTC)

    def ticks(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for real seconds."""
        await asyncio.sleep(seconds)
