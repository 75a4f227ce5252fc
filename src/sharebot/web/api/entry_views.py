"""Entries and plans as other programs see them: by party, never by officer."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel
from sqlmodel import Session

from sharebot.rules.audience import Audience
from sharebot.rules.planning import Recipient
from sharebot.store.api_views import EntryRow
from sharebot.store.contents import content_hash
from sharebot.store.members import list_members
from sharebot.values.status import AnswerKind, DeliveryStatus, EntryStatus, Priority
from sharebot.web.api.entry_terms import Decided
from sharebot.web.api.types import ClockText


class AudienceView(BaseModel):
    """Conditions that a party must all meet."""

    regions: list[str]
    countries: list[str]
    languages: list[str]
    kinds: list[str]
    members: list[str]


class EntryView(BaseModel):
    """An entry of the queue; `deliveries` and `answers` count its items. `note` says why it was returned."""

    id: int
    content_id: int
    wave: int
    status: EntryStatus
    audience: AudienceView
    send_at: datetime | None
    send_on: date | None
    send_local: ClockText | None
    urgent: bool
    priority: Priority
    release_at: datetime
    expires_at: datetime
    share_from: datetime | None
    released_at: datetime | None
    note: str | None
    deliveries: dict[DeliveryStatus, int]
    answers: dict[AnswerKind, int]
    approval_hash: str | None = None


class PlannedParty(BaseModel):
    """A party that would get it: how many messages in which languages, the first of them when, how many in a digest."""

    member: str
    name: str
    messages: int
    languages: dict[str, int]
    due_at: datetime
    in_digest: int


class LeftOutParty(BaseModel):
    """A party that would get nothing, or `officers` of it who would not, and why."""

    member: str
    name: str
    reason: str
    officers: int


class PlanView(BaseModel):
    """What a sending would be; `hash` is the content's, to be named when it is proposed or approved."""

    messages: int
    recipients: list[PlannedParty]
    left_out: list[LeftOutParty]
    expires_at: datetime
    hash: str


def view_entry(row: EntryRow) -> EntryView:
    """Return an entry; without its approval hash, which needs its content."""
    entry, audience = row.entry, Audience.from_json(row.entry.audience)
    return EntryView(
        id=entry.id or 0,
        content_id=entry.content_id,
        wave=entry.wave,
        status=entry.status,
        audience=AudienceView(
            regions=sorted(audience.regions),
            countries=sorted(audience.countries),
            languages=sorted(audience.languages),
            kinds=sorted(audience.kinds),
            members=sorted(audience.members),
        ),
        send_at=entry.send_at,
        send_on=entry.send_on,
        send_local=f"{entry.send_local:%H:%M}" if entry.send_local else None,
        urgent=entry.urgent,
        priority=entry.priority,
        release_at=entry.release_at,
        expires_at=entry.expires_at,
        share_from=entry.share_from,
        released_at=entry.released_at,
        note=entry.note if entry.status is EntryStatus.RETURNED else None,
        deliveries=dict(row.deliveries),
        answers=dict(row.answers),
    )


def view_plan(session: Session, decided: Decided, *, region: str | None) -> PlanView:
    """Return a plan by party; whoever works for one region sees its parties alone."""
    seen = {one.code for one in list_members(session) if region is None or one.region == region}
    parties: dict[str, list[Recipient]] = defaultdict(list)
    for one in decided.plan.recipients:
        if one.member_code in seen:
            parties[one.member_code].append(one)
    left_out = [
        LeftOutParty(member=one.member_code, name=one.member_name, reason=one.reason, officers=one.officers)
        for one in decided.plan.left_out
        if one.member_code in seen
    ]
    return PlanView(
        messages=sum(map(len, parties.values())),
        recipients=[_party(code, parties[code]) for code in sorted(parties)],
        left_out=left_out,
        expires_at=decided.terms.expires_at,
        hash=content_hash(session, decided.content_id),
    )


def _party(code: str, recipients: Sequence[Recipient]) -> PlannedParty:
    return PlannedParty(
        member=code,
        name=recipients[0].member_name,
        messages=len(recipients),
        languages=dict(sorted(Counter(one.variant_language for one in recipients).items())),
        due_at=min(one.due_at for one in recipients),
        in_digest=sum(one.held is not None for one in recipients),
    )
