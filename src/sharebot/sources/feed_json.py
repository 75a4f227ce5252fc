"""JSON Feed, versions 1 and 1.1 (jsonfeed.org)."""

import json
from datetime import UTC, datetime
from typing import Any

from sharebot.errors import PermanentError
from sharebot.sources.media import media_kind, picture, seconds_of, size_of, unique
from sharebot.sources.plain import language_of, text_of, title_of, web_link
from sharebot.values.feeds import Feed, FeedItem, Media
from sharebot.values.status import AssetKind, ContentKind, SourceKind

MAX_ITEMS = 200


def parse_json(body: bytes, *, url: str) -> Feed:
    """Read a JSON Feed. Raises PermanentError when it is none."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise PermanentError("not a feed (JSON that cannot be read)") from None
    if not isinstance(data, dict) or "jsonfeed.org" not in str(data.get("version")):
        raise PermanentError("not a feed (JSON without a JSON Feed version)")
    base = web_link(_text(data, "home_page_url"), url) or url
    language = language_of(_text(data, "language"))
    entries = [entry for entry in data.get("items") or [] if isinstance(entry, dict)]
    items = [item for entry in entries if (item := _item(entry, base, language)) is not None]
    items.sort(key=lambda item: item.published_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    episodes = items and all(item.kind is ContentKind.EPISODE for item in items)
    return Feed(
        title=title_of(_text(data, "title"))[0] or url,
        kind=SourceKind.PODCAST if episodes else SourceKind.FEED,
        items=tuple(items[:MAX_ITEMS]),
        language=language,
        home_url=web_link(_text(data, "home_page_url"), url),
    )


def _item(entry: dict[str, Any], base: str, language: str | None) -> FeedItem | None:
    link = web_link(_text(entry, "url") or _text(entry, "external_url"), base)
    identity = str(entry.get("id") or "") or link
    if identity is None:
        return None
    title, title_warnings = title_of(_text(entry, "title"))
    text, text_warnings = text_of(_text(entry, "content_html") or _text(entry, "content_text"))
    files = [file for file in entry.get("attachments") or [] if isinstance(file, dict)]
    media = unique([*(_file(file, base) for file in files), picture(_text(entry, "image"), base)])
    kinds = {one.kind for one in media}
    kind = ContentKind.VIDEO if AssetKind.VIDEO in kinds else ContentKind.POST
    return FeedItem(
        external_id=identity[:2048],
        title=title or text[:79] or "Untitled",
        text=text,
        url=link,
        published_at=_date(_text(entry, "date_published") or _text(entry, "date_modified")),
        language=language_of(_text(entry, "language")) or language,
        kind=ContentKind.EPISODE if AssetKind.AUDIO in kinds else kind,
        media=media,
        warnings=tuple(title_warnings + text_warnings),
    )


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


def _date(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
