"""Read a party's web page: its links, its words, its own address, and the feeds it names."""

import codecs
import html
import re
from dataclasses import dataclass
from datetime import datetime

from sharebot.trackers.markup import clean
from sharebot.trackers.websites_addresses import absolute
from sharebot.trackers.websites_feeds import read_instant

MAX_BODY = 600_000  # what lies behind is not read
MAX_TEXT = 20_000
_MAX_LINKS = 200
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_DROPPED = {"script", "style", "noscript", "template", "nav", "footer", "aside", "form", "title", "select"}
_ATTRIBUTES = {"a": {"href", "rel"}, "link": {"href", "rel", "type"}, "meta": {"property", "itemprop", "content"}}
_ATTRIBUTES |= {tag: {"src"} for tag in ("img", "video", "audio", "source")}
# The cleaner writes every tag it keeps in this one form.
_TAG = re.compile(r"<(a|link|meta|img|video|audio|source)((?: [a-z]+=\"[^\"]*\")*)>")
_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")
_DATES = frozenset({"article:published_time", "datepublished"})
_BLOCK = re.compile(
    r"<(?=/?(?:p|div|h[1-6]|li|ul|ol|br|tr|t[dh]|section|article|main|header|figure|blockquote)\b)", re.I
)
# Python's own, of no web page: one takes the square of the body's length, others write halves of characters.
_NO_CHARSETS = frozenset({"punycode", "idna", "utf-7", "unicode-escape", "raw-unicode-escape"})
_CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_.:-]{1,30})", re.I)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page tells. `canonical` is the address it gives itself, `feeds` are those it names.

    `at` is when it says it was published.
    """

    links: tuple[str, ...] = ()
    text: str = ""
    canonical: str | None = None
    feeds: tuple[str, ...] = ()
    at: datetime | None = None


def is_page(body: bytes) -> bool:
    """Whether a body looks like HTML."""
    return re.search(rb"<(!doctype html|html|head|body|article|main|p|a)\b", body[:5000], re.I) is not None


def read_page(body: bytes, *, url: str, content_type: str) -> Page:
    """Read a page; of one with an article, only the article's own links and words count.

    What stands in menus, forms, margins and footers says nothing of what the page spreads, and links that are
    marked as other people's (`rel="ugc"`) are not the party's.
    """
    # Words of two paragraphs stay apart when the tags between them go.
    markup = _BLOCK.sub(" <", decode(body[:MAX_BODY], content_type))
    tags = {*_ATTRIBUTES, "article", "main"}
    kept = clean(markup, tags=tags, dropped=_DROPPED, attributes=_ATTRIBUTES)
    found = [(tag[1], dict(_ATTRIBUTE.findall(tag[2]))) for tag in _TAG.finditer(kept)]
    heads = [(values, absolute(html.unescape(values.get("href", "")), url)) for tag, values in found if tag == "link"]
    canonical = next((link for values, link in heads if values.get("rel", "").lower() == "canonical"), None)
    feeds = [link for values, link in heads if values.get("type", "").lower() in _FEEDS and link]
    body_of = _part(kept, "article") or _part(kept, "main") or kept
    dates = (read_instant(values.get("content", "")) for tag, values in found if tag == "meta" and _is_date(values))
    at = next((one for one in dates if one), None)
    return Page(links_of(body_of, url), text_of(body_of), canonical, tuple(dict.fromkeys(feeds)), at)


def links_of(markup: str, url: str) -> tuple[str, ...]:
    """Return the addresses that HTML links to or shows, absolute, in order."""
    kept = clean(markup, tags={*_ATTRIBUTES}, dropped=_DROPPED, attributes=_ATTRIBUTES)
    found: list[str] = []
    for tag in _TAG.finditer(kept):
        values = dict(_ATTRIBUTE.findall(tag[2]))
        is_anothers = "ugc" in values.get("rel", "").lower().split()
        link = absolute(html.unescape(values.get("href") or values.get("src") or ""), url)
        if tag[1] not in {"link", "meta"} and link and not is_anothers:
            found.append(link)
    return tuple(dict.fromkeys(found))[:_MAX_LINKS]


def text_of(markup: str) -> str:
    """Return the words of HTML on one line, 20,000 characters at most."""
    plain = html.unescape(clean(_BLOCK.sub(" <", markup), tags=set(), dropped=_DROPPED))
    return " ".join("".join(mark if mark.isprintable() else " " for mark in plain).split())[:MAX_TEXT]


def decode(body: bytes, content_type: str) -> str:
    """Return a body as text, by the character set that it or its header declares, else as UTF-8."""
    declared = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(body[:2000])
    name = declared[1].decode("ascii") if declared else "utf-8"
    try:
        return body.decode("utf-8" if codecs.lookup(name).name in _NO_CHARSETS else name, "replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def _is_date(values: dict[str, str]) -> bool:
    return (values.get("property") or values.get("itemprop") or "").lower() in _DATES


def _part(markup: str, tag: str) -> str:
    """Return the first such element of cleaned HTML with all that lies within, or an empty text."""
    depth, start = 0, -1
    for found in re.finditer(rf"<(/?){tag}>", markup):
        if not found[1]:
            start = found.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                return markup[start : found.end()]
    return ""
