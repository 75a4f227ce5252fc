"""What officers propose, for staff to accept or decline."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.store.proposals import decide, get_card, list_open
from sharebot.values.status import ProposalKind
from sharebot.web.guard import Editor, Viewer
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()


class JudgementForm(BaseModel):
    """Staff's word on one proposal."""

    model_config = ConfigDict(extra="forbid")

    proposal: Annotated[int, Field(ge=1, lt=2**31)]
    word: Literal["accept", "decline"]


@router.get("/proposals")
def show_proposals(request: Request, reader: Viewer) -> Response:
    """List what waits for an answer, the oldest first."""
    with runtime_of(request).database.read() as session:
        waiting = list_open(session, language=reader.language)
    return render(request, "proposals.html", reader, waiting=waiting)


@router.post("/proposals")
def judge_proposal(request: Request, editor: Editor, form: Annotated[JudgementForm, Form()]) -> Response:
    """Accept or decline a proposal; whoever comes second is told that it was decided."""
    runtime = runtime_of(request)
    accept, settings, now = form.word == "accept", runtime.settings, runtime.now()
    with runtime.database.write() as session:
        done = decide(session, form.proposal, accept=accept, by=editor.email, settings=settings, now=now)
        card = get_card(session, form.proposal, language=editor.language)
    if done is None or card is None:
        return go("/proposals", said="decided_before")
    if not accept:
        return go("/proposals", said="declined")
    if card.kind is ProposalKind.ITEM:
        return go(f"/contents/{card.content_id}", said="proposal_accepted")
    return go(f"/contents/{card.content_id}", said="translation_to_approve" if done else "translation_accepted")
