"""Whether this process leads, as something that a task can wait for."""

import asyncio


class Leading:
    """Two events that are never set together."""

    def __init__(self, *, leads: bool = False) -> None:
        self._gained, self._lost = asyncio.Event(), asyncio.Event()
        self.put(leads)

    def __bool__(self) -> bool:
        """Whether this process leads now."""
        return self._gained.is_set()

    def put(self, leads: bool) -> None:
        """Say whether this process leads."""
        (self._gained if leads else self._lost).set()
        (self._lost if leads else self._gained).clear()

    async def gained(self) -> None:
        """Wait until this process leads."""
        await self._gained.wait()

    async def lost(self) -> None:
        """Wait until this process leads no longer."""
        await self._lost.wait()
