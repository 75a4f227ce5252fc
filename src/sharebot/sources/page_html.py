"""What a web page says of itself: OpenGraph, Twitter cards, plain HTML, links to feeds and translations."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

from sharebot.errors import PermanentError
from sharebot.sources import dates
from sharebot.sources.json_ld import read_json_ld
from sharebot.sources.media import media_kind, picture, pixels_of, unique
from sharebot.sources.plain import language_of, text_of, title_of, web_link
from sharebot.values.feeds import Media, Page, Translation
from sharebot.values.status import ContentKind

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"})
_DATES = ("article:published_time", "og:published_time", "datepublished")
_VIDEO_HOSTS = ("youtube.com", "youtu.be", "vimeo.com", "dailymotion.com")


@dataclass(slots=True)
class _Head:
    """What the parser has gathered so far."""

    language: str | None = None
    title: str = ""
    metas: dict[str, str] = field(default_factory=dict)
    links: list[dict[str, str]] = field(default_factory=list)
    described: list[str] = field(default_factory=list)  # blocks of JSON-LD


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.head = _Head()
        self._in_title = False
        self._in_block = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._in_block = tag == "script" and values.get("type", "").lower() == "application/ld+json"
        if self._in_block:
            self.head.described.append("")
        elif tag == "html":
            self.head.language = values.get("lang")
        elif tag == "title":
            self._in_title = not self.head.title
        elif tag == "link":
            self.head.links.append(values)
        elif tag == "meta":
            name = values.get("property") or values.get("name") or values.get("itemprop") or ""
            self.head.metas.setdefault(name.lower(), values.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        self._in_block = False
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.head.title += data
        elif self._in_block:
            self.head.described[-1] += data


def parse_page(body: bytes, *, url: str, content_type: str) -> Page:
    """Read a page. Raises PermanentError when it is no HTML or has no title at all."""
    if b"<" not in body[:2000]:
        raise PermanentError(f"not a web page ({content_type or 'no type given'})")
    reader = _Reader()
    reader.feed(_decode(body, content_type))
    head, described = reader.head, read_json_ld(reader.head.described)
    title, warnings = title_of(_meta(head, "og:title", "twitter:title") or described.title or head.title)
    if not title:
        raise PermanentError("the page has no title")
    text, more = text_of(_meta(head, "og:description", "twitter:description", "description") or described.text)
    address = web_link(_meta(head, "og:url"), url) or url
    same_host = urlsplit(address).hostname == urlsplit(url).hostname
    spoken = (_meta(head, "og:locale"), head.language, described.language)
    return Page(
        url=address if same_host else url,
        title=title,
        text=text,
        language=next((language for code in spoken if (language := language_of(code))), None),
        kind=_kind(head, url, described.kind),
        published_at=dates.read_iso(_meta(head, *_DATES) or described.published),
        media=_media(head, url, described.picture),
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


def _kind(head: _Head, url: str, described: ContentKind) -> ContentKind:
    kind, host = _meta(head, "og:type"), urlsplit(url).hostname or ""
    if kind.startswith("video") or any(host == known or host.endswith("." + known) for known in _VIDEO_HOSTS):
        return ContentKind.VIDEO
    if kind.startswith("music") or _meta(head, "og:audio"):
        return ContentKind.EPISODE
    return described


def _media(head: _Head, url: str, described: str) -> tuple[Media, ...]:
    main = picture(_meta(head, "og:image:secure_url", "og:image", "twitter:image"), url)
    if main is not None:
        main = replace(
            main,
            width=pixels_of(_meta(head, "og:image:width")),
            height=pixels_of(_meta(head, "og:image:height")),
            alt=title_of(_meta(head, "og:image:alt", "twitter:image:alt"))[0] or None,
        )
    return unique([main or picture(described, url), *(_file(head, url, name) for name in ("video", "audio"))])


def _file(head: _Head, url: str, name: str) -> Media | None:
    """Return a declared video or sound when it is a file; most are player pages."""
    link = web_link(_meta(head, f"og:{name}:secure_url", f"og:{name}:url", f"og:{name}"), url)
    mime = _meta(head, f"og:{name}:type").lower() or None
    kind = media_kind(link or "", mime)
    return Media(kind, link, mime=mime) if link and kind.value == name else None


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
