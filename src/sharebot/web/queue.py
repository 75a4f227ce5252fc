"""The queue: entries, what became of each message, correcting and withdrawing."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.store.contents import list_variants
from sharebot.store.corrections import correct, list_sharers, take_back
from sharebot.store.queue import get_entry
from sharebot.store.queue_views import get_entry_view, list_delivery_lines, list_entry_views
from sharebot.web.guard import Approver, Viewer
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()


class CorrectionForm(BaseModel):
    """New words of one language version; `revision` is what the corrector saw."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[str, Field(max_length=3)]
    revision: Annotated[int, Field(ge=1)]
    title: Annotated[str, Field(max_length=500)]
    text: Annotated[str, Field(max_length=20_000)] = ""


@router.get("/queue")
def show_queue(request: Request, reader: Viewer) -> Response:
    """List all entries: those on their way first."""
    with runtime_of(request).database.read() as session:
        entries = list_entry_views(session, language=reader.language)
    going = [entry for entry in entries if entry.is_going_out]
    done = [entry for entry in entries if not entry.is_going_out]
    return render(request, "queue.html", reader, going=going, done=done)


@router.get("/queue/{entry_id}")
def show_entry(request: Request, reader: Viewer, entry_id: int) -> Response:
    """Show one entry and what became of each of its messages."""
    with runtime_of(request).database.read() as session:
        entry = get_entry_view(session, entry_id, language=reader.language)
        deliveries = list_delivery_lines(session, entry_id)
        sharers = list_sharers(session, entry.content_id)
        versions = [one for one in list_variants(session, entry.content_id) if one.url]
    return render(request, "entry.html", reader, entry=entry, deliveries=deliveries, sharers=sharers, versions=versions)


@router.post("/queue/{entry_id}/withdraw")
def withdraw_entry(request: Request, approver: Approver, entry_id: int) -> Response:
    """Stop an entry."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        take_back(session, entry_id, by=approver.email, now=runtime.now())
    return go(f"/queue/{entry_id}", said="withdrawn")


@router.post("/queue/{entry_id}/correct")
def correct_entry(
    request: Request, approver: Approver, entry_id: int, form: Annotated[CorrectionForm, Form()]
) -> Response:
    """Change the words of one language version; what was delivered is edited in place."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        content_id = get_entry(session, entry_id).content_id
        correct(
            session,
            content_id,
            form.language,
            title=form.title,
            text=form.text,
            revision=form.revision,
            now=runtime.now(),
        )
    return go(f"/queue/{entry_id}", said="corrected")
