"""Approving: a content is queued exactly as the approver saw it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from sharebot.rules.planning import Plan
from sharebot.runtime import Runtime
from sharebot.store.queue import Approval, approve, plan
from sharebot.store.queue_views import list_entries_of
from sharebot.store.review import get_content_view
from sharebot.web.approval import ApprovalForm, ApprovingForm, find_objection
from sharebot.web.guard import Approver
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()


@router.post("/contents/{content_id}/approve")
def approve_content(
    request: Request, approver: Approver, content_id: int, form: Annotated[ApprovingForm, Form()]
) -> Response:
    """Queue a content exactly as it was seen; anything else is shown again instead."""
    runtime, now = runtime_of(request), runtime_of(request).now()
    settings = runtime.settings
    again = f"/contents/{content_id}?{form.query()}"
    with runtime.database.write() as session:
        view = get_content_view(session, content_id, language=approver.language)
        if len(list_entries_of(session, content_id, language="en")) != form.wave:
            return go(f"/contents/{content_id}", said="already")
        if view.hash != form.content_hash:
            return render(request, "stale.html", approver, status=409, view=view)
        if not form.is_as_seen(settings):
            return go(f"{again}&objection=changed#audience")
        planned = plan_form(session, runtime, content_id, form)
        urls = [variant.url for variant in view.variants]
        if find_objection(form, planned, urls, settings=settings, now=now):
            return go(f"{again}#audience")
        approval = Approval(
            content_id=content_id,
            audience=form.audience(),
            timing=form.timing(settings),
            expires_at=form.expires_at(settings, now),
            by=approver.email,
            expected_hash=form.content_hash,
            priority=form.priority,
        )
        entry = approve(session, approval, now=now)
    return go(f"/queue/{entry.id}", said="approved")


def plan_form(session: Session, runtime: Runtime, content_id: int, form: ApprovalForm) -> Plan:
    """Say who would get a content on the terms of a form."""
    return plan(
        session,
        content_id,
        form.terms(runtime.settings, runtime.now()),
        settings=runtime.settings,
        now=runtime.now(),
    )
