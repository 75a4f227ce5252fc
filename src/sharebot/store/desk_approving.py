"""Approving from staff's chat: on an entry's own terms where one waits, else on the usual ones."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import QueueEntry
from sharebot.rules.planning import Plan, Terms
from sharebot.rules.usual_terms import usual_terms
from sharebot.store.approvals import OwnProposal, approve_proposed, propose, seen_hash_of
from sharebot.store.audiences import is_of_region
from sharebot.store.contents import content_hash, get_content
from sharebot.store.draft_states import list_standings, when_of, whom_of
from sharebot.store.queue import Approval, approve, find_undecided, plan, terms_of
from sharebot.store.staff import SignedIn
from sharebot.values.desk import DraftState, Outlook
from sharebot.values.status import EntryStatus, StaffRole

_UNDECIDED = (DraftState.OPEN, DraftState.WAITING)
_APPROVERS = (StaffRole.ADMIN, StaffRole.APPROVER)


class OutOfRegion(Refused):
    """It concerns parties outside of somebody's region."""


@dataclass(frozen=True, slots=True)
class Deal:
    """What an approval of a content would mean now; `entry_id` is the entry that waits for it, if any."""

    content_id: int
    terms: Terms
    outlook: Outlook
    entry_id: int | None = None


def plan_deal(session: Session, content_id: int, *, staff: SignedIn, settings: Settings, now: datetime) -> Deal:
    """Say what an approval would do.

    Raises NotFound, Refused for what is decided already, OwnProposal where somebody else has to approve it, and
    OutOfRegion for an entry beyond somebody's region.
    """
    get_content(session, content_id)
    if list_standings(session, [content_id])[content_id].state not in _UNDECIDED:
        raise Refused("this is decided already")
    entry = find_undecided(session, content_id)
    if entry is not None and entry.status is not EntryStatus.PROPOSED:
        entry = None
    if entry is not None and settings.approval.eyes > 1 and entry.proposed_by == staff.email:
        raise OwnProposal("it needs a second pair of eyes")
    terms = terms_of(entry) if entry else usual_terms(settings, region=staff.region, now=now)
    if not is_of_region(session, terms.audience, staff.region):
        raise OutOfRegion("this concerns parties outside of the region")
    planned = plan(session, content_id, terms, settings=settings, now=now)
    usual = (content_hash(session, content_id), terms.audience.to_json(), terms.timing)
    bound = seen_hash_of(session, entry) if entry else repr(usual)
    return Deal(content_id, terms, _outlook(planned, terms, bound), entry.id if entry else None)


def _outlook(planned: Plan, terms: Terms, bound: str) -> Outlook:
    officers = len(planned.recipients)
    parties = len({one.member_id for one in planned.recipients})
    left_out = len({one.member_code for one in planned.left_out if not one.officers})
    meant = repr((bound, officers, parties, left_out))
    return Outlook(
        when=when_of(terms.timing),
        whom=whom_of(terms.audience),
        officers=officers,
        parties=parties,
        left_out=left_out,
        in_digest=sum(one.held is not None for one in planned.recipients),
        mark=hashlib.sha256(meant.encode()).hexdigest()[:12],
    )


def carry_out(session: Session, deal: Deal, *, staff: SignedIn, settings: Settings, now: datetime) -> QueueEntry:
    """Approve on the terms of a deal, or propose where that takes a second pair of eyes or an approver.

    The caller has made sure that the content is what was seen. Raises what `store.approvals` and `queue.approve` do.
    """
    entry = session.get(QueueEntry, deal.entry_id, populate_existing=True) if deal.entry_id else None
    current, eyes = content_hash(session, deal.content_id), settings.approval.eyes
    terms = deal.terms
    approval = Approval(
        content_id=deal.content_id,
        audience=terms.audience,
        timing=terms.timing,
        expires_at=terms.expires_at,
        by=staff.email,
        expected_hash=current,
        priority=terms.priority,
        share_from=entry.share_from if entry else None,
    )
    if staff.role not in _APPROVERS:
        return propose(session, approval, now=now)
    if entry is None:
        return (propose if eyes > 1 else approve)(session, approval, now=now)
    if eyes > 1 and (entry.proposed_by is None or entry.approved_hash != current):
        return propose(session, approval, now=now)
    seen_hash = seen_hash_of(session, entry)
    return approve_proposed(session, entry.id or 0, by=staff.email, eyes=eyes, seen_hash=seen_hash, now=now)
