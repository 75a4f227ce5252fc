"""The first page: what waits, what is going out, the last week in figures."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.store.pages import find_waiting, find_week
from sharebot.store.queue_views import list_entry_views
from sharebot.store.restore import accept
from sharebot.web.guard import Approver, Viewer
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()
_SHOWN = 6


@router.get("/")
def show_overview(request: Request, reader: Viewer) -> Response:
    """Show the state of everything on one page."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        waiting = find_waiting(session)
        week = find_week(session, now=runtime.now())
        entries = list_entry_views(session, language=reader.language)
    going = [entry for entry in entries if entry.is_going_out]
    return render(
        request,
        "overview.html",
        reader,
        waiting=waiting,
        week=week,
        going=going[:_SHOWN],
        more=len(going) - _SHOWN,
    )


@router.post("/bot/resume")
def resume(request: Request, approver: Approver) -> Response:
    """Let a paused bot send again."""
    with runtime_of(request).database.write() as session:
        accept(session, now=runtime_of(request).now())
    return go("/", said="resumed")
