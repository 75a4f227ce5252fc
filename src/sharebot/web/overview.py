"""The first page, today: what waits, what goes out next, what went wrong, the last week in figures."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.rules.alerts import group
from sharebot.store.alerts import list_open
from sharebot.store.pages import find_waiting, find_week
from sharebot.store.queue_views import list_some
from sharebot.store.restore import accept
from sharebot.texts.alerts import describe
from sharebot.web.desk import change
from sharebot.web.guard import Viewer, WholeApprover
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()
_SHOWN = 5


@router.get("/")
def show_overview(request: Request, reader: Viewer) -> Response:
    """Show the state of everything on one page."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        waiting = find_waiting(session, region=reader.region)
        alerts = list_open(session)
        week = find_week(session, now=runtime.now())
        planned, ahead = list_some(session, "planned", language=reader.language, limit=_SHOWN)
        under_way, running = list_some(session, "under_way", language=reader.language, limit=_SHOWN)
    zone = runtime.settings.organisation.zone
    return render(
        request,
        "today.html",
        reader,
        waiting=waiting,
        troubles=[describe(one, language=reader.language, zone=zone) for one in group(alerts)],
        week=week,
        planned=planned,
        under_way=under_way,
        more=ahead + running - len(planned) - len(under_way),
    )


@router.post("/bot/resume")
def resume(request: Request, approver: WholeApprover) -> Response:
    """Let a paused bot send again."""
    with change(request, approver, "bot.resumed") as session:
        accept(session, now=runtime_of(request).now())
    return go("/", said="resumed")
