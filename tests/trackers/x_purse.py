"""A purse in memory that keeps its books."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime


class Ledger:
    """Holds `budget` millionths of a dollar for each month of `now`; `most` is what was ever set aside at once."""

    def __init__(self, budget: int, now: Callable[[], datetime] = lambda: datetime(2026, 11, 1, tzinfo=UTC)) -> None:
        self.budget, self._now = budget, now
        self.spent: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        self.most = 0

    def spend(self, resource: str, n: int, *, micros: int) -> bool:
        """Set aside, unless it is too much."""
        if self.spent[self._month()] + micros > self.budget:
            return False
        self.spent[self._month()] += micros
        self.counted[resource] += n
        self.most = max(self.most, self.spent[self._month()])
        return True

    def give_back(self, resource: str, n: int, *, micros: int) -> None:
        """Return what was not used."""
        self.spent[self._month()] -= micros
        self.counted[resource] -= n

    def left(self) -> int:
        """Return what is left this month."""
        return max(0, self.budget - self.spent[self._month()])

    def _month(self) -> str:
        return f"{self._now():%Y-%m}"
