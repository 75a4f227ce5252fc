"""A clock that a play moves: sleeping costs no time, but the hands turn."""

from datetime import datetime, timedelta


class PlayClock:
    """Starts at an aware UTC instant and only goes forward."""

    def __init__(self, start: datetime) -> None:
        self._at = start

    def now(self) -> datetime:
        """Return the play's present instant."""
        return self._at

    def ticks(self) -> float:
        """Return the play's seconds: its hands are never set, only the time passes."""
        return self._at.timestamp()

    async def sleep(self, seconds: float) -> None:
        """Let the seconds pass at once."""
        self._at += timedelta(seconds=seconds)

    def move_to(self, at: datetime) -> None:
        """Turn the hands forward; never back."""
        self._at = max(self._at, at)
