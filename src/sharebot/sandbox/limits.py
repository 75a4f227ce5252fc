"""How many requests a network answers in a while, before it asks to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sharebot.sandbox.refusals import Refusal


@dataclass(slots=True)
class Limit:
    """`requests` in each `window`, the first of which begins with the first request."""

    requests: int
    window: timedelta = timedelta(minutes=5)
    used: int = 0
    until: datetime | None = None

    def take(self, now: datetime) -> None:
        """Count one request. Raises Refusal 429 with `reset`, the instant when there are more."""
        if self.until is None or now >= self.until:
            self.used, self.until = 0, now + self.window
        if self.used >= self.requests:
            raise Refusal(429, "Rate Limit Exceeded", reset=self.until)
        self.used += 1
