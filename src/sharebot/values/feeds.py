"""What a source yields: raw items as fetched, and the cursor that makes the next poll cheap."""

from dataclasses import dataclass, field
from datetime import datetime

from sharebot.values.status import AssetKind, ContentKind, SourceKind


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, video, audio or file that lies at `url`; sizes in bytes and pixels, length in seconds."""

    kind: AssetKind
    url: str
    mime: str | None = None
    size_bytes: int | None = None
    duration_s: int | None = None
    width: int | None = None
    height: int | None = None
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """Where the same story stands in another language (a link with `hreflang`)."""

    language: str
    url: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item as fetched: plain text, absolute http(s) links, an aware UTC date or None.

    `external_id` identifies it within its source. `warnings` are short English phrases for staff
    about what was cut, dropped or guessed.
    """

    external_id: str
    title: str
    text: str = ""
    url: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    kind: ContentKind = ContentKind.POST
    media: tuple[Media, ...] = ()
    translations: tuple[Translation, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed: what it says of itself, and its items, newest first."""

    title: str
    kind: SourceKind
    items: tuple[FeedItem, ...]
    language: str | None = None
    home_url: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is remembered between two polls of one source."""

    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """The outcome of one poll. `feed` is None when nothing has changed (304, or the same bytes).

    `moved_to` is the address a permanent redirect leads to; staff confirm it before it is stored.
    """

    cursor: Cursor
    feed: Feed | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What a web page says of itself (OpenGraph, oEmbed, plain HTML), and the feeds it names."""

    url: str
    title: str
    text: str = ""
    language: str | None = None
    kind: ContentKind = ContentKind.POST
    published_at: datetime | None = None
    media: tuple[Media, ...] = ()
    translations: tuple[Translation, ...] = ()
    feed_urls: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = ()
