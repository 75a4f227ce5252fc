"""Foreign text made harmless: HTML to plain text, invisible characters out, lengths capped, links checked."""

import html
import re
import unicodedata
from urllib.parse import urljoin, urlsplit

import nh3

MAX_TITLE = 500
MAX_TEXT = 20_000
_MAX_HTML = 200_000
_EMPTY_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_LONE = re.compile("[\ud800-\udfff]")  # halves of surrogate pairs, which no encoder takes
_BLOCKS = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|table|blockquote|figure|section|article)\b[^<>]*>", re.I)
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ue000-\uf8ff]"
)
_MARKS_IN_A_ROW = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{4})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)


def plain_text(markup: str) -> str:
    """Return the words of an HTML fragment, paragraphs kept as empty lines."""
    markup = _flow(_LONE.sub("", markup[:_MAX_HTML]))
    if "<" in markup:
        marked = _BLOCKS.sub(lambda tag: "\n\n" if tag[0].lstrip("</")[:1] in "pPhH" else "\n", markup)
        markup = nh3.clean(marked, tags=set(), clean_content_tags={"script", "style", "noscript", "template"})
    return tidy(html.unescape(markup))


def _flow(markup: str) -> str:
    """Undo the line breaks of the source; without block tags, empty lines are its paragraphs."""
    if _BLOCKS.search(markup):
        return " ".join(markup.split())
    return "\n\n".join(" ".join(part.split()) for part in _EMPTY_LINE.split(markup))


def tidy(text: str) -> str:
    """Take out what cannot be seen, and white space that says nothing."""
    text = unicodedata.normalize("NFC", _MARKS_IN_A_ROW.sub(r"\1", _HIDDEN.sub("", text)))
    lines = [" ".join(line.split()) for line in text.replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def title_of(markup: str) -> tuple[str, list[str]]:
    """Return a title on one line, and what staff should know of it."""
    # Some feeds escape their titles twice.
    text = " ".join(plain_text(markup).split())
    if re.search(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});", text, re.I):
        text = " ".join(html.unescape(text).split())
    hidden = _HIDDEN.search(html.unescape(markup)) or _MARKS_IN_A_ROW.search(markup)
    warnings = ["hidden characters in the title"] if hidden else []
    if len(text) > MAX_TITLE:
        return text[: MAX_TITLE - 1].rstrip() + "…", [*warnings, "title cut"]
    return text, warnings


def text_of(markup: str) -> tuple[str, list[str]]:
    """Return an HTML body as plain text, cut at 20,000 characters, and what staff should know of it."""
    return _cut(plain_text(markup), whole=len(markup) <= _MAX_HTML)


def lines_of(text: str) -> tuple[str, list[str]]:
    """Return a body that is plain text already: its line breaks are meant."""
    return _cut(tidy(text[:_MAX_HTML]), whole=len(text) <= _MAX_HTML)


def _cut(text: str, *, whole: bool) -> tuple[str, list[str]]:
    if len(text) > MAX_TEXT:
        return text[: MAX_TEXT - 1].rstrip() + "…", ["text cut"]
    return text, [] if whole else ["text cut"]


def title_from(text: str) -> str:
    """Return a title for an item that has none: its first words."""
    words = " ".join(text.split())
    return (words[:79].rstrip() + "…" if len(words) > 80 else words) or "Untitled"


def web_link(link: str | None, base: str) -> str | None:
    """Return an absolute http(s) link, or None for anything else."""
    if not link:
        return None
    try:
        absolute = urljoin(base, link.strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    absolute = absolute.replace(" ", "%20")
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(absolute) > 2048:
        return None
    if re.search(r"[@%\s]", parts.netloc) or re.search(r"[\\\x00-\x20\x7f-\x9f\ud800-\udfff]", absolute):
        return None
    return absolute


def language_of(code: str | None) -> str | None:
    """Return the primary language of a code such as `pt-BR`, or None."""
    match = re.match(r"\s*([a-z]{2,3})(?:[-_]|\s*$)", (code or "").lower())
    return match[1] if match and match[1] not in {"und", "zxx"} else None
