"""What a party's shares did, and the picture of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sharebot.values.status import Evidence, Network


@dataclass(frozen=True, slots=True)
class Impact:
    """One party's figures from `since` to `until`.

    `shared` counts items, each once, at the strongest level there is for it; levels are never added up. `networks`
    stand in the order of use. `clicks_by_week` has every week by its first day; `best` is the item that most people
    followed, with how many.
    """

    party: str
    since: date
    until: date
    received: int
    shared: Mapping[Evidence, int]
    networks: tuple[Network, ...]
    clicks_by_week: tuple[tuple[date, int], ...]
    best: tuple[str, int] | None = None

    @property
    def clicks(self) -> int:
        """How many clicks of people there were."""
        return sum(count for _, count in self.clicks_by_week)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show yet."""
        return not self.shared and not self.clicks


@dataclass(frozen=True, slots=True)
class Drawing:
    """Two small charts one above the other: bars, strongest evidence first, and columns, each under its heading."""

    bars_heading: str
    bars: tuple[tuple[str, int], ...]
    columns_heading: str
    columns: tuple[tuple[str, int], ...]
