"""The queue as a month, and moving an entry to another day."""

from calendar import Calendar
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from sharebot.rules.audience import Audience
from sharebot.store.calendar import list_month
from sharebot.store.queue import get_entry
from sharebot.store.rescheduling import move
from sharebot.web.desk import change, demand_reach
from sharebot.web.guard import Approver, Unreadable, Viewer
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()
_WEEKS = Calendar(firstweekday=0)
_YEARS = range(2020, 2100)


@router.get("/queue/calendar")
def show_month(request: Request, reader: Viewer, month: str = "") -> Response:
    """Show a month (`?month=2026-11`) with its entries on their days."""
    runtime, t = runtime_of(request), speak(reader.language)
    zone = runtime.settings.organisation.zone
    today = runtime.now().astimezone(ZoneInfo(zone)).date()
    first = _read_month(month) if month else today.replace(day=1)
    weeks = _WEEKS.monthdatescalendar(first.year, first.month)
    begins, days = weeks[0][0], 7 * len(weeks)
    with runtime.database.read() as session:
        shown = list_month(session, begins, days, zone=zone, language=reader.language)
    names = get_day_names("abbreviated", locale=t.locale)
    month_name = get_month_names("wide", context="stand-alone", locale=t.locale)[first.month]
    return render(
        request,
        "calendar.html",
        reader,
        weeks=weeks,
        shown=shown,
        first=first,
        today=today,
        name=f"{month_name} {first.year}",
        day_names=[names[number] for number in range(7)],
        earlier=(first - timedelta(days=1)).strftime("%Y-%m"),
        later=(first + timedelta(days=31)).strftime("%Y-%m"),
    )


@router.post("/queue/{entry_id}/move")
def move_entry(request: Request, approver: Approver, entry_id: int, day: Annotated[date, Form()]) -> Response:
    """Send an entry on another day, at its time of day; whoever moves it answers for the new day."""
    runtime = runtime_of(request)
    with change(request, approver, "entry.moved", f"entry:{entry_id}", day.isoformat()) as session:
        demand_reach(session, approver, Audience.from_json(get_entry(session, entry_id).audience))
        move(session, entry_id, day, by=approver.email, settings=runtime.settings, now=runtime.now())
    back = (
        f"/queue/calendar?month={day:%Y-%m}" if request.query_params.get("from") == "calendar" else f"/queue/{entry_id}"
    )
    return go(back, said="moved")


def _read_month(text: str) -> date:
    try:
        year, number = text.split("-")
        first = date(int(year), int(number), 1)
    except ValueError:
        raise Unreadable("month: such as 2026-11") from None
    if first.year not in _YEARS:
        raise Unreadable("month: of this century")
    return first
