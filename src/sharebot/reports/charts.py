"""Charts as SVG for pages, and the same as PNG for mail; the font comes with a package."""

import base64
import unicodedata
from collections.abc import Sequence
from html import escape
from importlib.util import find_spec
from pathlib import Path

from sharebot.values.impact import Drawing

COLOURS = ("#1d6f5c", "#58a58c", "#d9a441", "#c9c3b8")  # strongest evidence first
_WIDTH, _LABEL, _ROW = 560, 170, 26


def stacked_bars(rows: Sequence[tuple[str, Sequence[int]]], legend: Sequence[str]) -> str:
    """Draw one bar a row, its parts in the order of `legend`."""
    most = max((sum(parts) for _, parts in rows), default=0) or 1
    room = _WIDTH - _LABEL - 40
    drawn = [_legend(legend)]
    for index, (label, parts) in enumerate(rows):
        top, left = 34 + index * _ROW, float(_LABEL)
        drawn.append(_text(_LABEL - 8, top + 15, label[:24], anchor="end"))
        for part, colour in zip(parts, COLOURS, strict=False):
            width = room * part / most
            if part:
                drawn.append(f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="18" fill="{colour}"/>')
            left += width
        drawn.append(_text(left + 6, top + 15, str(sum(parts))))
    return _svg(40 + len(rows) * _ROW, drawn)


def columns(days: Sequence[tuple[str, int]]) -> str:
    """Draw one column a day."""
    most = max((count for _, count in days), default=0) or 1
    step = _WIDTH / max(1, len(days))
    drawn = []
    for index, (label, count) in enumerate(days):
        height = 110 * count / most
        left = index * step + step * 0.2
        drawn += [
            f'<rect x="{left:.1f}" y="{130 - height:.1f}" width="{step * 0.6:.1f}" height="{height:.1f}" rx="3" '
            f'fill="{COLOURS[0]}"/>',
            _text(index * step + step / 2, 124 - height, str(count), anchor="middle"),
            _text(index * step + step / 2, 150, label, anchor="middle"),
        ]
    return _svg(160, drawn)


def stacked_columns(columns_of: Sequence[tuple[str, Sequence[int]]], legend: Sequence[str]) -> str:
    """Draw one column a week, its parts in the order of `legend`, the first at the bottom; nothing is added up."""
    most = max((sum(parts) for _, parts in columns_of), default=0) or 1
    step, floor = _WIDTH / max(1, len(columns_of)), 150
    drawn = [_legend(legend), f'<rect x="0" y="{floor}" width="{_WIDTH}" height="1" fill="#c9c3b8"/>']
    for index, (label, parts) in enumerate(columns_of):
        top = float(floor)
        for part, colour in zip(parts, COLOURS, strict=False):
            height = 112 * part / most
            top -= height
            if part:
                place = f'x="{index * step + step * 0.2:.1f}" y="{top:.1f}" width="{step * 0.6:.1f}"'
                drawn.append(f'<rect {place} height="{height:.1f}" fill="{colour}"/>')
        drawn.append(_text(index * step + step / 2, floor + 18, label, anchor="middle"))
    return _svg(floor + 28, drawn)


def bars(rows: Sequence[tuple[str, int]]) -> str:
    """Draw one bar a row with its own number, in the colours of the levels of evidence."""
    most = max((count for _, count in rows), default=0) or 1
    drawn = []
    for index, ((label, count), colour) in enumerate(zip(rows, COLOURS, strict=False)):
        top, width = 8 + index * _ROW, (_WIDTH - _LABEL - 60) * count / most
        drawn += [
            _text(_LABEL - 8, top + 15, label[:24], anchor="end"),
            f'<rect x="{_LABEL}" y="{top}" width="{width:.1f}" height="18" fill="{colour}"/>',
            _text(_LABEL + width + 6, top + 15, str(count)),
        ]
    return _svg(14 + len(rows) * _ROW, drawn)


def panels(charts: Sequence[tuple[str, str]]) -> str:
    """Put charts one above the other, each under its heading."""
    drawn, top = [], 8
    for heading, svg in charts:
        height = int(svg.partition('height="')[2].partition('"')[0])
        drawn += [_text(12, top + 16, heading), svg.replace("<svg ", f'<svg y="{top + 26}" ', 1)]
        top += height + 36
    return _svg(top, drawn)


def draw_impact(drawing: Drawing) -> bytes:
    """Return the picture of what a party's shares did."""
    charts = [(drawing.columns_heading, columns(drawing.columns)), (drawing.bars_heading, bars(drawing.bars))]
    return to_png(panels(charts))


def to_png(svg: str) -> bytes:
    """Return the picture at twice its size, the same bytes on every machine."""
    import resvg_py  # noqa: PLC0415 - 5 MB that a bot needs when somebody asks for a picture

    picture: object = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=2, skip_system_fonts=True, font_files=[str(_font())], font_family="Lato"
    )
    return bytes(picture)  # type: ignore[call-overload, no-any-return]


def to_data_uri(png: bytes) -> str:
    """Return a picture for a page that stands alone."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _font() -> Path:
    spec = find_spec("font_lato")
    assert spec is not None and spec.submodule_search_locations  # noqa: S101 - a dependency
    return next(Path(spec.submodule_search_locations[0]).rglob("Lato-Regular.ttf"))


def _legend(names: Sequence[str]) -> str:
    parts, left = [], 8.0
    for name, colour in zip(names, COLOURS, strict=False):
        parts.append(f'<rect x="{left:.0f}" y="6" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(left + 17, 16, name))
        left += 32 + 7.2 * len(name)
    return "".join(parts)


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    style = 'font-family="Lato" font-size="13" fill="#3b3833"'
    # XML knows no control characters, not even escaped ones.
    known = "".join(letter for letter in words if unicodedata.category(letter) not in {"Cc", "Cs", "Cn"})
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {style}>{escape(known)}</text>'


def _svg(height: int, parts: Sequence[str]) -> str:
    size = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{"".join(parts)}</svg>'
