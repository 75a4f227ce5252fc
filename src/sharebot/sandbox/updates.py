"""The updates that wait for the bot, and getUpdates."""

import asyncio
from typing import Any


class Updates:
    """Numbered, in order, kept until the bot has acknowledged them."""

    def __init__(self) -> None:
        self.waiting: dict[int, dict[str, Any]] = {}
        self.next_number = 1
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return len(self.waiting)

    def push(self, **update: Any) -> None:
        """Queue an update."""
        number = self.next_number
        self.next_number += 1
        self.waiting[number] = {"update_id": number, **update}
        self._news.set()

    def wake(self) -> None:
        """Let a waiting getUpdates answer at once."""
        self._news.set()

    async def get(
        self,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109
        allowed_updates: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        """Return what waits, or wait for it."""
        wanted = set(allowed_updates or [])
        self._forget(offset, wanted)
        if not self.waiting and timeout:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), min(timeout, 50))
            except TimeoutError:
                return []
        self._forget(offset, wanted)
        return list(self.waiting.values())[: max(1, min(limit, 100))]

    def _forget(self, offset: int, wanted: set[str]) -> None:
        """Drop the updates that are acknowledged, and those the bot does not want."""
        self.waiting = {
            number: one
            for number, one in self.waiting.items()
            if number >= offset and (not wanted or wanted & set(one))
        }
