"""Cut texts to what Telegram allows, which it counts in UTF-16 units after tags and escapes are read."""

import html
import re
from dataclasses import replace

from sharebot.values.cards import PostText

CAPTION_LIMIT = 1024
MESSAGE_LIMIT = 4096
COPY_LIMIT = 256
_TAG = re.compile(r"</?[a-z]+>")  # what our own texts hold; anything else is escaped


def units(text: str) -> int:
    """Return the number of UTF-16 units."""
    return len(text.encode("utf-16-le", "replace")) // 2


def shown_units(markup: str) -> int:
    """Return the number of units that a reader is shown of a message's HTML."""
    return units(shown_text(markup))


def shown_text(markup: str) -> str:
    """Return what a reader is shown of a message's HTML, without its tags."""
    return html.unescape(_TAG.sub("", markup))


def shorten(text: str, limit: int) -> str:
    """Return the text in one line, at most `limit` units of it."""
    return cut(" ".join(text.split()), limit)


def cut(text: str, limit: int) -> str:
    """Return the text, or as much of it as fits in front of an ellipsis, to a word's end where there is one."""
    if units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "replace")[: max(0, 2 * (limit - 1))].decode("utf-16-le", errors="ignore")
    at_word = re.sub(r"\s\S*$", "", kept, count=1)
    kept = (at_word or kept).rstrip(" \n,;:–-…")
    return f"{kept}…" if kept else ""


def fit_post(post: PostText, limit: int) -> str:
    """Return what to post within `limit` units; the link and the first hashtag stay whole.

    The line goes first, then further hashtags, then words are cut.
    """
    bare = post
    for bare in post.shorter():
        if units(bare.whole) <= limit:
            return bare.whole
    rest = units(replace(bare, words="").whole) + 1
    return replace(bare, words=cut(bare.words, limit - rest)).whole
