"""A plan as a page shows it: by party, and the left-out ones by reason."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sharebot.rules.asks import Hold
from sharebot.rules.planning import LeftOut, Plan


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party that gets it: its officers by the language of what they get, and when.

    Of the officers `held` get it in a digest, and `other_topics` do not get it.
    """

    name: str
    languages: tuple[tuple[str, int], ...]
    due_at: datetime
    held: int = 0
    other_topics: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """Who would get it and who would not; `held` counts those who get it in a digest, by the reason."""

    officers: int
    parties: tuple[PartyLine, ...]
    languages: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...]
    held: tuple[tuple[Hold, int], ...] = ()
    other_topics: int = 0

    @property
    def held_count(self) -> int:
        """How many officers get it in a digest."""
        return sum(n for _reason, n in self.held)

    @property
    def left_out_count(self) -> int:
        """How many parties get nothing."""
        return sum(len(names) for _reason, names in self.left_out)


def arrange(plan: Plan, *, spared: Mapping[str, str] | None = None) -> Outlook:
    """Group a plan for reading; `spared` says, by code, why members are not meant that had it before."""
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    due: dict[str, datetime] = {}
    held = Counter(one.member_code for one in plan.recipients if one.held)
    off_topic = {one.member_code: one.officers for one in plan.left_out if one.reason == "topic"}
    for one in plan.recipients:
        spoken[one.member_code][one.variant_language] += 1
        names[one.member_code] = one.member_name
        due[one.member_code] = min(one.due_at, due.get(one.member_code, one.due_at))
    left_out: dict[str, list[str]] = defaultdict(list)
    for missing in plan.left_out:
        if missing.member_code not in names:
            left_out[reason_of(missing, spared or {})].append(missing.member_name)
    parties = [
        PartyLine(names[code], _ranked(spoken[code]), due[code], held[code], off_topic.get(code, 0)) for code in names
    ]
    return Outlook(
        len(plan.recipients),
        tuple(sorted(parties, key=lambda line: line.name.casefold())),
        _ranked(Counter(one.variant_language for one in plan.recipients)),
        tuple((reason, tuple(sorted(parties))) for reason, parties in sorted(left_out.items())),
        tuple(Counter(one.held for one in plan.recipients if one.held).most_common()),
        sum(off_topic.values()),
    )


def reason_of(missing: LeftOut, spared: Mapping[str, str]) -> str:
    """Return the word for why a member gets nothing."""
    return spared.get(missing.member_code, missing.reason) if missing.reason == "list" else missing.reason


def _ranked(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
