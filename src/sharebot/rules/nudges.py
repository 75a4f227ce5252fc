"""Who of those who have not answered may be reminded once, and when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sharebot.rules.asks import Asked, Habits, busiest_week
from sharebot.rules.timing import next_open
from sharebot.values.status import Rhythm


class Spared(StrEnum):
    """Why somebody who has not answered is not reminded."""

    SHARED = "shared"  # their party has shared it
    TAKEN = "taken"  # a colleague answers for the party
    PARTY = "party"  # the party pauses or has left
    AWAY = "away"  # the officer pauses or cannot be reached
    REMINDED = "reminded"  # once is enough
    HOLD = "hold"  # the country is to get nothing now
    DIGEST = "digest"  # they read digests, and are not written to in between
    BUDGET = "budget"  # their week is full
    OVER = "over"  # the item is over before they may be written to


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What is known of somebody who has not answered an item; `barred` is what rules them out at once."""

    expires_at: datetime
    asked: Asked
    barred: Spared | None = None


def decide_nudge(unanswered: Unanswered, habits: Habits | None, *, now: datetime) -> datetime | Spared:
    """Return when to remind somebody of an item, or why not; without habits nobody may write to them.

    It waits for their hours, and takes a place in their week as any other ask does.
    """
    if unanswered.barred is not None:
        return unanswered.barred
    if habits is None:
        return Spared.AWAY
    if habits.rhythm is not Rhythm.EACH:
        return Spared.DIGEST
    due_at = next_open(now, zone=habits.zone, window=habits.window, holidays=habits.holidays)
    if due_at >= unanswered.expires_at:
        return Spared.OVER
    asks = [*unanswered.asked.moments, *unanswered.asked.digests]
    return due_at if busiest_week(asks, due_at, zone=habits.zone) < habits.budget else Spared.BUDGET
