"""Where contents stand for staff: decided by whom, waiting for whom, out or put away."""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from sharebot.errors import Refused
from sharebot.models import AuditRecord, Content, QueueEntry, Staff, Variant
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.store.queue import timing_of
from sharebot.values.desk import DraftState, When, Whom
from sharebot.values.status import ContentStatus, EntryStatus

_STATES = {
    EntryStatus.PROPOSED: DraftState.WAITING,
    EntryStatus.RETURNED: DraftState.RETURNED,
    EntryStatus.APPROVED: DraftState.PLANNED,
    EntryStatus.RELEASING: DraftState.PLANNED,
    EntryStatus.PREVIEWING: DraftState.PLANNED,
    EntryStatus.PAUSED: DraftState.PLANNED,
    EntryStatus.RELEASED: DraftState.OUT,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one content stands; `entry_id` is its latest entry, `stamp` differs when its card has to be redrawn."""

    state: DraftState
    stamp: str
    entry_id: int | None = None


def list_standings(session: Session, content_ids: Collection[int]) -> dict[int, Standing]:
    """Return where contents stand, in three statements however many they are."""
    ids = list(content_ids)
    statuses = dict(session.exec(select(Content.id, Content.status).where(col(Content.id).in_(ids))).all())
    entries: dict[int, list[QueueEntry]] = defaultdict(list)
    listed = select(QueueEntry).where(col(QueueEntry.content_id).in_(ids)).order_by(col(QueueEntry.id))
    for entry in session.exec(listed.execution_options(populate_existing=True)):
        entries[entry.content_id].append(entry)
    counted = (
        select(Variant.content_id, func.count(), func.sum(Variant.revision))
        .where(col(Variant.content_id).in_(ids))
        .group_by(col(Variant.content_id))
    )
    words = {content_id: (count, int(revisions)) for content_id, count, revisions in session.exec(counted)}
    return {
        content_id: _stand(ContentStatus(status), entries[content_id], words.get(content_id))
        for content_id, status in statuses.items()
        if content_id is not None
    }


def _stand(status: ContentStatus, entries: list[QueueEntry], words: object) -> Standing:
    entry = entries[-1] if entries else None
    state = DraftState.OPEN
    if status is ContentStatus.ARCHIVED:
        state = DraftState.AWAY
    elif entry is not None:
        is_draft = status is ContentStatus.DRAFT
        state = _STATES.get(entry.status, DraftState.OPEN if is_draft else DraftState.ENDED)
    told = (state.value, words, *((entry.id, entry.note, entry.proposed_by) if entry else ()))
    stamp = hashlib.sha256(repr(told).encode()).hexdigest()[:6]
    return Standing(state, stamp, entry.id if entry else None)


def find_decider(session: Session, standing: Standing, entry: QueueEntry | None, content_id: int) -> str:
    """Return the name of whoever decided, proposed or returned it; empty when nobody is known."""
    if standing.state is DraftState.AWAY:
        return _find_actor(session, f"content:{content_id}")
    if entry is None:
        return ""
    if standing.state is DraftState.WAITING:
        return name_of(session, entry.proposed_by)
    if standing.state is DraftState.RETURNED:
        return name_of(session, entry.returned_by)
    return name_of(session, entry.approved_by)


def name_of(session: Session, by: str | None) -> str:
    """Name whom the rows know by their address or by their id; what is neither stays as it is."""
    if not by:
        return ""
    who = Staff.id == int(by[6:]) if by.startswith("staff:") and by[6:].isdigit() else Staff.email == by
    staff = session.exec(select(Staff).where(who)).first()
    return (staff.name or staff.email.partition("@")[0]) if staff else by


def _find_actor(session: Session, subject: str) -> str:
    last = select(AuditRecord.actor).where(AuditRecord.subject == subject).order_by(col(AuditRecord.id).desc())
    return name_of(session, session.exec(last.limit(1)).first())


def bring_back(session: Session, content_id: int) -> None:
    """Make a draft again of what was put away. Raises Refused when it was not."""
    away = update(Content).where(col(Content.id) == content_id, col(Content.status) == ContentStatus.ARCHIVED)
    if session.execute(away.values(status=ContentStatus.DRAFT).returning(col(Content.id))).first() is None:
        raise Refused("this content was not put away")


def when_of(timing: Timing) -> When:
    """Return a time as staff's chat shows it."""
    return When(timing.send_at, timing.send_on, timing.send_local)


def whom_of(audience: Audience) -> Whom:
    """Return an audience as staff's chat shows it."""
    return Whom(
        tuple(sorted(audience.regions)),
        tuple(sorted(audience.countries)),
        tuple(sorted(audience.languages)),
        tuple(sorted(audience.kinds)),
        len(audience.members),
    )


def terms_shown(entry: QueueEntry) -> tuple[When, Whom]:
    """Return when an entry is sent and for whom, as staff's chat shows it."""
    return when_of(timing_of(entry)), whom_of(Audience.from_json(entry.audience))
