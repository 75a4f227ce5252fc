"""Whether this machine's clock can be trusted: it must not leap, and must agree with Telegram's.

A wrong clock would send tomorrow's items today, or let a week's items expire in a moment.
"""

from datetime import datetime, timedelta

from sharebot.clock import Clock

TOLERANCE = timedelta(seconds=60)


class ClockWatch:
    """One process's doubt about its clock.

    A leap (a clock that was set, or a machine that slept) is believed once Telegram's next answer agrees.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen_at, self._ticks = clock.now(), clock.ticks()
        self._good_at, self._good_ticks = self._seen_at, self._ticks
        self._leapt: timedelta | None = None
        self.off: timedelta | None = None  # how far Telegram's clock stood from ours when we last spoke

    def hear(self, said: datetime) -> None:
        """Take note of the time that Telegram says it is; its Date header has whole seconds."""
        self._look()
        self.off = said - self._clock.now()
        if abs(self.off) <= TOLERANCE:
            self._leapt = None

    def find_trouble(self) -> str | None:
        """Return why nothing may be released or sent now, or None."""
        self._look()
        if self.off is not None and abs(self.off) > TOLERANCE:
            return f"this machine's clock is {_spell(-self.off)} Telegram's"
        if self._leapt is not None:
            return f"this machine's clock leapt: it is suddenly {_spell(self._leapt)} where it should be"
        return None

    def believed_now(self) -> datetime:
        """Return the present instant, also while the clock is wrong: from when it was last right, by the ticks."""
        if self.find_trouble() is None:
            return self._clock.now()
        return self._good_at + timedelta(seconds=self._clock.ticks() - self._good_ticks)

    def _look(self) -> None:
        now, ticks = self._clock.now(), self._clock.ticks()
        leap = (now - self._seen_at) - timedelta(seconds=ticks - self._ticks)
        self._seen_at, self._ticks = now, ticks
        if abs(leap) > TOLERANCE:
            self._leapt = leap
            # What was heard before says nothing of the clock as it is set now.
            self.off = None
        elif self._leapt is None and (self.off is None or abs(self.off) <= TOLERANCE):
            self._good_at, self._good_ticks = now, ticks


def _spell(off: timedelta) -> str:
    seconds = abs(off)
    amount = f"{seconds.days} d" if seconds.days else f"{round(seconds.total_seconds())} s"
    return f"{amount} {'ahead of' if off > timedelta(0) else 'behind'}"
