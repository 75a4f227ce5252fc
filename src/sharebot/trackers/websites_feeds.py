"""Read a party's feed or sitemap: RSS, Atom, RDF and JSON feeds, and sitemaps.org's two forms.

Nothing here takes longer than in proportion to the body, which is capped.
"""

import email.utils
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from sharebot.errors import TemporaryError
from sharebot.trackers.answers import parse_json
from sharebot.trackers.websites_addresses import absolute

MAX_BODY = 3_000_000
MAX_ENTRIES = 100
MAX_LOCATIONS = 50_000  # sitemaps.org: so many at most in one file
_MAX_MARKUP = 200_000
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_KEPT = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; `at` is None where it tells no time, `markup` its HTML."""

    url: str
    title: str = ""
    markup: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed lists, in its own order, and the page it says it belongs to."""

    entries: tuple[Entry, ...]
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: `pages`, or the sitemaps that do; each with when it last changed."""

    pages: tuple[tuple[str, datetime | None], ...] = ()
    others: tuple[tuple[str, datetime | None], ...] = ()


def read_listing(body: bytes, url: str) -> Feed | Sitemap | None:
    """Return the feed or sitemap that `body` is, or None. Raises TemporaryError when it is one and damaged."""
    if len(body) > MAX_BODY:
        raise TemporaryError("the feed is too large")
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return _read_json(body, url)
    if not start.startswith(b"<") or not re.search(rb"<(\w+:)?(rss|feed|rdf|urlset|sitemapindex)\b", start, re.I):
        return None
    root = _parse(body)
    match _name(root):
        case "urlset":
            return Sitemap(pages=tuple(_locations(root, url)))
        case "sitemapindex":
            return Sitemap(others=tuple(_locations(root, url)))
        case "rss" | "feed" | "rdf":
            return _read_xml(root, url)
    return None


def read_instant(text: str) -> datetime | None:
    """Return a date as feeds write it (RFC 822, or ISO 8601 where no zone means UTC), or None."""
    text = text.strip()[:64]
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            at = email.utils.parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _parse(body: bytes) -> Element:
    mended = _ENTITY.sub(_mend_entity, _FORBIDDEN.sub(b"", body.lstrip(b"\xef\xbb\xbf \t\r\n")))
    try:
        root: Element = defusedxml.ElementTree.fromstring(mended)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise TemporaryError(f"the feed is damaged: {type(error).__name__}") from error
    return root


def _mend_entity(found: re.Match[bytes]) -> bytes:
    """Write HTML's own entities, which XML does not know, as numbers."""
    if found[1] in _KEPT:
        return found[0]
    text = html.unescape(f"&{found[1].decode('ascii')};")
    return found[0] if text.startswith("&") else b"".join(b"&#%d;" % ord(mark) for mark in text)


def _read_xml(root: Element, url: str) -> Feed:
    channel = next((one for one in root if _name(one) == "channel"), root)
    listed = [one for one in root.iter() if _name(one) in {"item", "entry"}][:MAX_ENTRIES]
    home = _link(channel, url)
    return Feed(tuple(entry for one in listed if (entry := _entry(one, home or url))), home)


def _entry(item: Element, base: str) -> Entry | None:
    url = _link(item, base)
    if url is None:
        return None
    texts = dict(_texts(item))
    dates = (read_instant(texts[name]) for name in ("pubdate", "published", "date", "updated") if texts.get(name))
    bodies = [texts.get(name, "") for name in ("encoded", "content", "description", "summary")]
    markup = max(bodies, key=len)
    return Entry(url, texts.get("title", "")[:1000], markup[:_MAX_MARKUP], next((at for at in dates if at), None))


def _texts(item: Element) -> Iterator[tuple[str, str]]:
    # Backwards, so that the first of several of one name stays, and an Atom body of XHTML is taken whole.
    for child in reversed(item):
        yield _name(child), _markup(child).strip()


def _markup(element: Element) -> str:
    """Return what an element holds, with its tags; without them when they lie too deep within each other."""
    try:
        return "".join(element.itertext()) if len(element) == 0 else _write(element)
    except RecursionError:
        return "".join(element.itertext())


def _write(element: Element) -> str:
    text: str = defusedxml.ElementTree.tostring(element, "unicode")
    return text


def _link(item: Element, base: str) -> str | None:
    """Return the page of an entry or a channel: RSS writes it as text, Atom as an attribute."""
    links = [one for one in item if _name(one) == "link"]
    atom = [one.get("href") for one in links if one.get("rel", "alternate") == "alternate" and one.get("href")]
    texts = [one.text for one in links if one.text and one.text.strip()]
    permanent = [one.text for one in item if _name(one) == "guid" and one.get("isPermaLink", "true") == "true"]
    return next((found for link in [*texts, *atom, *permanent] if (found := absolute(link, base))), None)


def _locations(root: Element, url: str) -> Iterator[tuple[str, datetime | None]]:
    for one in root[:MAX_LOCATIONS]:
        texts = {_name(child): child.text or "" for child in one}
        news = next((child.text or "" for child in one.iter() if _name(child) == "publication_date"), "")
        if found := absolute(texts.get("loc"), url):
            yield found, read_instant(news or texts.get("lastmod", ""))


def _name(element: Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].lower()


def _read_json(body: bytes, url: str) -> Feed | None:
    try:
        data = parse_json(body)
    except (ValueError, RecursionError):
        return None
    items = data.get("items") if isinstance(data, dict) and "jsonfeed.org" in str(data.get("version")) else None
    if not isinstance(items, list):
        return None
    home = absolute(data.get("home_page_url"), url)
    listed = [one for one in items[:MAX_ENTRIES] if isinstance(one, dict)]
    return Feed(tuple(entry for one in listed if (entry := _json_entry(one, home or url))), home)


def _json_entry(item: dict[str, Any], base: str) -> Entry | None:
    url = absolute(item.get("url"), base)
    texts = [item.get(name) for name in ("content_html", "content_text", "summary")]
    markup = next((text for text in texts if isinstance(text, str) and text), "")
    title = item.get("title")
    at = read_instant(str(item.get("date_published") or ""))
    return Entry(url, title[:1000] if isinstance(title, str) else "", markup[:_MAX_MARKUP], at) if url else None
