"""What an officer proposes, as staff are asked about it and as the officer is told of the answer."""

from dataclasses import dataclass
from datetime import datetime

from sharebot.values.status import ProposalKind, ProposalStatus


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer may propose; `item` is the content whose words these are in another language."""

    title: str
    text: str
    url: str | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """One proposal, for staff who read `reader`'s language.

    `language` is that of its words; `item_title` names what a translation is of. `decided_by` is who decided;
    `is_to_approve` says that an approval ended with it, since it did not cover the new words.
    """

    number: int
    reader: str
    kind: ProposalKind
    status: ProposalStatus
    party: str
    language: str
    title: str
    text: str
    url: str | None
    item_title: str | None
    content_id: int | None
    created_at: datetime
    decided_by: str | None = None
    is_to_approve: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an officer's proposal, in the `reader`'s language."""

    reader: str
    kind: ProposalKind
    is_accepted: bool
    organisation: str
    title: str
    language: str
    item_title: str | None = None
    high_risk: bool = False
