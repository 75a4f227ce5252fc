"""The queue: read, planned without effect, proposed, approved, withdrawn."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from sharebot.rules.audience import Audience
from sharebot.store.api_tokens import Caller
from sharebot.store.api_views import Cut, count_messages, find_entries
from sharebot.store.approvals import approve_proposed, propose, seen_hash_of
from sharebot.store.audiences import is_of_region
from sharebot.store.corrections import take_back
from sharebot.store.queue import approve, count_waves, get_entry
from sharebot.values.status import EntryStatus, StaffRole
from sharebot.web.api.callers import ApiRoute, Proposer, QueueReader, QueueWriter, runtime_of
from sharebot.web.api.effects import Done, IdempotencyKey, carry_out
from sharebot.web.api.entry_terms import EntryTerms, NewEntry, SeenEntry, decide_terms
from sharebot.web.api.entry_views import EntryView, PlanView, view_entry, view_plan
from sharebot.web.api.paging import LINKED, Page, Paging, link_pages
from sharebot.web.api.problems import ApiError, documented
from sharebot.web.api.types import PathId, QueryId
from sharebot.web.guard import may

router = APIRouter(route_class=ApiRoute, tags=["entries"])


class EntryQuery(Paging):
    """Which entries."""

    status: EntryStatus | None = None
    content_id: QueryId | None = None


@router.get("/entries", operation_id="listEntries", responses={200: LINKED})
def list_entries(
    request: Request, response: Response, caller: QueueReader, query: Annotated[EntryQuery, Query()]
) -> Page[EntryView]:
    """List entries, newest first, with how many messages stand where."""
    with runtime_of(request).database.read() as session:
        cut = Cut(query.page, query.limit)
        rows, total = find_entries(session, cut, status=query.status, content_id=query.content_id)
    link_pages(request, response, query, total)
    return Page(items=[view_entry(row) for row in rows], total=total, page=query.page, limit=query.limit)


@router.post("/entries/plan", operation_id="planEntry", responses=documented(404, 413, 415))
def plan_entry(request: Request, caller: QueueReader, terms: EntryTerms) -> PlanView:
    """Say who would get it, in which language and when, and who would not and why. Nothing is written."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        decided = decide_terms(session, terms, runtime)
        return view_plan(session, decided, region=caller.staff.region)


@router.post(
    "/entries",
    operation_id="addEntry",
    status_code=201,
    response_model=EntryView,
    responses=documented(404, 409, 413, 415),
)
def add_entry(request: Request, caller: Proposer, new: NewEntry, key: IdempotencyKey = None) -> Response:
    """Propose a sending, or approve it at once where one pair of eyes is enough.

    An entry of the content that is proposed and not decided yet is changed and keeps its id. 409: the content was
    edited after you read it.
    """
    runtime = runtime_of(request)

    def effect(session: Session) -> Done:
        count_waves(session, new.content_id)
        decided = decide_terms(session, new, runtime)
        approval = decided.as_approval(by=caller.staff.email, expected_hash=new.hash)
        if new.action == "propose":
            entry = propose(session, approval, now=runtime.now())
        else:
            _check_may_approve(session, caller, approval.audience, eyes=runtime.settings.approval.eyes)
            entry = approve(session, approval, now=runtime.now())
        return Done(_view(session, entry.id or 0), f"entry.{entry.status.value}", f"entry:{entry.id}", status=201)

    return carry_out(request, caller, key, effect)


def _check_may_approve(session: Session, caller: Caller, audience: Audience, *, eyes: int) -> None:
    if not may(caller.staff, StaffRole.APPROVER):
        raise ApiError(403, "whoever made this token has not the role approver: propose it")
    if eyes > 1:
        raise ApiError(403, "two pairs of eyes are needed: propose it, and let somebody else approve it")
    _check_region(session, caller, audience)


def _check_region(session: Session, caller: Caller, audience: Audience) -> None:
    if not is_of_region(session, audience, caller.staff.region):
        raise ApiError(403, f"its audience is wider than {caller.staff.region}")


@router.get("/entries/{entry_id}", operation_id="getEntry", responses=documented(404))
def read_entry(request: Request, caller: QueueReader, entry_id: PathId) -> EntryView:
    """Return one entry; `approval_hash` is what an approval of it names."""
    with runtime_of(request).database.read() as session:
        return _view(session, entry_id)


@router.post(
    "/entries/{entry_id}/approve",
    operation_id="approveEntry",
    response_model=EntryView,
    responses=documented(404, 409, 413, 415),
)
def approve_entry(
    request: Request, caller: QueueWriter, entry_id: PathId, seen: SeenEntry, key: IdempotencyKey = None
) -> Response:
    """Approve what was proposed. 403: it is your own proposal and two pairs of eyes are needed. 409: it has changed."""
    runtime = runtime_of(request)

    def effect(session: Session) -> Done:
        _check_region(session, caller, Audience.from_json(get_entry(session, entry_id).audience))
        eyes, by = runtime.settings.approval.eyes, caller.staff.email
        approve_proposed(session, entry_id, by=by, eyes=eyes, seen_hash=seen.approval_hash, now=runtime.now())
        return Done(_view(session, entry_id), "entry.approved", f"entry:{entry_id}")

    return carry_out(request, caller, key, effect)


@router.post(
    "/entries/{entry_id}/withdraw",
    operation_id="withdrawEntry",
    response_model=EntryView,
    responses=documented(404, 409, 413),
)
def withdraw_entry(request: Request, caller: QueueWriter, entry_id: PathId, key: IdempotencyKey = None) -> Response:
    """Stop an entry and take back what it delivered: messages are edited, and whoever shared it is told."""
    runtime = runtime_of(request)

    def effect(session: Session) -> Done:
        _check_region(session, caller, Audience.from_json(get_entry(session, entry_id).audience))
        take_back(session, entry_id, by=caller.staff.email, now=runtime.now())
        return Done(_view(session, entry_id), "entry.withdrawn", f"entry:{entry_id}")

    return carry_out(request, caller, key, effect)


def _view(session: Session, entry_id: int) -> EntryView:
    entry = get_entry(session, entry_id)
    session.refresh(entry)
    view = view_entry(count_messages(session, [entry])[0])
    if entry.status is EntryStatus.PROPOSED:
        view.approval_hash = seen_hash_of(session, entry)
    return view
