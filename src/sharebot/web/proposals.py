"""What officers propose, for staff to accept or decline."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.store.proposals import decide, get_card
from sharebot.values.status import ProposalKind
from sharebot.web.desk import change
from sharebot.web.guard import Viewer, WholeEditor
from sharebot.web.pages import go, runtime_of

router = APIRouter()
_BACK = "/inbox?show=proposals"


class JudgementForm(BaseModel):
    """Staff's word on one proposal."""

    model_config = ConfigDict(extra="forbid")

    proposal: Annotated[int, Field(ge=1, lt=2**31)]
    word: Literal["accept", "decline"]


@router.get("/proposals")
def forward_proposals(_reader: Viewer) -> Response:
    """Lead from the old address of the proposals to the inbox."""
    return RedirectResponse(_BACK, 303)


@router.post("/proposals")
def judge_proposal(request: Request, editor: WholeEditor, form: Annotated[JudgementForm, Form()]) -> Response:
    """Accept or decline a proposal; whoever comes second is told that it was decided."""
    runtime = runtime_of(request)
    accept, settings, now = form.word == "accept", runtime.settings, runtime.now()
    with change(request, editor, f"proposal.{form.word}", f"proposal:{form.proposal}") as session:
        done = decide(session, form.proposal, accept=accept, by=editor.email, settings=settings, now=now)
        card = get_card(session, form.proposal, language=editor.language)
    if done is None or card is None:
        return go(_BACK, said="decided_before")
    if not accept:
        return go(_BACK, said="declined")
    if card.kind is ProposalKind.ITEM:
        return go(f"/contents/{card.content_id}", said="proposal_accepted")
    return go(f"/contents/{card.content_id}", said="translation_to_approve" if done else "translation_accepted")
