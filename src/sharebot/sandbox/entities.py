"""HTML as Telegram's parse_mode reads it: which tags it knows, what it refuses, what a phone shows."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from sharebot.sandbox.refusals import Refusal

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_SHOWN = {"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s", "code": "code", "pre": "pre"}
_STRAY = re.compile(r"<(?!/?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?>)/?([^\s<>]*)")
_UNKNOWN_NAME = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+)\b)", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<]+")
_ADDRESS = re.compile(r"https?://[^\s<]+|(?<![\w@/.-])(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s<]*", re.IGNORECASE)
_HASHTAG = re.compile(r"(?<![\w&/#])#\w{1,100}")
_MENTION = re.compile(r"(?<![\w@/.])@[A-Za-z]\w{3,31}", re.ASCII)
_COMMAND = re.compile(r"(?:^|\s)(/[a-z0-9_]{1,32}(?:@\w+)?)(?![\w/])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Formatted:
    """The words, Telegram's entities, and safe HTML for a page."""

    text: str
    entities: tuple[dict[str, object], ...]
    shown: str

    @property
    def length(self) -> int:
        """UTF-16 units."""
        return utf16(self.text)


def utf16(text: str) -> int:
    """Count UTF-16 units, as Telegram does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text, self.shown = "", ""
        self.entities: list[dict[str, object]] = []
        self.open: list[tuple[str, int, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        values = {name: value or "" for name, value in attrs}
        self.open.append((tag, utf16(self.text), values))
        self.shown += self._start(_TAGS[tag], values)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise Refusal(400, f'Bad Request: can\'t parse entities: Unmatched end tag "{tag}"')
        _, offset, values = self.open.pop()
        kind = _TAGS[tag]
        entity: dict[str, object] = {"type": kind, "offset": offset, "length": utf16(self.text) - offset}
        if kind == "text_link":
            entity["url"] = values.get("href", "")
        if entity["length"]:
            self.entities.append(entity)
        self.shown += {"text_link": "</a>", "blockquote": "</blockquote>", "spoiler": "</span>"}.get(
            kind, f"</{_SHOWN.get(kind, 'span')}>"
        )

    def handle_data(self, data: str) -> None:
        self.text += data
        self.shown += _linked(data)

    def _start(self, kind: str, values: dict[str, str]) -> str:
        if kind == "text_link":
            href = values.get("href", "")
            safe = href if href.startswith(("http://", "https://", "tg://")) else "#"
            return f'<a href="{html.escape(safe)}" rel="noreferrer">'
        if kind in {"blockquote", "spoiler"}:
            return "<blockquote>" if kind == "blockquote" else '<span class="spoiler">'
        return f"<{_SHOWN[kind]}>"


def parse_html(markup: str) -> Formatted:
    """Read text with tags. Raises Refusal like Telegram: a stray `<`, an unknown or unclosed tag."""
    if stray := _STRAY.search(markup):
        raise Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{stray[1]}"')
    reader = _Reader()
    reader.feed(_UNKNOWN_NAME.sub("&amp;", markup))  # Telegram knows four names, and shows the others
    reader.close()
    if reader.open:
        tag = reader.open[-1][0]
        raise Refusal(
            400, f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"{tag}\""
        )
    return Formatted(reader.text, tuple(reader.entities), reader.shown)


def plain(text: str, links: Mapping[str, str] | None = None) -> Formatted:
    """Read text as a person writes it: commands, addresses, hashtags and names are found.

    `links` puts addresses under words.
    """
    none: dict[str, object] = {}
    spans = [("url", match.start(), match.end(), none) for match in _ADDRESS.finditer(text)]
    spans += [("bot_command", match.start(1), match.end(1), none) for match in _COMMAND.finditer(text)]
    spans += [("hashtag", match.start(), match.end(), none) for match in _HASHTAG.finditer(text)]
    spans += [("mention", match.start(), match.end(), none) for match in _MENTION.finditer(text)]
    for words, url in (links or {}).items():
        at = text.index(words)
        spans.append(("text_link", at, at + len(words), {"url": url}))
    entities: list[dict[str, object]] = [
        {"type": kind, "offset": utf16(text[:start]), "length": utf16(text[start:end]), **more}
        for kind, start, end, more in sorted(spans, key=lambda span: span[1])
    ]
    return Formatted(text, tuple(entities), _linked(text))


def _linked(text: str) -> str:
    parts, at = [], 0
    for match in _LINK.finditer(text):
        address = html.escape(match[0])
        parts += [
            html.escape(text[at : match.start()]),
            f'<a href="{address}" rel="noreferrer">{address}</a>',
        ]
        at = match.end()
    return "".join([*parts, html.escape(text[at:])]).replace("\n", "<br>")
