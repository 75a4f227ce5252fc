"""RSS, Atom and RDF with feedparser, which alone is right on broken feeds."""

import calendar
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser

from sharebot.errors import PermanentError
from sharebot.sources import dates
from sharebot.sources.media import (
    first_picture,
    media_kind,
    picture,
    pixels_of,
    seconds_of,
    size_of,
    unique,
)
from sharebot.sources.plain import language_of, lines_of, text_of, title_from, title_of, web_link
from sharebot.sources.prepare import prepare
from sharebot.values.feeds import Feed, FeedItem, Media, Translation
from sharebot.values.status import AssetKind, ContentKind, SourceKind

MAX_ITEMS = 200

dates.register()


def parse_xml(body: bytes, *, url: str, content_type: str, now: datetime) -> Feed:
    """Read a feed. Raises PermanentError when it is none, or declares entities."""
    body, shortened = prepare(body)
    # Without the feed's own address: identities must not change when a feed moves.
    headers = {"content-type": content_type} if content_type else {}
    parsed = feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    if not parsed.version and not parsed.entries:
        raise PermanentError(f"not a feed ({content_type.partition(';')[0].strip() or 'no type given'})")
    head = parsed.feed
    base = web_link(head.get("link"), url) or url
    feed_language = language_of(head.get("language"))
    damaged = bool(parsed.bozo) and not isinstance(
        parsed.bozo_exception, (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    )
    common = ["damaged feed"] if damaged else []
    items = [_item(entry, base, feed_language, now, common) for entry in parsed.entries]
    kind = _kind(parsed, items)
    if kind is SourceKind.PODCAST:
        cover = picture((head.get("image") or {}).get("href"), base)
        items = [_episode(item, cover) for item in items]
    unique_items = list({item.external_id: item for item in reversed(items)}.values())[::-1]
    unique_items.sort(key=lambda item: item.published_at or dates.EARLIEST, reverse=True)
    many = shortened or len(unique_items) > MAX_ITEMS
    cut = [f"only the {MAX_ITEMS} newest items were read"] if many else []
    return Feed(
        title=title_of(head.get("title", ""))[0] or urlsplit(url).hostname or url,
        kind=kind,
        items=tuple(unique_items[:MAX_ITEMS]),
        language=feed_language,
        home_url=web_link(head.get("link"), url),
        warnings=tuple(common + cut),
    )


def _kind(parsed: Any, items: list[FeedItem]) -> SourceKind:
    if any("yt_videoid" in entry for entry in parsed.entries):
        return SourceKind.YOUTUBE
    itunes = any("itunes.com" in str(uri) or "podcastindex" in str(uri) for uri in parsed.namespaces.values())
    playable = sum(any(media.kind is AssetKind.AUDIO for media in item.media) for item in items)
    spoken = any(str(key).startswith("itunes_") for entry in parsed.entries for key in entry)
    if items and playable * 2 >= len(items) and (itunes or spoken or playable == len(items)):
        return SourceKind.PODCAST
    return SourceKind.FEED


def _episode(item: FeedItem, cover: Media | None) -> FeedItem:
    has_picture = any(media.kind is AssetKind.PICTURE for media in item.media)
    media = item.media if has_picture or cover is None else (*item.media, cover)
    return replace(item, kind=ContentKind.EPISODE, media=media)


def _item(entry: Any, base: str, feed_language: str | None, now: datetime, common: list[str]) -> FeedItem:
    markup = _body_of(entry)
    title, title_warnings = title_of(entry.get("title", ""))
    text, text_warnings = lines_of(markup) if "yt_videoid" in entry else text_of(markup)
    if not title:
        title, title_warnings = title_from(text), [*title_warnings, "no title"]
    link, link_warnings = _link_of(entry, base)
    published, date_warnings = _date_of(entry, now)
    media = _media_of(entry, base, markup)
    video = "yt_videoid" in entry or any(one.kind is AssetKind.VIDEO for one in media)
    identity = entry.get("id") or next((one.url for one in media if one.kind is not AssetKind.PICTURE), None)
    return FeedItem(
        external_id=(identity or link or _digest(title, text, published))[:2048],
        title=title,
        text=text,
        url=link,
        published_at=published,
        language=language_of(_language_tag(entry)) or feed_language,
        kind=ContentKind.VIDEO if video else ContentKind.POST,
        media=media,
        translations=_translations(entry, base),
        warnings=(*common, *title_warnings, *text_warnings, *link_warnings, *date_warnings),
    )


def _body_of(entry: Any) -> str:
    contents = [part.get("value", "") for part in entry.get("content", [])]
    bodies: list[str] = [entry.get("summary", ""), entry.get("media_description", ""), *contents]
    return max(bodies, key=len)


def _language_tag(entry: Any) -> str | None:
    details = [*entry.get("content", []), entry.get("title_detail") or {}, entry.get("summary_detail") or {}]
    return entry.get("language") or next((part["language"] for part in details if part.get("language")), None)


def _link_of(entry: Any, base: str) -> tuple[str | None, list[str]]:
    given = entry.get("feedburner_origlink") or _own_link(entry) or entry.get("link") or ""
    # feedparser offers the identity as the link when there is none.
    if given == entry.get("id") and not given.startswith(("http://", "https://")):
        return None, []
    link = web_link(given, base)
    return link, ["link dropped: not a web address"] if given and link is None else []


def _own_link(entry: Any) -> str | None:
    """Return the link to the entry's own language where it also links to others."""
    pages = [link for link in entry.get("links", []) if link.get("rel") == "alternate"]
    return next((link.get("href") for link in pages if not link.get("hreflang")), None)


def _date_of(entry: Any, now: datetime) -> tuple[datetime | None, list[str]]:
    # Asked with `in`: feedparser answers for one date with another, and warns.
    given = [name for name in ("published", "updated", "created") if name in entry]
    read = [entry[f"{name}_parsed"] for name in given if f"{name}_parsed" in entry]
    stamp = next((one for one in read if one), None)
    if stamp is None:
        return None, ["date not readable"] if given else []
    try:
        at = datetime.fromtimestamp(calendar.timegm(stamp), UTC)
    except (ValueError, OverflowError):
        return None, ["date not readable"]
    return dates.likely(at, now=now)


def _media_of(entry: Any, base: str, markup: str) -> tuple[Media, ...]:
    length = seconds_of(entry.get("itunes_duration"))
    played = [_file(file, "href", base, length) for file in entry.get("enclosures", [])]
    grouped = [_file(file, "url", base, None) for file in entry.get("media_content", [])]
    grouped.sort(key=lambda one: one.width or 0 if one else 0, reverse=True)
    pictures = [picture((entry.get("image") or {}).get("href"), base)]
    pictures += [_thumbnail(thumb, base) for thumb in entry.get("media_thumbnail", [])]
    known = [one for one in [*played, *grouped, *pictures] if one and one.kind is AssetKind.PICTURE]
    if not known:
        pictures.append(first_picture(markup, base))
    # A player page is no file that a messenger could carry.
    files = [one for one in [*played, *grouped] if one and "x-shockwave-flash" not in (one.mime or "")]
    return unique([*files, *pictures])


def _thumbnail(thumb: Any, base: str) -> Media | None:
    found = picture(thumb.get("url"), base)
    width, height = pixels_of(thumb.get("width")), pixels_of(thumb.get("height"))
    return replace(found, width=width, height=height) if found else None


def _file(file: Any, key: str, base: str, length: int | None) -> Media | None:
    link = web_link(file.get(key), base)
    if link is None:
        return None
    mime = str(file.get("type") or "").partition(";")[0].strip().lower() or None
    kind = media_kind(link, mime, file.get("medium"))
    return Media(
        kind,
        link,
        mime=mime,
        size_bytes=size_of(file.get("length") or file.get("filesize")),
        duration_s=seconds_of(file.get("duration")) or (None if kind is AssetKind.PICTURE else length),
        width=pixels_of(file.get("width")),
        height=pixels_of(file.get("height")),
    )


def _translations(entry: Any, base: str) -> tuple[Translation, ...]:
    found = []
    for link in entry.get("links", []):
        language, address = language_of(link.get("hreflang")), web_link(link.get("href"), base)
        if link.get("rel") == "alternate" and language and address:
            found.append(Translation(language, address))
    return tuple(found)


def _digest(title: str, text: str, published: datetime | None) -> str:
    return "sha256:" + hashlib.sha256(f"{title}\n{published}\n{text[:500]}".encode()).hexdigest()
