"""What a post's text names, where the network does not say: addresses, hashtags, names."""

import re
import unicodedata
from collections.abc import Iterator

from sharebot.values.posts import Post

MOST = 20_000  # characters that are read of a post
_GAPS = re.compile(r"[\s<>\"`|\u00ab\u00bb\u201c-\u201f\u3000-\u3002\u3008-\u3011\uff08\uff09\uff0c\u060c\u061b]+")
_PLAIN = re.compile(r"[!-~]+")
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_BROKEN = re.compile(r"(https?://[!-~]{1,300}|www\.[!-~]{1,300})\r?\n([!-~]{1,300})", re.IGNORECASE)
_OPENINGS = "([{'*_-:>~"
_SCRIPTS = ("javascript:", "vbscript:", "data:", "view-source:")
_HASH = re.compile("# ?")
_LONGEST_TAG = 100
_ACCENTS = re.compile("[\u0300-\u036f\u0640\u064b-\u065f\u0670\u200c_]")
_ARABIC = str.maketrans("\u0629\u0649\u06cc\u06a9", "\u0647\u064a\u064a\u0643")
_AT = re.compile(r"(?<![\w.@/])@([\w.-]+(?:@[\w.-]+)?)")


def find_addresses(text: str) -> Iterator[str]:
    """Yield what may be web addresses in `text`, with or without scheme; marks around them may be left.

    One that a mail program broke over two lines is put together again, besides.
    """
    for token in _GAPS.split(text[:MOST]):
        if "." not in token:
            continue
        found = _SCHEME.search(token)
        if found and _may_precede(token[: found.start()]):
            yield token[found.start() :]
        for run in _PLAIN.findall(token):
            yield from _of_run(run.lstrip(_OPENINGS))
    for broken in _BROKEN.finditer(text[:MOST]):
        yield from _of_run(broken[1] + broken[2])


def _of_run(run: str) -> Iterator[str]:
    found = _SCHEME.search(run)
    if found and _may_precede(run[: found.start()]):
        yield run[found.start() :]
    elif found is None and "." in run.partition("/")[0] and "/" in run:
        yield f"https://{run}"


def _may_precede(words: str) -> bool:
    """Whether what stands right before an address is a word of the sentence, not a part of another address."""
    return not words.lower().endswith(_SCRIPTS) and not any(mark in words for mark in "./=&?%@\\")


def list_hashtags(post: Post) -> list[str]:
    """Return the hashtags of a post as `fold_tag` writes them, each once; those in its text too."""
    text = unicodedata.normalize("NFKC", post.text[:MOST])
    return list(dict.fromkeys(folded for tag in (*post.hashtags, *_tags_in(text)) if (folded := fold_tag(tag))))


def fold_tag(tag: str) -> str:
    """Return one form for the ways in which people type a hashtag: case, accents, underscores, Arabic endings.

    Letters of another script that only look alike stay different.
    """
    spread = unicodedata.normalize("NFKD", tag.removeprefix("#")).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", spread).translate(_ARABIC))


def _tags_in(text: str) -> Iterator[str]:
    for found in _HASH.finditer(text):
        start = end = found.end()
        while end < len(text) and end - start < _LONGEST_TAG and _is_of_tag(text[end]):
            end += 1
        yield text[start:end]


def _is_of_tag(mark: str) -> bool:
    return mark in {"_", "\u200c"} or unicodedata.category(mark)[0] in "LMN"


def list_names(post: Post) -> list[str]:
    """Return whom a post mentions: handles without "@", or the network's ids, in lower case; those in its text too."""
    text = unicodedata.normalize("NFKC", post.text[:MOST])
    in_text = (name.rstrip(".-") for name in _AT.findall(text))
    return list(dict.fromkeys(name.removeprefix("@").lower() for name in (*post.mentions, *in_text) if name))
