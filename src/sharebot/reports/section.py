"""What a part of a report is made of, whatever it is shown as."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; columns after the first hold figures unless `words` says otherwise."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture made of the same numbers that stand in the table; `alt` says what it shows."""

    name: str
    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part: a heading, what it says in words, then figures."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
