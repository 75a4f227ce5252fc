"""Print rows as a table that a terminal and a pipe both bear."""

import unicodedata
from collections.abc import Sequence


def show(rows: Sequence[Sequence[object]], *, head: Sequence[str], empty: str) -> None:
    """Print `rows` under `head` in columns, or `empty` when there are none."""
    if not rows:
        print(empty)
        return
    cells = [[_clean(cell) for cell in row] for row in [head, *rows]]
    widths = [max(_width(row[index]) for row in cells) for index in range(len(head))]
    for row in cells:
        padded = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(padded).rstrip())


def _clean(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")[:60]


def _width(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(bool(unicodedata.combining(letter)) for letter in text)
