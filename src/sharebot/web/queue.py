"""The queue: entries, what became of each message, and withdrawing."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.store.queue import withdraw
from sharebot.store.queue_views import get_entry_view, list_delivery_lines, list_entry_views
from sharebot.web.guard import Approver, Viewer
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()


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
    return render(request, "entry.html", reader, entry=entry, deliveries=deliveries)


@router.post("/queue/{entry_id}/withdraw")
def withdraw_entry(request: Request, approver: Approver, entry_id: int) -> Response:
    """Stop an entry."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        withdraw(session, entry_id, by=approver.email, now=runtime.now())
    return go(f"/queue/{entry_id}", said="withdrawn")
