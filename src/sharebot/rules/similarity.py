"""Tell whether a text is one of ours, nearly word for word; the thresholds' reasons are in docs/attribution.md."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MOST_OF_POST = 20_000  # characters that are read of a post
MOST_OF_OURS = 2_000
REPRINT = 0.6  # of our text's pieces, found in the post
EXCERPT = 0.75  # of the post's pieces, found in our text
PASSAGE = 20  # pieces of ours in a row, in a long text of other things
LEAST_PIECES = 6  # a shorter text of ours is anybody's phrase
LEAST_OF_EXCERPT = 12
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/\S*")
_NAME = re.compile(r"@[\w.@-]+")
_POINTS = re.compile(r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")  # kana and Han: a sign is nearly a word
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # Thai, Lao, Burmese, Khmer
_WORDS_WIDTH, _DENSE_WIDTH, _UNSPACED_WIDTH = 3, 4, 9

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Likeness(Generic[Key]):
    """Which of our texts a post is like, and which share of the shorter one's pieces they have in common."""

    key: Key
    share: float


@dataclass(slots=True)
class Library(Generic[Key]):
    """Our texts under their keys, taken apart at the first question, so that a post meets only those it resembles."""

    texts: Sequence[tuple[Key, str]]
    _books: list[tuple[int, ...]] = field(default_factory=list)
    _shelves: dict[int, list[int]] = field(default_factory=dict)

    def find(self, text: str) -> Likeness[Key] | None:
        """Return the text of ours that `text` repeats, reprints or is an excerpt of; None when there is none."""
        pieces = take_apart(text, most=MOST_OF_POST) if self.texts else ()
        if len(pieces) < LEAST_PIECES:
            return None
        if not self._books:
            self._fill()
        post = frozenset(pieces)
        common = Counter(number for piece in post for number in self._shelves.get(piece, ()))
        likely = [(self._share(number, n, post), number) for number, n in common.items()]
        best = max(likely, key=lambda one: (one[0], -one[1]), default=(0.0, 0))
        return Likeness(self.texts[best[1]][0], best[0]) if best[0] else None

    def _fill(self) -> None:
        for number, (_, text) in enumerate(self.texts):
            pieces = take_apart(text, most=MOST_OF_OURS)
            self._books.append(pieces)
            if len(pieces) >= LEAST_PIECES:
                for piece in set(pieces):
                    self._shelves.setdefault(piece, []).append(number)

    def _share(self, number: int, common: int, post: frozenset[int]) -> float:
        ours = self._books[number]
        is_excerpt = len(post) >= LEAST_OF_EXCERPT and common >= EXCERPT * len(post)
        if common >= REPRINT * len(ours) or is_excerpt or (common >= PASSAGE and _longest_run(ours, post) >= PASSAGE):
            return min(1.0, common / min(len(ours), len(post)))
        return 0.0


def _longest_run(ours: Sequence[int], post: frozenset[int]) -> int:
    longest = run = 0
    for piece in ours:
        run = run + 1 if piece in post else 0
        longest = max(longest, run)
    return longest


def take_apart(text: str, *, most: int) -> tuple[int, ...]:
    """Return, in their order, the pieces of the first `most` characters.

    A piece is three words, or some letters where words have no gaps. Case, forms of letters, vowel points, links,
    names, marks and emoji make no difference. The numbers hold within one process only.
    """
    plain = _plain(text[:most])
    dense, unspaced = len(_DENSE.findall(plain)), len(_UNSPACED.findall(plain))
    letters = len(plain) - plain.count(" ")
    if 2 * (dense + unspaced) < letters:
        return _runs(plain.split(), _WORDS_WIDTH)
    return _runs(plain.replace(" ", ""), _DENSE_WIDTH if dense >= unspaced else _UNSPACED_WIDTH)


def _plain(text: str) -> str:
    bare = _NAME.sub(" ", _ADDRESS.sub(" ", text))
    folded = _POINTS.sub("", unicodedata.normalize("NFKC", bare).casefold())
    return " ".join("".join(_kept(folded)).split())


def _kept(text: str) -> Iterable[str]:
    for mark in text:
        kind = unicodedata.category(mark)
        if kind[0] in "LMN":
            yield mark
        elif kind != "Cf" and mark not in "'\u2019":
            yield " "


def _runs(tokens: Sequence[str], width: int) -> tuple[int, ...]:
    return tuple(hash(tuple(tokens[at : at + width])) for at in range(len(tokens) - width + 1))
