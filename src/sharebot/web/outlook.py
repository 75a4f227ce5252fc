"""A plan as a page shows it: by party, and the left-out ones by reason."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from sharebot.rules.planning import Plan


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party that gets it: its officers by the language of what they get, and when."""

    name: str
    languages: tuple[tuple[str, int], ...]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outlook:
    """Who would get it and who would not."""

    officers: int
    parties: tuple[PartyLine, ...]
    languages: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def left_out_count(self) -> int:
        """How many parties get nothing."""
        return sum(len(names) for _reason, names in self.left_out)


def arrange(plan: Plan) -> Outlook:
    """Group a plan for reading."""
    spoken: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    due: dict[str, datetime] = {}
    for one in plan.recipients:
        spoken[one.member_code][one.variant_language] += 1
        names[one.member_code] = one.member_name
        due[one.member_code] = min(one.due_at, due.get(one.member_code, one.due_at))
    left_out: dict[str, list[str]] = defaultdict(list)
    for missing in plan.left_out:
        left_out[missing.reason].append(missing.member_name)
    parties = [PartyLine(names[code], _ranked(spoken[code]), due[code]) for code in names]
    return Outlook(
        len(plan.recipients),
        tuple(sorted(parties, key=lambda line: line.name.casefold())),
        _ranked(Counter(one.variant_language for one in plan.recipients)),
        tuple((reason, tuple(sorted(parties))) for reason, parties in sorted(left_out.items())),
    )


def _ranked(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
