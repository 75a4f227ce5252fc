"""Proposals to send something: made, approved by somebody else where two pairs of eyes are needed, or returned."""

import hashlib
from datetime import datetime

from sqlalchemy import Update, update
from sqlmodel import Session, col

from sharebot.errors import Refused
from sharebot.models import QueueEntry
from sharebot.rules.release_times import decide_release
from sharebot.store.contents import content_hash, get_content
from sharebot.store.queue import Approval, get_entry, prepare, timing_of
from sharebot.values.status import ContentStatus, EntryStatus


class Stale(Refused):
    """What is to be approved is not what was seen, or not what was proposed."""


class OwnProposal(Refused):
    """Two pairs of eyes are needed, and these are the first."""


def propose(session: Session, approval: Approval, *, now: datetime) -> QueueEntry:
    """Lay an entry before the approvers; a content has one such entry, so an earlier one changes.

    Raises Refused as `queue.approve` does.
    """
    entry = prepare(session, approval, now=now)
    entry.status, entry.proposed_by = EntryStatus.PROPOSED, approval.by
    entry.approved_by = entry.approved_at = None
    session.add(entry)
    session.flush()
    return entry


def seen_hash_of(session: Session, entry: QueueEntry, *, content: str | None = None) -> str:
    """Return the fingerprint of all that approving an entry covers: the content, the audience and the times.

    `content` is the content's own fingerprint, where it is known.
    """
    terms = (entry.audience, entry.priority.value, timing_of(entry), entry.expires_at, entry.share_from)
    seen = (content or content_hash(session, entry.content_id), entry.id, *terms)
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def approve_proposed(
    session: Session, entry_id: int, *, by: str, eyes: int, seen_hash: str, now: datetime
) -> QueueEntry:
    """Approve what was proposed, or what was edited after it had been approved.

    `by` is an e-mail address, `eyes` the setting, `seen_hash` the `seen_hash_of` what the approver saw. Raises
    NotFound; OwnProposal where two pairs of eyes are needed; Stale when it is not what was seen, or where two are
    needed not what was proposed; Refused when it waits for nobody's approval, or cannot be sent any more.
    """
    entry = get_entry(session, entry_id)
    if entry.status is not EntryStatus.PROPOSED:
        raise Refused("this entry does not wait for approval")
    if get_content(session, entry.content_id).status is ContentStatus.ARCHIVED:
        raise Refused("this content is archived")
    if seen_hash != seen_hash_of(session, entry):
        raise Stale("it has changed since you looked at it; look again")
    current = content_hash(session, entry.content_id)
    if eyes > 1:
        _check_other_eyes(entry, by, current)
    release_at = decide_release(timing_of(entry), entry.expires_at, entry.share_from, now=now)
    decided = _end_proposal(entry_id).values(
        status=EntryStatus.APPROVED,
        approved_by=by,
        approved_at=now,
        approved_hash=current,
        release_at=release_at,
        note="",
    )
    if session.execute(decided.returning(col(QueueEntry.id))).first() is None:
        raise Refused("somebody has decided this already")
    get_content(session, entry.content_id).status = ContentStatus.READY
    session.flush()
    session.refresh(entry)
    return entry


def _check_other_eyes(entry: QueueEntry, by: str, current: str) -> None:
    if entry.proposed_by == by:
        raise OwnProposal("whoever proposed it cannot approve it; it needs a second pair of eyes")
    if entry.proposed_by is None or entry.approved_hash != current:
        raise Stale("it was edited after it was proposed; propose it as it is now")


def return_entry(session: Session, entry_id: int, *, by: str, note: str, now: datetime) -> None:
    """Give a proposal back with a note, of 500 characters at most, to whoever proposed it.

    Raises NotFound, and Refused without a note or when it waits for nobody's approval.
    """
    if not note.strip():
        raise Refused("say in a note what is to be changed")
    if get_entry(session, entry_id).expires_at <= now:
        raise Refused("this entry is over already")
    returned = _end_proposal(entry_id).values(status=EntryStatus.RETURNED, returned_by=by, note=note.strip()[:500])
    if session.execute(returned.returning(col(QueueEntry.id))).first() is None:
        raise Refused("this entry does not wait for approval")


def _end_proposal(entry_id: int) -> Update:
    return update(QueueEntry).where(col(QueueEntry.id) == entry_id, col(QueueEntry.status) == EntryStatus.PROPOSED)
