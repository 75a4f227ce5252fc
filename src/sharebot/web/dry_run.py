"""The dry run: exactly who would get a content, in which language and when, and who would not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from sharebot.rules.asks import Hold
from sharebot.rules.planning import Plan
from sharebot.store.queue import find_undecided
from sharebot.store.review import get_content_view
from sharebot.store.seats import list_labels
from sharebot.store.staff import SignedIn
from sharebot.texts.catalogue import Translator
from sharebot.values.listing import PAGE, Listed, Listing
from sharebot.values.status import StaffRole
from sharebot.web import words
from sharebot.web.approval import ApprovalForm
from sharebot.web.audience import fill_form, plan_form
from sharebot.web.desk import Column, Table, arrange, download, read_listing, wants_csv
from sharebot.web.guard import Viewer, may
from sharebot.web.pages import BRIEF, render, runtime_of, speak

router = APIRouter()
_LATEST = datetime.max.replace(tzinfo=UTC)
STATES = ("own", "digest", "nothing")


@dataclass(frozen=True, slots=True)
class Line:
    """One officer who gets it, or a party (or some officers of it) that does not.

    `state` is own (as a message of its own), digest or nothing; `why` says in words what held it or left it out.
    `local` is the moment by the officer's own clock.
    """

    party: str
    code: str
    state: str
    why: str
    seat: str = ""
    language: str = ""
    due_at: datetime | None = None
    local: str = ""
    zone: str = ""


@router.get("/contents/{content_id}/dry-run")
def show_dry_run(request: Request, reader: Viewer, content_id: int, form: Annotated[ApprovalForm, Query()]) -> Response:
    """List who would get a content on the terms of a form, and when; nothing is written."""
    runtime, t = runtime_of(request), speak(reader.language)
    columns = _columns(t, sees_seats=_sees(reader))
    listing = read_listing(request, columns, ("state",))
    with runtime.database.read() as session:
        view = get_content_view(session, content_id, language=reader.language)
        form = fill_form(request, reader, form, find_undecided(session, content_id))
        planned = plan_form(session, runtime, content_id, form)
        labels = list_labels(session, [one.officer_id for one in planned.recipients]) if _sees(reader) else {}
    lines = _narrow(list(_lines(t, planned, labels)), listing)
    if wants_csv(request):
        return download(f"dry-run-{content_id}", columns, Listed(lines, len(lines), None))
    return render(
        request,
        "dry_run.html",
        reader,
        view=view,
        table=_keep(arrange(request, columns, listing, _cut(lines, listing)), form.query()),
        sees_seats=_sees(reader),
        back=f"/contents/{content_id}?{form.query()}#audience",
        kept=parse_qsl(form.query()),
        states=[("own", t("gets it")), ("digest", t("gets it in a digest")), ("nothing", t("gets nothing"))],
    )


def _keep(table: Table, query: str) -> Table:
    """Return the table with the form in all of its links."""

    def add(link: str | None) -> str | None:
        return f"{link}&{query}" if link else None

    heads = tuple(replace(one, link=add(one.link)) for one in table.heads)
    return replace(table, heads=heads, earlier=add(table.earlier), later=add(table.later), csv=f"{table.csv}&{query}")


def _sees(reader: SignedIn) -> bool:
    return may(reader, StaffRole.APPROVER)


def _columns(t: Translator, *, sees_seats: bool) -> list[Column]:
    seat = [Column("seat", t("Seat"), lambda one: one.seat)] if sees_seats else []
    return [
        Column("party", t("Party"), lambda one: one.party),
        *seat,
        Column("state", t("What happens"), lambda one: one.why),
        Column("language", t("Gets it in"), lambda one: one.language),
        Column(
            "due", t("When (UTC)"), lambda one: f"{one.due_at.astimezone(UTC):%Y-%m-%d %H:%M}" if one.due_at else ""
        ),
        Column("zone", t("By their clock"), lambda one: f"{one.local} ({one.zone})" if one.local else ""),
    ]


def _lines(t: Translator, planned: Plan, labels: Mapping[int, str]) -> Iterator[Line]:
    for one in planned.recipients:
        yield Line(
            one.member_name,
            one.member_code,
            "digest" if one.held else "own",
            say_held(t, one.held),
            labels.get(one.officer_id, ""),
            t.language_name(one.variant_language),
            one.due_at,
            t.moment(one.due_at, one.zone, BRIEF),
            one.zone,
        )
    for left in planned.left_out:
        reason = words.left_out(t, left.reason)
        some = t.n("{n} officer", "{n} officers", left.officers) if left.officers else ""
        yield Line(left.member_name, left.member_code, "nothing", f"{reason} ({some})" if some else reason)


def say_held(t: Translator, held: Hold | None) -> str:
    """Say how somebody gets an item: by itself, or in a digest and why."""
    return t("in a digest, {why}", why=words.held(t, held)) if held else t("as a message of its own")


_KEYS: Mapping[str, Callable[[Line], Any]] = {
    "party": lambda one: (one.party.casefold(), one.seat.casefold()),
    "seat": lambda one: (one.seat.casefold(), one.party.casefold()),
    "state": lambda one: (STATES.index(one.state), one.why, one.party.casefold()),
    "language": lambda one: (one.language, one.party.casefold()),
    "due": lambda one: (one.due_at or _LATEST, one.party.casefold()),
    "zone": lambda one: (one.zone, one.due_at or _LATEST, one.party.casefold()),
}


def _narrow(lines: Sequence[Line], listing: Listing) -> list[Line]:
    """Return the lines that are asked for, sorted; they are few enough to do so here."""
    sought, state = listing.q.casefold(), listing.chosen("state")
    found = [
        one for one in lines if sought in f"{one.party} {one.code} {one.seat}".casefold() and state in {"", one.state}
    ]
    return sorted(found, key=_KEYS[listing.sort or "party"], reverse=listing.descending)


def _cut(lines: Sequence[Line], listing: Listing) -> Listed[Line]:
    page = listing.page or 1
    return Listed(lines[(page - 1) * PAGE : page * PAGE], len(lines), page)
