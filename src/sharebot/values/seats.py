"""An officer's seat, as the messages about it show it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sharebot.values.status import DataTier, Network, Rhythm


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an officer has chosen. No topics and no networks (of those `offered`) mean all; no hours the installation's.

    `zone` is the clock that counts, the party's when `has_own_zone` is False.
    """

    language: str
    tier: DataTier
    topics: tuple[str, ...]
    networks: tuple[str, ...]
    offered: tuple[Network, ...]
    zone: str
    has_own_zone: bool
    opens: time | None
    closes: time | None
    rhythm: Rhythm
    asks_per_week: int | None
    untracked: bool
    high_risk: bool
    paused_until: date | None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who joined, as staff are asked about them: `name` is how they call themselves in Telegram.

    `language` is staff's. The question waits while `is_open`; after it `is_in` says how it was decided.
    """

    officer_id: int
    language: str
    party: str
    label: str
    name: str
    speaks: str
    agreed_at: datetime | None
    is_open: bool
    is_in: bool = False


@dataclass(frozen=True, slots=True)
class Farewell:
    """The last message to a chat that is forgotten after it; without a `successor` it was turned away."""

    language: str
    organisation: str
    has_successor: bool
    high_risk: bool = False


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of a seat, in numbers, and in how many rows something of it was `left`."""

    at: datetime
    messages: int = 0
    links: int = 0
    proposals: int = 0
    updates: int = 0
    left: int = 0


# What hours an officer may choose in one tap; "day" is whatever the installation's own are.
HOURS: dict[str, tuple[time | None, time | None]] = {
    "day": (None, None),
    "morning": (time(8), time(12)),
    "work": (time(9), time(18)),
    "evening": (time(17), time(21)),
}
ASKS = (3, 5, 10)
