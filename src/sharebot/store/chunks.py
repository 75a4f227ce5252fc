"""Long lists of values for a statement, in parts that both databases take."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

One = TypeVar("One")
AT_ONCE = 500  # SQLite takes 32,766 variables in a statement; many plans of few are kept


def in_chunks(values: Collection[One], *, most: int = AT_ONCE) -> Iterator[list[One]]:
    """Yield all values in lists of at most `most`."""
    left = iter(values)
    while some := list(islice(left, most)):
        yield some
