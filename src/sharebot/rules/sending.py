"""How fast to send, how long to wait with a delivery, and when to give it up."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

LOST_AFTER = timedelta(seconds=120)
MAX_COPIES = 2
DEFAULT_HALT = timedelta(seconds=30)
ALARMING_HALT = timedelta(seconds=300)
BREAKER_AT = 5
CHAT_PACE = timedelta(seconds=1)  # core.telegram.org/bots/faq: at most one message a second in one chat
_FIRST_BREAK = timedelta(seconds=30)
_LONGEST_BREAK = timedelta(minutes=10)
_LONGEST_RETRY = timedelta(hours=1)
_CATCH_UP = 0.5  # of an interval: as much as a late send may bring the next ones forward
_SLOWER, _SLOWEST = 1.25, 4.0
_FORGIVEN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Slot:
    """When the next message may start, and the pace's state after it."""

    starts_at: datetime
    next_at: datetime


def next_slot(next_at: datetime | None, *, now: datetime, interval: timedelta) -> Slot:
    """Take the next place in a smooth pace of one message an `interval` (the generic cell rate algorithm).

    There are no bursts: a bucket that starts full runs into 429s. A send that started late lets the next one
    start up to half an interval early, so that the pace is kept on average; in any second there is then at
    most one message more than the pace says.
    """
    planned = max(next_at or now, now - interval * _CATCH_UP)
    return Slot(max(planned, now), planned + interval)


def slower(slowness: float, slowed_at: datetime | None, now: datetime) -> float:
    """Return how many times slower than configured to send after one more 429: a quarter each, at most four."""
    return min(current_slowness(slowness, slowed_at, now) * _SLOWER, _SLOWEST)


def current_slowness(slowness: float, slowed_at: datetime | None, now: datetime) -> float:
    """Return how much of a slowing is left: it wears off evenly over ten minutes without a 429."""
    if slowed_at is None:
        return 1.0
    left = max(0.0, 1 - (now - slowed_at) / _FORGIVEN_AFTER)
    return 1 + (slowness - 1) * min(left, 1.0)


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
