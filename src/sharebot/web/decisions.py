"""Messages in doubt, for a person to decide on; and the stop of everything."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.store.bots import get_bot, pause_bot
from sharebot.store.decisions import close_questions, decide, list_doubts
from sharebot.values.status import Decision, PauseKind
from sharebot.web.desk import change
from sharebot.web.guard import Approver, Viewer, WholeApprover
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()


class DecisionForm(BaseModel):
    """One decision for some messages."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision
    deliveries: Annotated[list[int], Field(max_length=200)] = []


class StopForm(BaseModel):
    """Why everything is to stop."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=200)] = ""


@router.get("/review")
def show_doubts(request: Request, reader: Viewer) -> Response:
    """List the messages of which nobody knows whether they arrived."""
    with runtime_of(request).database.read() as session:
        doubts = list_doubts(session, language=reader.language)
    return render(request, "review.html", reader, doubts=doubts)


@router.post("/review")
def decide_doubts(request: Request, approver: Approver, form: Annotated[DecisionForm, Form()]) -> Response:
    """Carry out a decision on the messages that were ticked."""
    runtime = runtime_of(request)
    with change(request, approver, "delivery.decided", detail=form.decision.value) as session:
        decide(session, form.deliveries, form.decision, now=runtime.now())
        close_questions(session, form.deliveries, now=runtime.now())
    return go("/review", said="decided" if form.deliveries else "nothing_ticked")


@router.post("/bot/stop")
def stop_everything(request: Request, approver: WholeApprover, form: Annotated[StopForm, Form()]) -> Response:
    """Stop all sending of all bots, until somebody lets them go on."""
    with change(request, approver, "bot.stopped") as session:
        get_bot(session)
        reason = f"stopped by {approver.email}{f': {form.reason}' if form.reason else ''}"
        pause_bot(session, None, reason, kind=PauseKind.STAFF)
    return go("/", said="stopped")
