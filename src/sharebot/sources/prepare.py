"""Mend or refuse the bytes of an XML feed before any parser sees them."""

import re

from sharebot.errors import PermanentError

MAX_PARSED = 1000
_MISC = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.S)  # may hold anything, a root's look-alike too
_BEFORE = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|\s|<!--.*?-->|<\?.*?\?>)*", re.S)
_ROOT = re.compile(rb"<[A-Za-z]")
_LIVE = re.compile(rb"<(\w{1,20}:liveItem)\b.*?</\1\s*>", re.S)
_TIME_TAG = re.compile(
    rb"(<pubDate>)\s*<time\b[^<>]*?\bdatetime=[\"']([^\"'<>]+)[\"'][^<>]*>[^<>]*</time>\s*(?=</pubDate>)"
)
_ITEM_END = re.compile(rb"</(?:item|entry)\s*>")


def prepare(body: bytes) -> tuple[bytes, bool]:
    """Return what is to be parsed, and whether items from the middle were left out.

    Raises PermanentError when the document declares entities.
    """
    _refuse_entities(body)
    # feedparser takes what a live item says for the channel's own words.
    body = _LIVE.sub(b"", body.strip()) if b":liveItem" in body else body.lstrip()
    body = _TIME_TAG.sub(rb"\1\2", body) if b"<time" in body else body
    return _shorten(body)


def _refuse_entities(body: bytes) -> None:
    plain = body.replace(b"\0", b"") if b"\0" in body[:200] else body
    before = _BEFORE.match(plain)
    start = before.end() if before else 0
    if plain[start : start + 9].upper() != b"<!DOCTYPE":
        return
    prolog = _MISC.sub(b"", plain[start:])
    root = _ROOT.search(prolog)
    if re.search(rb"<!ENTITY", prolog[: root.start() if root else None], re.I):
        raise PermanentError("entities are not allowed")


def _shorten(body: bytes) -> tuple[bytes, bool]:
    """Keep the first and the last items of a huge feed: the newest are at one end or the other."""
    ends = [match.end() for match in _ITEM_END.finditer(body)]
    if len(ends) <= MAX_PARSED:
        return body, False
    half = MAX_PARSED // 2
    head, tail = ends[half - 1], ends[-half - 1]
    return body[:head] + body[tail:], True
