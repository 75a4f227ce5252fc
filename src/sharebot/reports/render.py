"""Sections as HTML that mail clients bear, and as plain text that reads like a letter."""

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader

from sharebot.reports.section import Section, Table

_WIDTH = 72
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, trim_blocks=True
)
_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def render_html(
    sections: Sequence[Section],
    *,
    title: str,
    days: str,
    accent: str,
    language: str,
    sources: Mapping[str, str],
) -> str:
    """Return a whole HTML document; `sources` says where each chart's picture is."""
    page = _ENVIRONMENT.get_template("report.html").render(
        sections=sections, title=title, days=days, accent=accent, language=language, sources=sources
    )
    return str(_INLINER.inline(page))


def render_text(sections: Sequence[Section], *, title: str, days: str) -> str:
    """Return the report as plain text, 72 characters wide where tables allow it."""
    parts = [textwrap.fill(title, _WIDTH), days, ""]
    for section in sections:
        parts += ["", section.title.upper(), "-" * len(section.title), ""]
        parts += [textwrap.fill(line, _WIDTH) for line in section.lines]
        if section.table:
            parts += ([""] if section.lines else []) + _table_text(section.table)
        parts += ["", *(textwrap.fill(note, _WIDTH) for note in section.notes)] if section.notes else []
    return "\n".join(parts) + "\n"


def _table_text(table: Table) -> list[str]:
    """Write each row as a name and its figures, leaving out what is nothing."""
    lines = []
    for row in table.rows:
        facts = [
            f"{name} {cell}" if index >= table.words else cell
            for index, (name, cell) in enumerate(zip(table.head, row, strict=True))
            if index and cell not in {"–", "0"}
        ]
        line = f"* {row[0]}: {', '.join(facts)}" if facts else f"* {row[0]}: 0"
        lines.append(textwrap.fill(line, _WIDTH, subsequent_indent="  "))
    return lines
