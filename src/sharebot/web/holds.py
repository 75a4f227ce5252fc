"""Countries on hold: begin and end days on which a country gets nothing."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.store.silences import Wish, begin, end, list_countries, list_holds
from sharebot.texts.catalogue import Translator
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Approver, Viewer
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()


class HoldForm(BaseModel):
    """The days of a hold; `what` is whether items of these days wait for its end or never go."""

    model_config = ConfigDict(extra="forbid")

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    first: date
    last: date
    what: Literal["wait", "stop"] = "wait"
    reason: Annotated[str, Field(max_length=200)] = ""


@router.get("/queue/holds")
def show_holds(request: Request, reader: Viewer) -> Response:
    """List the holds, and offer to begin one."""
    runtime, t = runtime_of(request), speak(reader.language)
    columns = _columns(t)
    listing = read_listing(request, columns)
    with runtime.database.read() as session:
        listed = list_holds(session, listing, region=reader.region, now=runtime.now())
        countries = list_countries(session, region=reader.region)
    if wants_csv(request):
        return download("holds", columns, listed)
    named = sorted(((code, t.country_name(code)) for code in countries), key=lambda pair: pair[1])
    table = arrange(request, columns, listing, listed)
    return render(request, "holds.html", reader, table=table, countries=named, now=runtime.now())


@router.post("/queue/holds")
def begin_hold(request: Request, approver: Approver, form: Annotated[HoldForm, Form()]) -> Response:
    """Put a country on hold."""
    runtime = runtime_of(request)
    wish = Wish(form.country, form.first, form.last, form.what == "stop", form.reason)
    with change(request, approver, "hold.begun", f"country:{form.country}", f"{form.first} {form.last}") as session:
        begin(
            session,
            wish,
            settings=runtime.settings,
            region=approver.region,
            by=approver.actor,
            now=runtime.now(),
        )
    return go("/queue/holds", said="hold_begun")


@router.post("/queue/holds/{hold_id}/end")
def end_hold(request: Request, approver: Approver, hold_id: int) -> Response:
    """End a hold before its time."""
    with change(request, approver, "hold.ended", f"hold:{hold_id}") as session:
        end(session, hold_id, region=approver.region, now=runtime_of(request).now())
    return go("/queue/holds", said="hold_ended")


def _columns(t: Translator) -> list[Column]:
    return [
        Column("from", t("From"), lambda one: one.from_at.isoformat()),
        Column("until", t("Until"), lambda one: one.until_at.isoformat(), sorts=False),
        Column("country", t("Country"), lambda one: one.country),
        Column("what", t("What happens"), lambda one: "stop" if one.stops else "wait", sorts=False),
        Column("reason", t("Reason"), lambda one: one.reason, sorts=False),
    ]
