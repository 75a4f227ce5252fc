"""Find the web addresses in a text as X finds them (twitter-text, conformance cases of `extract.yml`)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_SPACES = r"\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVALID = r"\ufffe\ufeff\uffff"
_DIRECTIONS = r"\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_PUNCTUATION = r"!'#%&()*+,\\/:;<=>?@\[\]^{|}~$"  # without ".", "-" and "_", which may stand inside of a host
_LATIN = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    r"\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_RUN = re.compile(rf"[^{_PUNCTUATION}{_SPACES}{_INVALID}{_DIRECTIONS}]+")
_SUBDOMAIN = re.compile(r"[^._-](?:[^.]*[^._-])?")
_NAME = re.compile(r"[^._-](?:[^._]*[^._-])?")
_PLAIN_LABELS = re.compile(rf"(?:[-a-z0-9{_LATIN}]+\.)+", re.IGNORECASE)
_NO_START = re.compile(rf"[A-Za-z0-9@＠$#＃{_INVALID}]")
_PART_OF_MORE = frozenset("-_./")
_SCHEME = re.compile(r"https?://\Z", re.IGNORECASE)
_LETTERS = re.compile(r"[A-Za-z]+|xn--[-0-9a-z]+", re.IGNORECASE)
_LONGER_WORD = re.compile(r"[0-9A-Za-z@+-]")
_C = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
_BALANCED = rf"\((?:{_C}+|{_C}*\({_C}+\){_C}*)\)"
_END = rf"(?:[+\-a-z\u0400-\u04ff0-9=_#/{_LATIN}]|{_BALANCED})"
_PATH = rf"/(?:(?:{_C}*(?:{_BALANCED}{_C}*)*{_END})|(?:@{_C}+/))*"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
_TAIL = re.compile(rf"(?::[0-9]+)?(?P<path>{_PATH})?(?:{_QUERY})?", re.IGNORECASE)
_SHORTENED = re.compile(rf"https?://t\.co/([a-z0-9]+)(?:{_QUERY})?", re.IGNORECASE)
_FOR_TRIALS = frozenset({"example"})  # RFC 2606; X does not know it, and nobody owns it
_LONGEST_SLUG = 40
_LONGEST_HOST = 300
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """A web address and where it stands, in characters."""

    url: str
    start: int
    end: int


def find_urls(text: str) -> list[FoundUrl]:
    """Return the addresses that X would shorten and count 23 each, in order; those without a scheme too."""
    found: list[FoundUrl] = []
    if "." in text:
        start, taken = 0, 0
        while (run := _RUN.search(text, start)) is not None:
            start, taken = _urls_of_run(text, run, taken, found)
    return found


def _urls_of_run(text: str, run: re.Match[str], taken: int, found: list[FoundUrl]) -> tuple[int, int]:
    """Add the addresses whose host stands in a run; return where to go on, and up to where addresses reach.

    What comes before an address has to be a sign that is no part of the one before.
    """
    dots = [at for at in range(run.start(), run.end()) if text[at] == "." and _top_level_end(text, at + 1)]
    position = run.start()
    while position < run.end():
        if not dots or dots[-1] <= position:
            return run.end(), taken
        scheme = _SCHEME.search(text, max(0, position - 8), position)
        before = scheme.start() if scheme else position
        can_start = before == 0 or (before > taken and not _NO_START.match(text[before - 1]))
        end = _host_end(text, position, dots) if can_start else None
        if end is None:
            position += 1
            continue
        tail = _TAIL.match(text, end)
        stop = tail.end() if tail else end
        if scheme:
            found += _with_scheme(text, scheme.start(), end, stop)
        elif position == 0 or text[position - 1] not in _PART_OF_MORE:
            found += _without_scheme(text, (position, end), stop, has_path=bool(tail and tail["path"]))
        position = taken = stop
        if stop > end:
            break
    return max(position, run.start() + 1), taken


def _with_scheme(text: str, start: int, host_end: int, stop: int) -> Iterator[FoundUrl]:
    url = text[start:stop]
    host = text[text.index("//", start) + 2 : host_end]
    if not _is_host(host) or len(url) > _LONGEST:
        return
    if shortened := _SHORTENED.match(url):
        url = shortened[0] if len(shortened[1]) <= _LONGEST_SLUG else ""
    if url:
        yield FoundUrl(url, start, start + len(url))


def _without_scheme(text: str, host: tuple[int, int], stop: int, *, has_path: bool) -> Iterator[FoundUrl]:
    """Yield the hosts in Latin letters, each; the last one with what follows it."""
    start, end = host
    if not _is_host(text[start:end]):
        return
    spans: list[tuple[int, int]] = []
    while labels := _PLAIN_LABELS.search(text, start, end):
        dots = [at for at in range(labels.start(), labels.end()) if text[at] == "."]
        ends = (found for at in reversed(dots) if (found := _top_level_end(text, at + 1)))
        start = next(ends, 0)
        if start:
            spans.append((labels.start(), start))
        start = start or labels.end()
    for low, high in spans:
        until = stop if has_path and (low, high) == spans[-1] and high == end else high
        yield FoundUrl(text[low:until], low, until)


def _host_end(text: str, start: int, dots: list[int]) -> int | None:
    """Return where the longest host that begins at `start` ends."""
    for dot in reversed(dots):
        if start < dot <= start + _LONGEST_HOST:
            labels = text[start:dot].split(".")
            if _NAME.fullmatch(labels[-1]) and all(_SUBDOMAIN.fullmatch(label) for label in labels[:-1]):
                return _top_level_end(text, dot + 1)
    return None


def _top_level_end(text: str, start: int) -> int | None:
    """Return where the top-level domain at `start` ends, unless it is the beginning of a longer word."""
    word = _LETTERS.match(text, start)
    if word:
        is_known = word[0].lower() in _top_level_domains() or word[0].lower().startswith("xn--")
        end = word.end() if is_known else None
    else:
        longest = min(len(text), start + 12)
        ends = (end for end in range(longest, start, -1) if text[start:end] in _top_level_domains())
        end = next(ends, None)
    return None if end is None or (end < len(text) and _LONGER_WORD.match(text[end])) else end


def _is_host(host: str) -> bool:
    """Whether each label may be up to 63 characters in Punycode, and "xn--" stands only before plain ones."""
    if host.lower().startswith("xn--") and not _PLAIN_LABELS.match(host):
        return False
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


@cache
def _top_level_domains() -> frozenset[str]:
    """Return what the rules of the public suffix list (publicsuffix.org, its part on ICANN's domains) end with."""
    rules = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    lines = rules.partition("===END ICANN DOMAINS===")[0].splitlines()
    return frozenset(line.rpartition(".")[2] for line in lines if line and not line.startswith("//")) | _FOR_TRIALS
