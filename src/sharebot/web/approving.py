"""Approving: a content is queued, or proposed, exactly as somebody saw it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from sharebot.errors import SharebotError
from sharebot.models import QueueEntry
from sharebot.rules.audience import Audience
from sharebot.store.approvals import OwnProposal, Stale, approve_proposed, propose, return_entry
from sharebot.store.queue import Approval, approve, count_waves, get_entry
from sharebot.store.review import get_content_view
from sharebot.store.staff import SignedIn
from sharebot.web import desk
from sharebot.web.approval import ApprovingForm, find_objection
from sharebot.web.audience import plan_form, resolve_form
from sharebot.web.differences import find_differences
from sharebot.web.guard import Approver, Editor, NotAllowed
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()


class _Instead(SharebotError):
    """Nothing is queued; `answer` says why. It leaves the transaction, so that nothing is noted either."""

    def __init__(self, answer: Response) -> None:
        super().__init__("not queued")
        self.answer = answer


@router.post("/contents/{content_id}/approve")
def approve_content(
    request: Request, approver: Approver, content_id: int, form: Annotated[ApprovingForm, Form()]
) -> Response:
    """Queue a content exactly as it was seen; where two pairs of eyes are needed, propose it."""
    if runtime_of(request).settings.approval.eyes > 1:
        return _propose(request, approver, content_id, form, said="proposed_first")
    try:
        with desk.change(request, approver, "entry.approved", f"content:{content_id}") as session:
            approval = _read(session, request, approver, content_id, form)
            desk.demand_reach(session, approver, approval.audience)
            entry = approve(session, approval, now=runtime_of(request).now())
    except _Instead as instead:
        return instead.answer
    return go(f"/queue/{entry.id}", said="approved")


@router.post("/contents/{content_id}/propose")
def propose_content(
    request: Request, editor: Editor, content_id: int, form: Annotated[ApprovingForm, Form()]
) -> Response:
    """Lay a content before the approvers, exactly as it was seen."""
    return _propose(request, editor, content_id, form, said="proposed")


@router.post("/queue/{entry_id}/approve")
def approve_entry(
    request: Request, approver: Approver, entry_id: int, seen_hash: Annotated[str, Form(max_length=64)]
) -> Response:
    """Approve what somebody proposed, if it is still what was seen."""
    runtime = runtime_of(request)
    try:
        with desk.change(request, approver, "entry.approved", f"entry:{entry_id}") as session:
            desk.demand_reach(session, approver, _audience_of(get_entry(session, entry_id)))
            eyes = runtime.settings.approval.eyes
            approve_proposed(session, entry_id, by=approver.email, eyes=eyes, seen_hash=seen_hash, now=runtime.now())
    except OwnProposal as error:
        raise NotAllowed(str(error)) from error
    except Stale:
        with runtime.database.read() as session:
            content_id = get_entry(session, entry_id).content_id
            view = get_content_view(session, content_id, language=approver.language)
        return render(request, "stale.html", approver, status=409, view=view, differences=[])
    return go(f"/queue/{entry_id}", said="approved")


@router.post("/queue/{entry_id}/return")
def return_proposal(
    request: Request, approver: Approver, entry_id: int, note: Annotated[str, Form(max_length=500)]
) -> Response:
    """Give a proposal back with a note to whoever made it."""
    runtime = runtime_of(request)
    with desk.change(request, approver, "entry.returned", f"entry:{entry_id}") as session:
        entry = get_entry(session, entry_id)
        desk.demand_reach(session, approver, _audience_of(entry))
        content_id = entry.content_id
        if not note.strip():
            return go(f"/contents/{content_id}?objection=note_missing#audience")
        return_entry(session, entry_id, by=approver.email, note=note, now=runtime.now())
    return go(f"/contents/{content_id}", said="returned")


def _propose(request: Request, reader: SignedIn, content_id: int, form: ApprovingForm, *, said: str) -> Response:
    try:
        with desk.change(request, reader, "entry.proposed", f"content:{content_id}") as session:
            approval = _read(session, request, reader, content_id, form)
            propose(session, approval, now=runtime_of(request).now())
    except _Instead as instead:
        return instead.answer
    return go(f"/contents/{content_id}", said=said)


def _read(session: Session, request: Request, reader: SignedIn, content_id: int, form: ApprovingForm) -> Approval:
    """Return what is decided. Raises _Instead when it was queued before, or is not what was seen."""
    runtime, now = runtime_of(request), runtime_of(request).now()
    settings = runtime.settings
    again = f"/contents/{content_id}?{form.query()}"
    if count_waves(session, content_id) != form.wave:
        raise _Instead(go(f"/contents/{content_id}", said="already"))
    view = get_content_view(session, content_id, language=reader.language)
    if view.hash != form.content_hash:
        differences = find_differences(view, form.versions)
        raise _Instead(render(request, "stale.html", reader, status=409, view=view, differences=differences))
    audience = resolve_form(session, content_id, form)
    if form.seen != form.fingerprint(audience, settings):
        raise _Instead(go(f"{again}&objection=changed#audience"))
    planned = plan_form(session, runtime, content_id, form, audience)
    if find_objection(form, planned, [one.url for one in view.variants], settings=settings, now=now):
        raise _Instead(go(f"{again}#audience"))
    return Approval(
        content_id=content_id,
        audience=audience,
        timing=form.timing(settings),
        expires_at=form.expires_at(settings, now),
        by=reader.email,
        expected_hash=form.content_hash,
        priority=form.priority,
        share_from=form.share_from(settings),
    )


def _audience_of(entry: QueueEntry) -> Audience:
    return Audience.from_json(entry.audience)
