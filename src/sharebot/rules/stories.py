"""Which drafts look like one story in several languages; rather none than a wrong one.

Two drafts are compared when they share no language, are of one kind and were published within three days. What
they have in common counts in points (`find_evidence`), and `ENOUGH` points make a pair. The last part of a link,
its number or a video's id alone are enough: sites give them to one story. A picture or a length alone is not, nor
are names: two stories of one day often share a photo and a country. Where a draft has two such partners of one
language that score alike, none of them is suggested.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import combinations

from sharebot.rules.story_traits import Piece, Traits, read

__all__ = ["Evidence", "Piece", "Story", "find_evidence", "suggest"]
ENOUGH = 4.0
APART = timedelta(hours=72)
CLEARLY_BETTER = 1.5  # points by which the best of two partners of one language has to lead
_SOON, _SAME_DAY = timedelta(hours=2), timedelta(hours=24)
_LENGTH_DIFFERS_S = 1
_COGNATE = 5  # letters that two words begin with alike


class Evidence(StrEnum):
    """What two drafts have in common."""

    LINK = "link"
    VIDEO = "video"
    PICTURE = "picture"
    LENGTH = "length"
    NAMES = "names"
    NUMBERS = "numbers"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Story:
    """Drafts that look like one story, the oldest first, and why; `score` is that of its weakest link."""

    ids: tuple[int, ...]
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    one: int
    other: int
    score: float
    evidence: tuple[Evidence, ...]


def suggest(pieces: Sequence[Piece]) -> list[Story]:
    """Return the stories that drafts look like, the surest first; a draft is in one of them at most."""
    traits = {piece.id: read(piece) for piece in pieces}
    worn = _worn_pictures(traits.values())
    found = (_compare(traits[one], traits[other], worn) for one, other in _candidates(traits.values()))
    pairs = [pair for pair in found if pair is not None]
    return sorted(_together(traits, _only_clear(traits, pairs)), key=lambda story: (-story.score, story.ids))


def find_evidence(one: Piece, other: Piece) -> dict[Evidence, float]:
    """Return the points of what two drafts have in common; empty where they cannot be one story."""
    return _points(read(one), read(other), frozenset())


def _compare(one: Traits, other: Traits, worn: Collection[str]) -> _Pair | None:
    points = _points(one, other, worn)
    score = sum(points.values())
    if score < ENOUGH:
        return None
    first, second = sorted((one.piece.id, other.piece.id))
    return _Pair(first, second, score, tuple(points))


def _points(one: Traits, other: Traits, worn: Collection[str]) -> dict[Evidence, float]:
    apart = _apart(one.piece, other.piece)
    if apart is None or one.piece.kind is not other.piece.kind or one.piece.languages & other.piece.languages:
        return {}
    found = {
        Evidence.LINK: 4.0 if one.stems & other.stems else 0.0,
        Evidence.VIDEO: 4.0 if one.videos & other.videos else 0.0,
        Evidence.PICTURE: 2.0 if (one.pictures & other.pictures).difference(worn) else 0.0,
        Evidence.LENGTH: 2.0 if _are_as_long(one, other) else 0.0,
        Evidence.NAMES: _shared_names(one, other),
        Evidence.NUMBERS: _shared_numbers(one, other),
    }
    found = {what: points for what, points in found.items() if points}
    if found:
        found |= {Evidence.TIME: 1.0} if apart <= _SOON else {Evidence.TIME: 0.5} if apart <= _SAME_DAY else {}
    return found


def _apart(one: Piece, other: Piece) -> timedelta | None:
    """Return how long after each other they were published; None when that is too long, or not known."""
    if one.published_at is None or other.published_at is None:
        return None
    apart = abs(one.published_at - other.published_at)
    return apart if apart <= APART else None


def _are_as_long(one: Traits, other: Traits) -> bool:
    return any(abs(here - there) <= _LENGTH_DIFFERS_S for here in one.lengths for there in other.lengths)


def _shared_names(one: Traits, other: Traits) -> float:
    """Give a point for each name in both titles, half a one for words that begin alike; three at most."""
    names = one.names & other.names
    alike = sum(1 for word in (one.words - names) if any(_are_cognates(word, there) for there in (other.words - names)))
    return min(len(names) + min(alike / 2, 1.5), 3.0)


def _are_cognates(one: str, other: str) -> bool:
    if one == other:
        return True
    most = max(len(one), len(other))
    alike = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return alike >= max(_COGNATE, round(most * 0.6))


def _shared_numbers(one: Traits, other: Traits) -> float:
    """Give a point for each number in both titles, two at most; numbers that differ speak against it."""
    shared = one.numbers & other.numbers
    if one.numbers - shared and other.numbers - shared:
        return -3.0
    return min(float(len(shared)), 2.0)


def _worn_pictures(traits: Collection[Traits]) -> frozenset[str]:
    """Return the pictures that two drafts of one language show: they say nothing of a story."""
    shown: dict[str, list[str]] = defaultdict(list)
    for one in traits:
        for picture in one.pictures:
            shown[picture] += one.piece.languages
    return frozenset(picture for picture, spoken in shown.items() if len(set(spoken)) < len(spoken))


def _candidates(traits: Collection[Traits]) -> set[tuple[int, int]]:
    """Return the pairs that have anything in common that is needed for enough points."""
    holders: dict[str, list[int]] = defaultdict(list)
    for one in traits:
        for key in one.keys:
            holders[key].append(one.piece.id)
    return {pair for ids in holders.values() for pair in combinations(sorted(ids), 2)}


def _only_clear(traits: dict[int, Traits], pairs: Sequence[_Pair]) -> list[_Pair]:
    """Drop the pairs of a draft that has another partner of the same language which is about as good, or better."""
    of: dict[int, list[_Pair]] = defaultdict(list)
    for pair in pairs:
        of[pair.one].append(pair)
        of[pair.other].append(pair)

    def is_clear(pair: _Pair, draft: int) -> bool:
        partner = pair.other if pair.one == draft else pair.one
        spoken = traits[partner].piece.languages
        rivals = (one for one in of[draft] if one is not pair)
        return all(
            pair.score - one.score >= CLEARLY_BETTER
            for one in rivals
            if traits[one.other if one.one == draft else one.one].piece.languages & spoken
        )

    return [pair for pair in pairs if is_clear(pair, pair.one) and is_clear(pair, pair.other)]


def _together(traits: dict[int, Traits], pairs: Sequence[_Pair]) -> Iterator[Story]:
    """Join pairs, the surest first, as long as no language comes twice and all lie within three days."""
    groups: dict[int, list[int]] = {}
    links: dict[int, list[_Pair]] = {}
    for pair in sorted(pairs, key=lambda one: (-one.score, one.one, one.other)):
        here, there = groups.get(pair.one, [pair.one]), groups.get(pair.other, [pair.other])
        if here is not there and not _fit(traits, [*here, *there]):
            continue
        joined = here if here is there else [*here, *there]
        because = [*links.get(pair.one, []), *([] if here is there else links.get(pair.other, [])), pair]
        for draft in joined:
            groups[draft], links[draft] = joined, because
    for first in sorted(groups):
        if first == min(groups[first]):
            because = links[first]
            evidence = tuple(what for what in Evidence if any(what in pair.evidence for pair in because))
            yield Story(tuple(sorted(groups[first])), min(pair.score for pair in because), evidence)


def _fit(traits: dict[int, Traits], drafts: Sequence[int]) -> bool:
    pieces = [traits[draft].piece for draft in drafts]
    spoken = [language for piece in pieces for language in piece.languages]
    times = [piece.published_at for piece in pieces if piece.published_at]
    return len(set(spoken)) == len(spoken) and max(times) - min(times) <= APART
