"""How long to wait with a delivery, and when to give it up."""

import random
from datetime import timedelta

UNCERTAIN_WAIT = timedelta(seconds=90)
LOST_AFTER = timedelta(seconds=120)
MAX_COPIES = 2
DEFAULT_HALT = timedelta(seconds=30)
ALARMING_HALT = timedelta(seconds=300)
BREAKER_AT = 5
_FIRST_BREAK = timedelta(seconds=30)
_LONGEST_BREAK = timedelta(minutes=10)
_LONGEST_RETRY = timedelta(hours=1)


def halt_for(retry_after: timedelta | None) -> timedelta:
    """Return how long a 429 halts the bot: what it says, at least 1 s; 30 s when it says nothing usable."""
    return DEFAULT_HALT if retry_after is None else max(timedelta(seconds=1), retry_after)


def retry_delay(failures: int, rng: random.Random) -> timedelta:
    """Return how long to wait after `failures` tries that sent nothing: 5 s doubling, with jitter."""
    delay = min(timedelta(seconds=5 * (1 << min(max(failures - 1, 0), 12))), _LONGEST_RETRY)
    return delay * (0.75 + rng.random() / 2)


def breaker_pause(failures_in_row: int) -> timedelta | None:
    """Return the bot-wide pause after so many failures in a row: 30 s at five, doubling to ten minutes."""
    if failures_in_row < BREAKER_AT:
        return None
    doublings: int = min(failures_in_row - BREAKER_AT, 8)
    return min(_FIRST_BREAK * (1 << doublings), _LONGEST_BREAK)
