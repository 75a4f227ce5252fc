"""What a draft shows of its story: words, names and numbers of its titles, marks of its links, pictures and lengths."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, parse_qs, urlsplit

from sharebot.values.feeds import Media
from sharebot.values.page_urls import normalise_url
from sharebot.values.status import AssetKind, ContentKind


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SHORTEST_S = 90  # of a recording whose length says something; many short videos last a minute
_SIZE_OR_LANGUAGE = re.compile(r"([-_.](\d+x\d+|scaled|en|fr|es|pt|eng|fra|esp|small|large|thumb))+$")
_DATE_PIECE = re.compile(r"(19|20)\d\d|\d{1,2}")
_PLAIN_NAMES = _set(
    "image picture photo img cover banner header logo default thumbnail thumb hero featured maxresdefault hqdefault "
    "sddefault mqdefault default-image og-image social-card placeholder portada une affiche"
)
_YOUTUBE = ("youtube.com", "youtu.be", "youtube-nocookie.com", "ytimg.com")
_PLAIN_STEMS = _set(
    "index news home blog article articles actualites noticias video videos podcast watch events agenda press "
    "statement communique comunicado declaration editorial newsletter"
)
# Words that two languages write alike and that fit any story of a political network.
_PLAIN_WORDS = _set(
    "social sociale sociales national nacional nationale international internacional internationale general global "
    "local regional popular final total action nation public culture union justice crise crisis election elections "
    "video live podcast episode europe europa european alliance alianza party parti partido left president "
    "presidente declaration communique forum debate congress campaign campagne solution conference transition "
    "pour para dans avec contre contra with from that this after over entre sobre plus tous todos notre "
    "nuestra nuestro vous nous como leur"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A draft as far as it can be compared: all its languages, titles, links and files together."""

    id: int
    kind: ContentKind
    languages: frozenset[str]
    titles: tuple[str, ...]
    links: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of a piece; `keys` are what a partner has to share one of. Lengths are in seconds."""

    piece: Piece
    stems: frozenset[str]
    videos: frozenset[str]
    pictures: frozenset[str]
    lengths: tuple[int, ...]
    words: frozenset[str]  # in titles, without accents and case
    names: frozenset[str]  # those of them that are written like names
    numbers: frozenset[str]
    keys: frozenset[str]


def read(piece: Piece) -> Traits:
    """Return what is compared of a piece."""
    stems = frozenset(stem for link in piece.links for stem in _stems_of(link))
    addresses = (*piece.links, *(one.url for one in piece.media))
    videos = frozenset(video for address in addresses if (video := _video_of(address)))
    shown = (_name_of(one.url) for one in piece.media if one.kind is AssetKind.PICTURE)
    pictures = frozenset(name for name in shown if name)
    lengths = {one.duration_s for one in piece.media if one.duration_s and one.duration_s >= _SHORTEST_S}
    words = [found for title in piece.titles for found in _words_of(title)]
    names = frozenset(_plain(word) for word, is_name in words if is_name)
    numbers = frozenset(number for title in piece.titles for number in _numbers_of(title))
    near = {f"{second}s" for length in lengths for second in (length, length + 1)}
    keys = stems | videos | pictures | names | {f"#{number}" for number in numbers} | near
    plain = frozenset(_plain(word) for word, _ in words)
    return Traits(piece, stems, videos, pictures, tuple(sorted(lengths)), plain, names, numbers, keys)


def _stems_of(link: str) -> Iterator[str]:
    """Yield what names a story in its address: its last part, if that says something, and its number at its site."""
    parts = _split(link)
    host = (parts.hostname or "").removeprefix("www.")
    pieces = [piece for piece in parts.path.lower().split("/") if piece]
    last = _SIZE_OR_LANGUAGE.sub("", re.sub(r"\.(html?|php|aspx)$", "", pieces[-1])) if pieces else ""
    if len(last) >= 8 and last not in _PLAIN_STEMS and not last.isdigit() and not _is_youtube(host):
        yield f"/{last}"
    for number in re.findall(r"(?<![\d])\d{3,}(?![\d])", " ".join(pieces)):
        if not _DATE_PIECE.fullmatch(number) and not _is_youtube(host):
            yield f"{host}/{number}"
    for name in ("p", "id", "story", "article"):
        yield from (f"{host}?{name}={value}" for value in parse_qs(parts.query).get(name, []) if len(value) >= 2)


def _is_youtube(host: str) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in _YOUTUBE)


def _video_of(address: str) -> str | None:
    """Return YouTube's id of the video that a link or its preview picture belongs to."""
    parts = _split(address)
    pieces = parts.path.split("/")
    if _is_youtube(parts.hostname or "") and "vi" in pieces[:-1]:
        return f"youtube:{pieces[pieces.index('vi') + 1]}"
    plain = normalise_url(address) or ""
    return f"youtube:{plain.partition('?v=')[2]}" if plain.startswith("https://youtube.com/watch?v=") else None


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.hostname  # noqa: B018 - raises where it cannot be read
    except ValueError:
        return urlsplit("")
    return parts


def _name_of(address: str) -> str | None:
    """Return what names a picture: its file name without size, language and ending; None where that says nothing."""
    parts = _split(address)
    if _is_youtube(parts.hostname or ""):
        return None
    last = parts.path.rpartition("/")[2].lower()
    stem = _SIZE_OR_LANGUAGE.sub("", last.rpartition(".")[0] or last)
    if stem in _PLAIN_NAMES or re.fullmatch(r"[a-z]{1,9}", stem) or len(stem) < 6:
        return None
    return f"picture:{stem}"


def _words_of(title: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of a title that may say what it is about, and whether each is written like a name."""
    for word in re.findall(r"[^\W\d_]+(?!\d)", title):
        is_short_form = len(word) >= 2 and word.isupper()
        if (len(word) >= 4 or is_short_form) and _plain(word) not in _PLAIN_WORDS:
            yield word, word[0].isupper()


def _numbers_of(title: str) -> Iterator[str]:
    """Yield the numbers of a title but its years, and what is a number with its letters, as COP30 and S2E5."""
    for found in re.findall(r"(?<![^\W_])\d+(?:[.,\u00a0\u202f ]\d{3}(?!\d))*(?:[.,]\d+)?", title):
        number = re.sub(r"[\u00a0\u202f ]|[.,](?=\d{3}(?!\d))", "", found).replace(",", ".")
        if not re.fullmatch(r"(19|20)\d\d", number):
            yield number
    yield from (_plain(found) for found in re.findall(r"(?<![^\W_])[^\W\d_]+\d+\w*", title))


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
