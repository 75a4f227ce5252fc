"""The figures of one period, as the database holds them; levels of evidence are never added up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sharebot.values.status import (
    AnswerKind,
    ClickOutcome,
    ContentKind,
    DeliveryStatus,
    Evidence,
    Network,
)
from sharebot.values.tracking import Unobservable

Levels = Mapping[Evidence, int]


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """One member. `received` counts items sent, `shared` distinct contents, `first_after_s` the quickest share.

    `unobservable` says why nothing of it can be seen now, where it is not `observable`.
    """

    code: str
    name: str
    region: str
    language: str
    received: int
    observable: bool
    levels: Levels
    shared: int
    clicks: int
    declined: int
    first_after_s: int | None = None
    unobservable: Unobservable | None = None


@dataclass(frozen=True, slots=True)
class ContentFigures:
    """One content that was sent or shared in the period; `titles` by language."""

    content_id: int
    titles: Mapping[str, str]
    kind: ContentKind
    sent: int
    levels: Levels
    parties: int
    clicks: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a weekly report says."""

    period: str
    starts_at: datetime
    ends_at: datetime
    parties: tuple[PartyFigures, ...]
    contents: tuple[ContentFigures, ...]
    deliveries: Mapping[DeliveryStatus, int]
    answers: Mapping[AnswerKind, int]
    networks: Mapping[Network | None, Levels]
    languages: Mapping[str, Levels]
    clicks_by_day: Mapping[date, int]
    discarded: Mapping[ClickOutcome, int] = field(default_factory=dict)
    queued_next: int = 0

    @property
    def levels(self) -> Levels:
        """All reshares of the period by evidence."""
        return {level: sum(party.levels.get(level, 0) for party in self.parties) for level in Evidence}

    @property
    def amplifiers(self) -> tuple[PartyFigures, ...]:
        """Parties with at least one reshare, the best proven first."""
        shared = [party for party in self.parties if sum(party.levels.values())]
        return tuple(sorted(shared, key=lambda party: (*_rank(party.levels), -party.clicks, party.code)))

    @property
    def clicks(self) -> int:
        """Clicks of people."""
        return sum(self.clicks_by_day.values())


def _rank(levels: Levels) -> tuple[int, ...]:
    return tuple(-levels.get(level, 0) for level in reversed(Evidence))
