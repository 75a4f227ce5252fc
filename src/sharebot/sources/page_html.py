"""What a web page says of itself: OpenGraph, Twitter cards, plain HTML, links to feeds and translations."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from sharebot.errors import PermanentError
from sharebot.sources import dates
from sharebot.sources.media import picture, pixels_of, unique
from sharebot.sources.plain import language_of, text_of, title_of, web_link
from sharebot.values.feeds import Media, Page, Translation
from sharebot.values.status import AssetKind, ContentKind

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_VIDEO_HOSTS = ("youtube.com", "youtu.be", "vimeo.com", "dailymotion.com")


@dataclass(slots=True)
class _Head:
    """What the parser has gathered so far."""

    language: str | None = None
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head = _Head()
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.head.language = values.get("lang")
        elif tag == "title":
            self._in_title = not self.head.title
        elif tag == "link":
            self.head.links.append(values)
        elif tag == "meta":
            name = values.get("property") or values.get("name") or values.get("itemprop") or ""
            self.head.metas.setdefault(name.lower(), values.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.head.title += data


def parse_page(body: bytes, *, url: str, content_type: str) -> Page:
    """Read a page. Raises PermanentError when it is no HTML or has no title at all."""
    if b"<" not in body[:2000]:
        raise PermanentError(f"not a web page ({content_type or 'no type given'})")
    reader = _Reader()
    reader.feed(_decode(body, content_type))
    head = reader.head
    title, warnings = title_of(_meta(head, "og:title", "twitter:title") or head.title)
    if not title:
        raise PermanentError("the page has no title")
    text, more = text_of(_meta(head, "og:description", "twitter:description", "description"))
    address = web_link(_meta(head, "og:url"), url) or url
    same_host = urlsplit(address).hostname == urlsplit(url).hostname
    return Page(
        url=address if same_host else url,
        title=title,
        text=text,
        language=language_of(_meta(head, "og:locale")) or language_of(head.language),
        kind=_kind(head, url),
        published_at=dates.read_iso(
            _meta(head, "article:published_time", "og:published_time", "datepublished")
        ),
        media=_media(head, url),
        translations=tuple(_translations(head, url)),
        feed_urls=tuple(dict.fromkeys(_feeds(head, url))),
        warnings=tuple(warnings + more),
    )


def _decode(body: bytes, content_type: str) -> str:
    declared = content_type.partition("charset=")[2].strip(" \"';").lower()
    if not declared and b"charset=" in body[:2000]:
        tail = body[:2000].split(b"charset=", 1)[1][:30]
        declared = tail.decode("ascii", "replace").strip("\"'").split('"')[0].split("'")[0].split(">")[0]
    try:
        return body.decode(declared or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _meta(head: _Head, *names: str) -> str:
    return next((head.metas[name] for name in names if head.metas.get(name)), "")


def _kind(head: _Head, url: str) -> ContentKind:
    kind, host = _meta(head, "og:type"), urlsplit(url).hostname or ""
    if kind.startswith("video") or any(host == known or host.endswith("." + known) for known in _VIDEO_HOSTS):
        return ContentKind.VIDEO
    if kind.startswith("music") or _meta(head, "og:audio"):
        return ContentKind.EPISODE
    return ContentKind.POST


def _media(head: _Head, url: str) -> tuple[Media, ...]:
    main = picture(_meta(head, "og:image:secure_url", "og:image", "twitter:image"), url)
    if main is None:
        return ()
    return unique(
        [
            Media(
                AssetKind.PICTURE,
                main.url,
                width=pixels_of(_meta(head, "og:image:width")),
                height=pixels_of(_meta(head, "og:image:height")),
                alt=title_of(_meta(head, "og:image:alt", "twitter:image:alt"))[0] or None,
            )
        ]
    )


def _translations(head: _Head, url: str) -> list[Translation]:
    found = []
    for link in head.links:
        language, address = language_of(link.get("hreflang")), web_link(link.get("href"), url)
        if "alternate" in link.get("rel", "").lower() and language and address:
            found.append(Translation(language, address))
    return found


def _feeds(head: _Head, url: str) -> list[str]:
    links = [link for link in head.links if link.get("type", "").lower() in FEED_TYPES]
    return [address for link in links if (address := web_link(link.get("href"), url))]
