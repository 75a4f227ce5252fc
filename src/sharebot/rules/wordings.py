"""What a party posts: which of several texts it gets, and how it is made to fit."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from sharebot.rules.lengths import cut
from sharebot.values.cards import PostText

MOST_WORDINGS = 20
LONGEST_WORDING = 2000
ALIKE = 0.8  # a share of common letter triples from which readers take two texts for the same


@dataclass(frozen=True, slots=True)
class Poster:
    """A party that is to post a language version; parties of one `country` meet each other's posts."""

    member_id: int
    country: str


def deal(
    posters: Sequence[Poster], wordings: Sequence[int], *, dealt: Mapping[tuple[str, int], int] | None = None
) -> dict[int, int]:
    """Return which wording each party posts, by member: the one least used in its country, then least used at all.

    So no two parties of a country get the same while there are enough, and none is used more than once oftener
    than another there. `dealt` counts what parties have already, by country and wording. The same input gives
    the same result, whatever the order of the parties.
    """
    if not wordings:
        return {}
    used = Counter(dealt or {})
    overall = Counter[int]()
    for (_, wording), times in used.items():
        overall[wording] += times
    result: dict[int, int] = {}
    for poster in sorted(posters, key=lambda one: (one.country, one.member_id)):
        places = range(len(wordings))
        best = min(places, key=lambda at: (used[poster.country, wordings[at]], overall[wordings[at]], at))
        chosen = wordings[best]
        used[poster.country, chosen] += 1
        overall[chosen] += 1
        result[poster.member_id] = chosen
    return result


def compose_post(post: PostText, *, fits: Callable[[str], bool]) -> str:
    """Return the text without the link, as long as it `fits`.

    First the line goes, then the hashtags from the last on, then words are cut. The first hashtag stays; the text is
    empty when not even that fits.
    """
    bare = post
    for bare in post.shorter():
        if fits(bare.text):
            return bare.text

    def overflow(words: str) -> int:
        return 0 if fits(replace(bare, words=words).text) else 1

    shorter = replace(bare, words=cut(bare.words, 0, measure=overflow)).text
    return shorter if fits(shorter) else ""


def split_wordings(text: str) -> list[str]:
    """Return the paragraphs of a form's text, each a wording; empty lines stand between them. Each counts once."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    blocks = [block.strip() for block in "\n".join(lines).split("\n\n")]
    return list(dict.fromkeys(block for block in blocks if block))


def find_alike(texts: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of texts, by their places, that readers would take for the same.

    Two texts are alike when they share at least 80 % of their letter triples (Dice's measure), cases, accents
    and punctuation apart.
    """
    triples = [_triples(text) for text in texts]
    pairs = combinations(range(len(texts)), 2)
    return [(one, other) for one, other in pairs if _dice(triples[one], triples[other]) >= ALIKE]


def _triples(text: str) -> frozenset[str]:
    letters = unicodedata.normalize("NFKD", text).casefold()
    words = " ".join("".join(mark if mark.isalnum() else " " for mark in _without_accents(letters)).split())
    return frozenset(words[at : at + 3] for at in range(max(1, len(words) - 2)))


def _without_accents(text: str) -> str:
    return "".join(mark for mark in text if not unicodedata.combining(mark))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
