"""The first page, today: what waits, what goes out next, what went wrong, the last week in figures."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.rules.alerts import group
from sharebot.store.alerts import list_open
from sharebot.store.pages import find_waiting, find_week
from sharebot.store.queue_views import find_ahead
from sharebot.store.restore import accept
from sharebot.texts.alerts import describe
from sharebot.values.alerts import AlertCode, NoticeGroup
from sharebot.web.desk import change
from sharebot.web.guard import Viewer, WholeApprover
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()
_SHOWN = 5
_PLACES = {
    AlertCode.NEEDS_REVIEW: "/review",
    AlertCode.REPORT_FAILED: "/reports",
    AlertCode.SOURCE_FAILING: "/sources?status=failing",
    AlertCode.WEBHOOK_FAILING: "/settings/api",
    AlertCode.OWN_ACCOUNT_LOST: "/tracking",
    AlertCode.ACCOUNT_TAKEN_OVER: "/tracking?why=taken_over",
    AlertCode.TRACKER_FAILING: "/tracking",
    AlertCode.BUDGET_SPENT: "/tracking",
}


@router.get("/")
def show_overview(request: Request, reader: Viewer) -> Response:
    """Show the state of everything on one page."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        waiting = find_waiting(session, region=reader.region)
        alerts = list_open(session)
        week = find_week(session, now=runtime.now())
        ahead = find_ahead(session, language=reader.language, limit=_SHOWN)
    zone = runtime.settings.organisation.zone
    return render(
        request,
        "today.html",
        reader,
        waiting=waiting,
        troubles=[(describe(one, language=reader.language, zone=zone), _place(one)) for one in group(alerts)],
        week=week,
        planned=ahead.planned,
        out=ahead.out,
        more=ahead.to_come - len(ahead.planned) + ahead.going - sum(one.is_going_out for one in ahead.out),
    )


def _place(trouble: NoticeGroup) -> str:
    """Return the page on which something can be done about it; empty where it is done at the machine."""
    if trouble.code is AlertCode.ENTRY_PAUSED and len(trouble.notices) == 1:
        return f"/queue/{trouble.notices[0].subject}"
    return _PLACES.get(trouble.code, "")


@router.post("/bot/resume")
def resume(request: Request, approver: WholeApprover) -> Response:
    """Let a paused bot send again."""
    with change(request, approver, "bot.resumed") as session:
        accept(session, now=runtime_of(request).now())
    return go("/", said="resumed")
