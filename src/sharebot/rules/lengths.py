"""Lengths as each network counts them."""

import re
import unicodedata

TELEGRAM_TEXT, TELEGRAM_CAPTION, TELEGRAM_COPY = 4096, 1024, 256
X_LIMIT, BLUESKY_GRAPHEMES, THREADS_LIMIT, MASTODON_LIMIT = 280, 300, 500, 500
X_LINK = 23  # every address counts 23: twitter-text config v3, transformedURLLength
_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))  # weight 1, others 2
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[#*0-9]\ufe0f?\u20e3"
    "|[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?"
    "(?:\u200d[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?[\U0001f3fb-\U0001f3ff]?)*"
)


def telegram_length(text: str) -> int:
    """Count UTF-16 units (core.telegram.org/api/entities)."""
    return len(text.encode("utf-16-le")) // 2


def x_length(text: str) -> int:
    """Count as X does without links: NFC, an emoji is 2, letters of some scripts 2 (twitter-text v3)."""
    text, emoji = _EMOJI.subn("", unicodedata.normalize("NFC", text))
    return 2 * emoji + sum(1 if _is_light(ord(letter)) else 2 for letter in text)


def graphemes(text: str) -> list[str]:
    """Split into what a reader sees as one character; near enough to UAX 29 for cutting and counting."""
    found: list[str] = []
    for letter in text:
        joins = (
            unicodedata.combining(letter)
            or letter in "\u200d\ufe0f"
            or "\U0001f3fb" <= letter <= "\U0001f3ff"
        )
        joined = bool(found) and (
            joins or unicodedata.category(letter) in {"Mn", "Me", "Mc"} or found[-1][-1] == "\u200d"
        )
        flag = bool(found) and _is_flag(letter) and len(found[-1]) == 1 and _is_flag(found[-1])
        if joined or flag:
            found[-1] += letter
        else:
            found.append(letter)
    return found


def cut(text: str, limit: int) -> str:
    """Shorten to at most `limit` UTF-16 units at a word's end, with an ellipsis, never inside a character."""
    if telegram_length(text) <= limit:
        return text
    kept, size = [], 1
    for piece in graphemes(text):
        size += telegram_length(piece)
        if size > limit:
            break
        kept.append(piece)
    whole = "".join(kept)
    at_word = whole.rpartition(" ")[0]
    return (at_word if len(at_word) > len(whole) * 0.7 else whole).rstrip(" ,;:–-") + "…"


def _is_light(code: int) -> bool:
    return any(first <= code <= last for first, last in _LIGHT)


def _is_flag(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"
