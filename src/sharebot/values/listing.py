"""How a table is to be shown: sorted, narrowed, one page of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

PAGE = 50
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a reader asks of a table. `sort` is a column's name; `page` counts from 1, None means all of it.

    `filters` are the other narrowings, by name; an empty word narrows nothing.
    """

    sort: str = ""
    descending: bool = False
    q: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    page: int | None = 1

    def chosen(self, name: str) -> str:
        """Return what a filter is set to, or an empty word."""
        return self.filters.get(name, "")


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """One page of rows, and how many there are in all."""

    rows: Sequence[Row]
    total: int
    page: int | None = 1

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))
