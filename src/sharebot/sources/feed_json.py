"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

import json
from datetime import datetime
from typing import Any

from sharebot.errors import PermanentError
from sharebot.sources import dates
from sharebot.sources.media import first_picture, media_kind, picture, seconds_of, size_of, unique
from sharebot.sources.plain import language_of, lines_of, text_of, title_from, title_of, web_link
from sharebot.values.feeds import Feed, FeedItem, Media
from sharebot.values.status import AssetKind, ContentKind, SourceKind

MAX_ITEMS = 200


def parse_json(body: bytes, *, url: str, now: datetime) -> Feed:
    """Read a JSON Feed. Raises PermanentError when it is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise PermanentError("not a feed (JSON that cannot be read)") from None
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version")):
        raise PermanentError("not a feed (JSON without a JSON Feed version)")
    base = web_link(_text(data, "home_page_url"), url) or url
    language = language_of(_text(data, "language"))
    listed = data.get("items")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    stamped = [(_stamp(entry), entry) for entry in entries]
    stamped.sort(key=lambda pair: pair[0] or dates.EARLIEST, reverse=True)
    found = [_item(entry, base, language, _date(at, now)) for at, entry in stamped[: MAX_ITEMS * 2]]
    items = list({item.external_id: item for item in reversed(found) if item}.values())[::-1]
    many = len(entries) > len(found) or len(items) > MAX_ITEMS
    episodes = items and all(item.kind is ContentKind.EPISODE for item in items)
    return Feed(
        title=title_of(_text(data, "title"))[0] or url,
        kind=SourceKind.PODCAST if episodes else SourceKind.FEED,
        items=tuple(items[:MAX_ITEMS]),
        language=language,
        home_url=web_link(_text(data, "home_page_url"), url),
        warnings=(f"only the {MAX_ITEMS} newest items were read",) if many else (),
    )


def _item(
    entry: dict[str, Any], base: str, language: str | None, dated: tuple[datetime | None, list[str]]
) -> FeedItem | None:
    given = _text(entry, "url") or _text(entry, "external_url")
    link = web_link(given, base)
    identity = _identity(entry) or link
    if identity is None:
        return None
    title, title_warnings = title_of(_text(entry, "title"))
    markup = _text(entry, "content_html")
    text, text_warnings = text_of(markup) if markup else lines_of(_text(entry, "content_text"))
    media = _media(entry, base, markup)
    kinds = {one.kind for one in media}
    kind = ContentKind.VIDEO if AssetKind.VIDEO in kinds else ContentKind.POST
    return FeedItem(
        external_id=identity[:2048],
        title=title or title_from(text),
        text=text,
        url=link,
        published_at=dated[0],
        language=language_of(_text(entry, "language")) or language,
        kind=ContentKind.EPISODE if AssetKind.AUDIO in kinds else kind,
        media=media,
        warnings=(
            *title_warnings,
            *text_warnings,
            *(["link dropped: not a web address"] if given and link is None else []),
            *dated[1],
        ),
    )


def _media(entry: dict[str, Any], base: str, markup: str) -> tuple[Media, ...]:
    attached = entry.get("attachments")
    files = [file for file in attached if isinstance(file, dict)] if isinstance(attached, list) else []
    found = [*(_file(file, base) for file in files), picture(_text(entry, "image"), base)]
    if not any(one and one.kind is AssetKind.PICTURE for one in found):
        found += [picture(_text(entry, "banner_image"), base) or first_picture(markup, base)]
    return unique(found)


def _file(file: dict[str, Any], base: str) -> Media | None:
    link = web_link(_text(file, "url"), base)
    if link is None:
        return None
    mime = _text(file, "mime_type") or None
    return Media(
        media_kind(link, mime),
        link,
        mime=mime,
        size_bytes=size_of(file.get("size_in_bytes")),
        duration_s=seconds_of(file.get("duration_in_seconds")),
    )


def _stamp(entry: dict[str, Any]) -> datetime | None:
    return dates.read_iso(_text(entry, "date_published") or _text(entry, "date_modified"))


def _date(at: datetime | None, now: datetime) -> tuple[datetime | None, list[str]]:
    return dates.likely(at, now=now) if at else (None, [])


def _identity(entry: dict[str, Any]) -> str:
    # Version 1 says that a number may stand here.
    value = entry.get("id")
    return str(value) if isinstance(value, int) else _text(entry, "id")


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    # JSON can spell half a surrogate pair, which no database takes.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
