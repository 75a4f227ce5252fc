"""The parties: the list with its figures, and the people who wait to be let in."""

from collections.abc import Callable, Mapping, Sequence, Set

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.reports.levels import STRONGEST_FIRST
from sharebot.store import admission, nudges, officers
from sharebot.store.member_edits import get_seat
from sharebot.store.member_views import FILTERS, MemberLine, list_choices, list_member_lines
from sharebot.texts.catalogue import Translator
from sharebot.values.listing import Listing
from sharebot.values.status import Evidence, MemberKind, MemberStatus
from sharebot.web import tracking_words, words
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Approver, Unreadable, Viewer
from sharebot.web.pages import go, render, runtime_of, speak
from sharebot.web.tracking_words import why_unseen

router = APIRouter()
_WORDS: Mapping[str, Set[str]] = {
    "kind": {one.value for one in MemberKind},
    "status": {one.value for one in MemberStatus},
    "officer": {"yes", "no"},
    "heard": {"recent", "silent"},
    "seen": {"yes", "no"},
}


@router.get("/members")
def show_members(request: Request, reader: Viewer) -> Response:
    """List the parties; whoever works for a region sees its parties alone."""
    runtime, t = runtime_of(request), speak(reader.language)
    columns = _columns(t)
    listing = _read(request, columns)
    with runtime.database.read() as session:
        listed = list_member_lines(session, listing, now=runtime.now(), region=reader.region)
        if wants_csv(request):
            return download("parties", [*columns, *_sheet_columns(t)], listed)
        choices = list_choices(session, region=reader.region)
        waiting = admission.list_newcomers(session, language=reader.language, region=reader.region)
        is_silent = listing.chosen("heard") == "silent"
        offers = nudges.list_offers(session, language=reader.language, now=runtime.now()) if is_silent else []
    return render(
        request,
        "members.html",
        reader,
        table=arrange(request, columns, listing, listed),
        waiting=waiting,
        offers=offers,
        evidence=STRONGEST_FIRST,
        says=tracking_words,
        regions=[(one, words.region(t, one)) for one in choices.regions],
        countries=_named(choices.countries, t.country_name),
        spoken_there=_named(choices.languages, t.language_name),
        kinds=[(one.value, words.member_kind(t, one)) for one in MemberKind],
        statuses=[(one.value, words.member_status(t, one)) for one in MemberStatus],
    )


def _named(codes: Sequence[str], name: Callable[[str], str]) -> list[tuple[str, str]]:
    return sorted(((code, name(code)) for code in codes), key=lambda pair: pair[1].casefold())


def _read(request: Request, columns: list[Column]) -> Listing:
    listing = read_listing(request, columns, FILTERS)
    for name, known in _WORDS.items():
        if listing.chosen(name) and listing.chosen(name) not in known:
            raise Unreadable(f"{name}: there is no such choice")
    return listing


def _columns(t: Translator) -> list[Column]:
    return [
        Column("name", t("Party"), lambda one: one.name),
        Column("region", t("Region"), lambda one: one.region),
        Column("officers", t("Active officers"), lambda one: one.active),
        Column("shared", t("Last shared"), lambda one: one.last_shared_at and one.last_shared_at.isoformat()),
        *(Column(one.value, words.evidence(t, one).capitalize(), _count_of(one)) for one in STRONGEST_FIRST),
        Column("clicks", t("Clicks"), lambda one: one.clicks),
    ]


def _sheet_columns(t: Translator) -> list[Column]:
    """Return what the spreadsheet says besides; never an officer."""
    return [
        Column("seen", t("Accounts"), lambda one: _say_seen(t, one)),
        Column("code", t("Code"), lambda one: one.code),
        Column("kind", t("Kind"), lambda one: words.member_kind(t, one.kind)),
        Column("country", t("Country"), lambda one: one.country),
        Column("languages", t("Languages"), lambda one: " ".join(one.languages)),
        Column("status", t("State"), lambda one: words.member_status(t, one.status)),
        Column("seats", t("Seats"), lambda one: sum(one.seats.values())),
    ]


def _say_seen(t: Translator, one: MemberLine) -> str:
    if one.unobservable is None:
        return t("observable")
    return f"{t('not observable')}: {why_unseen(t, one.unobservable)}"


def _count_of(level: Evidence) -> Callable[[MemberLine], int]:
    return lambda one: one.levels.get(level, 0)


@router.post("/officers/{officer_id}/confirm")
def confirm_officer(request: Request, approver: Approver, officer_id: int) -> Response:
    """Let a waiting officer in."""
    now = runtime_of(request).now()
    with change(request, approver, "officer.confirmed", f"officer:{officer_id}") as session:
        get_seat(session, officer_id, region=approver.region)
        officers.confirm(session, officer_id, now=now)
        admission.close_question(session, officer_id, now=now)
    return go("/members", said="confirmed")


@router.post("/officers/{officer_id}/reject")
def reject_officer(request: Request, approver: Approver, officer_id: int) -> Response:
    """Turn a waiting chat away."""
    now = runtime_of(request).now()
    with change(request, approver, "officer.rejected", f"officer:{officer_id}") as session:
        get_seat(session, officer_id, region=approver.region)
        officers.reject(session, officer_id, now=now)
        admission.close_question(session, officer_id, now=now)
    return go("/members", said="rejected")
