"""Which members an entry is for."""

import json
from dataclasses import asdict, dataclass

from sharebot.values.status import MemberStatus

NOBODY = frozenset({""})  # members of an audience in which there is none: no code is empty


@dataclass(frozen=True, slots=True)
class Audience:
    """Conditions that a member must all meet; an empty one asks nothing."""

    regions: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()

    def to_json(self) -> str:
        """Write it with sorted words, so that equal audiences are equal texts."""
        return json.dumps({name: sorted(words) for name, words in asdict(self).items() if words})

    @classmethod
    def from_json(cls, text: str) -> "Audience":
        """Read what `to_json` wrote."""
        return cls(**{name: frozenset(words) for name, words in json.loads(text or "{}").items()})


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the choice needs to know of a member; `languages` are codes, best first."""

    code: str
    kind: str
    country: str
    region: str
    languages: tuple[str, ...]
    status: MemberStatus


def find_objection(member: Candidate, audience: Audience) -> str | None:
    """Say in one word why `member` is not in `audience`, or None when it is.

    The words: paused, left, kind, region, country, language, list.
    """
    if member.status is not MemberStatus.ACTIVE:
        return member.status.value
    checks = (
        ("kind", audience.kinds, {member.kind}),
        ("region", audience.regions, {member.region}),
        ("country", audience.countries, {member.country}),
        ("language", audience.languages, set(member.languages)),
        ("list", audience.members, {member.code}),
    )
    return next((word for word, wanted, has in checks if wanted and not wanted & has), None)


def is_within(audience: Audience, region: str | None) -> bool:
    """Whether an audience names no region but this one; None is whoever works for all."""
    return region is None or (bool(audience.regions) and audience.regions <= {region})


def meets_topics(chosen: frozenset[str], topics: frozenset[str]) -> bool:
    """Whether somebody who chose topics gets something on others; none chosen means all, none named fits all."""
    return not chosen or not topics or bool(chosen & topics)


def choose_language(
    offered: set[str], own: str, *, member: tuple[str, ...], fallback: tuple[str, ...] = (), last: str = "en"
) -> str | None:
    """Choose in which of the `offered` languages somebody gets an item; None when none is offered.

    Their own comes first, then the configured fallback of it, then their member's others, then `last`,
    then the first in alphabetical order, so that the choice never depends on chance.
    """
    wishes = (own, *fallback, *member, last, *sorted(offered))
    return next((language for language in wishes if language in offered), None)
