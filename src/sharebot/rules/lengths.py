"""Count a text as each network counts it, and cut it without breaking what a reader sees as one sign."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise

from sharebot.rules.x_entities import find_urls

X_LIMIT = 280  # twitter-text, config v3
X_URL = 23
BLUESKY_GRAPHEMES = 300  # lexicon app.bsky.feed.post
BLUESKY_BYTES = 3000
TELEGRAM_TEXT = 4096  # Bot API, sendMessage
THREADS_LIMIT = 500
MASTODON_LIMIT = 500  # the default of a server; many allow more
ELLIPSIS = "…"

Measure = Callable[[str], int]

_ZWJ = "\u200d"
_KEYCAP = "\u20e3"
_LATE_MARKS = frozenset("\u200c\u0e33\u0eb3\uff9e\uff9f")  # not of category M, yet never on their own
_PREFIXES = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_PICTURES = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u2328\u2388\u23cf-\u23fa\u24c2\u25aa-\u25fe"
    "\u2600-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa"
    "\U0001f400-\U0001faff]"
)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))  # twitter-text, config v3: these weigh half


def graphemes(text: str) -> Iterator[str]:
    """Yield what a reader sees as single signs (UAX 29, extended clusters, without the Indic rule GB9c)."""
    if text.isascii() and "\r\n" not in text:
        yield from text
        return
    start, flags = 0, 0
    for index, (before, after) in enumerate(pairwise(text), start=1):
        flags = flags + 1 if _is_flag(before) else 0
        if _joins(text, index, before, after, flags):
            continue
        yield text[start:index]
        start = index
    if text:
        yield text[start:]


def x_length(text: str) -> int:
    """Return the weighted length on X; a post may have 280. Any web address counts 23."""
    normal = unicodedata.normalize("NFC", text)
    urls = find_urls(normal)
    rest = _without(normal, [(one.start, one.end) for one in urls])
    weight = sum(_x_weight(cluster) for piece in rest for cluster in graphemes(piece))
    return weight // 100 + X_URL * len(urls)


def bluesky_length(text: str) -> int:
    """Return the number of graphemes; a post may have 300, and 3,000 bytes of UTF-8 beside."""
    return sum(1 for _ in graphemes(text))


def bluesky_share(text: str) -> int:
    """Return the length in graphemes, or more where the limit of bytes is the tighter one."""
    by_bytes = -(-len(text.encode()) * BLUESKY_GRAPHEMES // BLUESKY_BYTES)
    return max(bluesky_length(text), by_bytes)


def utf16_length(text: str) -> int:
    """Return the number of UTF-16 units, which is how Telegram counts texts, captions and entities."""
    return len(text) + sum(1 for mark in text if ord(mark) > 0xFFFF)


def threads_length(text: str) -> int:
    """Return the length on Threads: characters, but emojis by their bytes of UTF-8."""
    return sum(len(one.encode()) if _is_emoji(one) else len(one) for one in graphemes(text))


def mastodon_length(text: str) -> int:
    """Return the length on Mastodon: graphemes, a web address with its scheme counting 23."""
    without = re.sub(r"https?://\S+", "x" * X_URL, text)
    return bluesky_length(without)


def cut(text: str, limit: int, *, measure: Measure = bluesky_length) -> str:
    """Return `text`, or its longest fitting beginning with an ellipsis, between two words where possible.

    The result never measures more than `limit`; it is empty when not even the ellipsis fits.
    """
    if measure(text) <= limit:
        return text
    if measure(ELLIPSIS) > limit:
        return ""
    clusters = list(graphemes(text))
    low, high = 0, len(clusters)
    while high - low > 1:
        middle = (low + high) // 2
        if measure(_ended(clusters[:middle])) <= limit:
            low = middle
        else:
            high = middle
    kept = _ended(clusters[: _word_end(clusters, low)])
    return kept if measure(kept) <= limit else _ended(clusters[:low])


def _ended(clusters: list[str]) -> str:
    return "".join(clusters).rstrip() + ELLIPSIS


def _word_end(clusters: list[str], end: int) -> int:
    if clusters[end].isspace():
        return end
    for index in range(end - 1, end * 4 // 5, -1):
        if clusters[index].isspace():
            return index
    return end


def _joins(text: str, index: int, before: str, after: str, flags: int) -> bool:
    if before == "\r":
        return after == "\n"
    if _is_control(before) or _is_control(after):
        return False
    if _is_mark(after) or before in _PREFIXES:
        return True
    if _is_flag(after):
        return flags % 2 == 1
    if before == _ZWJ and _PICTURES.match(after):
        return _ends_in_picture(text, index - 2)
    return _hangul_joins(_hangul(before), _hangul(after))


def _ends_in_picture(text: str, index: int) -> bool:
    while index > 0 and _is_mark(text[index]) and text[index] != _ZWJ:
        index -= 1
    return index >= 0 and _PICTURES.match(text[index]) is not None


def _is_control(mark: str) -> bool:
    if mark in _PREFIXES or _is_mark(mark):
        return False
    return unicodedata.category(mark) in {"Cc", "Cf", "Zl", "Zp", "Cs"}


def _is_mark(mark: str) -> bool:
    if mark == _ZWJ or mark in _LATE_MARKS or "\U0001f3fb" <= mark <= "\U0001f3ff":
        return True
    return "\U000e0020" <= mark <= "\U000e007f" or unicodedata.category(mark).startswith("M")


def _is_flag(mark: str) -> bool:
    return "\U0001f1e6" <= mark <= "\U0001f1ff"


def _hangul(mark: str) -> str:
    point = ord(mark)
    if 0x1100 <= point <= 0x115F or 0xA960 <= point <= 0xA97C:
        return "L"
    if 0x1160 <= point <= 0x11A7 or 0xD7B0 <= point <= 0xD7C6:
        return "V"
    if 0x11A8 <= point <= 0x11FF or 0xD7CB <= point <= 0xD7FB:
        return "T"
    if 0xAC00 <= point <= 0xD7A3:
        return "LV" if (point - 0xAC00) % 28 == 0 else "LVT"
    return ""


def _hangul_joins(before: str, after: str) -> bool:
    if before == "L":
        return after in {"L", "V", "LV", "LVT"}
    if before in {"V", "LV"}:
        return after in {"V", "T"}
    return before in {"T", "LVT"} and after == "T"


def _is_emoji(cluster: str) -> bool:
    if _KEYCAP in cluster or (len(cluster) == 2 and all(map(_is_flag, cluster))):
        return True
    return _PICTURES.match(cluster) is not None and (len(cluster) > 1 or ord(cluster) >= 0x2000)


def _x_weight(cluster: str) -> int:
    if not _is_emoji(cluster):
        return sum(_weight(mark) for mark in cluster)
    strangers = [mark for mark in cluster if unicodedata.combining(mark)]
    return 200 + sum(_weight(mark) for mark in strangers)


def _weight(mark: str) -> int:
    return 100 if any(low <= ord(mark) <= high for low, high in _LIGHT) else 200


def _without(text: str, spans: list[tuple[int, int]]) -> Iterator[str]:
    start = 0
    for low, high in spans:
        yield text[start:low]
        start = high
    yield text[start:]
