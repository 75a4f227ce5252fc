"""Media of an item: sizes and lengths as far as they can be true."""

import html
import re
from collections.abc import Iterable

from sharebot.sources.plain import title_of, web_link
from sharebot.values.feeds import Media
from sharebot.values.status import AssetKind

_MIN_SIZE, _MAX_SIZE = 1024, 4 * 1024**3  # some feeds give the seconds as the size
_MAX_SECONDS = 24 * 3600
_MAX_SEARCHED = 100_000
_EXTENSIONS = {
    AssetKind.PICTURE: ("jpg", "jpeg", "png", "gif", "webp", "avif"),
    AssetKind.VIDEO: ("mp4", "m4v", "mov", "webm", "mpg", "mpeg"),
    AssetKind.AUDIO: ("mp3", "m4a", "ogg", "oga", "opus", "wav", "aac", "flac"),
}


def media_kind(url: str, mime: str | None, medium: str | None = None) -> AssetKind:
    """Decide what a file is by its declared medium, its type or its ending."""
    if medium in {"image", "video", "audio"}:
        return AssetKind.PICTURE if medium == "image" else AssetKind(medium)
    main = (mime or "").partition("/")[0].lower()
    if main in {"image", "video", "audio"}:
        return AssetKind.PICTURE if main == "image" else AssetKind(main)
    ending = re.sub(r"[?#].*", "", url).rpartition(".")[2].lower()
    return next((kind for kind, endings in _EXTENSIONS.items() if ending in endings), AssetKind.FILE)


def picture(url: str | None, base: str, *, alt: str | None = None) -> Media | None:
    """Return a picture, or None when the address is no web link."""
    link = web_link(url, base)
    return Media(AssetKind.PICTURE, link, alt=alt or None) if link else None


def first_picture(markup: str, base: str) -> Media | None:
    """Return the first picture of an HTML fragment that is no counting pixel."""
    for tag in re.findall(r"<img\b[^<>]*>", markup[:_MAX_SEARCHED], re.I):
        source = _attribute(tag, "src")
        if source and not {_attribute(tag, "width"), _attribute(tag, "height")} & {"0", "1"}:
            alt = title_of(_attribute(tag, "alt") or "")[0]
            return picture(html.unescape(source), base, alt=alt)
    return None


def _attribute(tag: str, name: str) -> str | None:
    found = re.search(rf"\s{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag, re.I)
    return found[1] or found[2] if found else None


def size_of(text: object) -> int | None:
    """Read a size in bytes; None when it is missing, negative, zero or absurd."""
    size = _whole(text)
    return size if size and _MIN_SIZE <= size <= _MAX_SIZE else None


def pixels_of(text: object) -> int | None:
    """Read a width or height."""
    size = _whole(text)
    return size if size and size <= 20_000 else None


def seconds_of(text: object) -> int | None:
    """Read a length: seconds, M:SS or H:MM:SS (Apple's itunes:duration); None when absurd."""
    parts = str(text or "").strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"\d+(\.\d+)?", part) for part in parts):
        return None
    seconds = 0.0
    for part in parts:
        seconds = seconds * 60 + float(part)
    return int(seconds) if 0 < seconds <= _MAX_SECONDS else None


def unique(media: Iterable[Media | None]) -> tuple[Media, ...]:
    """Keep the first of each address."""
    return tuple({one.url: one for one in reversed([one for one in media if one])}.values())[::-1]


def _whole(text: object) -> int | None:
    digits = str(text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 15 else None
