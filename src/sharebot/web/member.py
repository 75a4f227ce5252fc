"""One party's page: what it is, its seats and accounts, what it got and shared; and staff's changes of it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.reports.charts import stacked_columns
from sharebot.reports.levels import STRONGEST_FIRST
from sharebot.rules.members_file import REGIONS, MemberRow, read_accounts, read_row
from sharebot.store import member_activity, member_edits
from sharebot.store.confirming import confirm_account, decline_account, get_own
from sharebot.store.member_page import get_member_page
from sharebot.store.staff import SignedIn
from sharebot.texts.catalogue import Translator, languages
from sharebot.values.status import MemberKind, MemberStatus, Network, ProposalStatus
from sharebot.web import tracking_words, words
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Approver, Editor, Unreadable, Viewer
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()


class FactsForm(BaseModel):
    """What a party is."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=300)]
    kind: Annotated[str, Field(max_length=20)]
    country: Annotated[str, Field(max_length=2)]
    region: Annotated[str, Field(max_length=40)]
    languages: Annotated[str, Field(max_length=80)]
    zone: Annotated[str, Field(max_length=64)]
    status: MemberStatus


class NotesForm(BaseModel):
    """What staff note of a party."""

    model_config = ConfigDict(extra="forbid")

    notes: Annotated[str, Field(max_length=member_edits.LONGEST_NOTES * 2)] = ""


class AccountForm(BaseModel):
    """A public account."""

    model_config = ConfigDict(extra="forbid")

    network: Network
    handle: Annotated[str, Field(max_length=300)]


@router.get("/members/{code}")
def show_member(request: Request, reader: Viewer, code: str) -> Response:
    """Show a party. Whoever works for another region finds nothing here."""
    runtime, t = runtime_of(request), speak(reader.language)
    columns, now, zone = _columns(t), runtime.now(), runtime.settings.organisation.zone
    listing = read_listing(request, columns)
    if not listing.sort:
        listing = replace(listing, sort="at", descending=True)
    with runtime.database.read() as session:
        page = get_member_page(session, code, region=reader.region, now=now)
        got = member_activity.list_got(session, page.id, listing, language=reader.language)
        if wants_csv(request):
            return download(f"items-{code}", columns, got)
        weeks = member_activity.list_weeks(session, page.id, zone=zone, now=now)
        findings = member_activity.list_findings(session, page.id, language=reader.language)
        proposed = member_activity.list_proposed(session, page.id)
    legend = [words.evidence(t, level) for level in STRONGEST_FIRST]
    drawn = [
        ("" if number % 2 else t.day(week.starts_on, "d MMM"), [week.levels.get(one, 0) for one in STRONGEST_FIRST])
        for number, week in enumerate(weeks)
    ]
    return render(
        request,
        "member.html",
        reader,
        page=page,
        table=arrange(request, columns, listing, got),
        weeks=weeks,
        levels=STRONGEST_FIRST,
        chart=stacked_columns(drawn, legend) if any(sum(parts) for _, parts in drawn) else "",
        findings=findings,
        proposed=proposed,
        regions=REGIONS,
        kinds=list(MemberKind),
        statuses=list(MemberStatus),
        tiers=dict(words.tiers(t)),
        rhythms=dict(words.rhythms(t)),
        networks=list(Network),
        written=languages(),
        says=tracking_words,
        proposal_states=_proposal_states(t),
        longest_notes=member_edits.LONGEST_NOTES,
    )


def _proposal_states(t: Translator) -> dict[str, str]:
    return {
        ProposalStatus.OPEN.value: t("waits for staff"),
        ProposalStatus.ACCEPTED.value: t("accepted"),
        ProposalStatus.DECLINED.value: t("declined"),
    }


def _columns(t: Translator) -> list[Column]:
    return [
        Column("at", t("Arrived"), lambda one: one.at.isoformat()),
        Column("content", t("Item"), lambda one: one.title.text, sorts=False),
        Column("answers", t("Answer"), lambda one: ", ".join(words.answer(t, kind) for kind, _ in one.answers), False),
        Column("levels", t("Evidence"), lambda one: _levels(t, one), False),
        Column("clicks", t("Clicks"), lambda one: one.clicks, False),
    ]


def _levels(t: Translator, one: member_activity.Got) -> str:
    return ", ".join(
        f"{words.evidence(t, level)}: {one.levels[level]}" for level in STRONGEST_FIRST if level in one.levels
    )


def subject_of(request: Request, reader: SignedIn, code: str) -> str:
    """Return how the audit log calls a party. Raises NotFound, also for one of another region."""
    with runtime_of(request).database.read() as session:
        return f"member:{member_edits.get_member(session, code, region=reader.region).id}"


@router.post("/members/{code}")
def change_facts(request: Request, approver: Approver, code: str, form: Annotated[FactsForm, Form()]) -> Response:
    """Write what a party is."""
    row = _read_facts(code, form)
    with change(
        request, approver, "member.changed", subject_of(request, approver, code), f"status={form.status.value}"
    ) as session:
        member_edits.change_member(session, row, form.status, region=approver.region)
    return go(f"/members/{code}", said="kept")


def _read_facts(code: str, form: FactsForm) -> MemberRow:
    cells = form.model_dump(exclude={"status"}) | {"code": code, "seats": "", "accounts": ""}
    row, wrong = read_row(cells)
    if row is None:
        raise Unreadable("; ".join(wrong))
    return row


@router.post("/members/{code}/notes")
def keep_notes(request: Request, editor: Editor, code: str, form: Annotated[NotesForm, Form()]) -> Response:
    """Keep what staff note of a party."""
    with change(request, editor, "member.noted", subject_of(request, editor, code)) as session:
        member_edits.set_notes(session, code, form.notes.replace("\r\n", "\n"), region=editor.region)
    return go(f"/members/{code}", said="kept")


@router.post("/members/{code}/accounts")
def add_account(request: Request, approver: Approver, code: str, form: Annotated[AccountForm, Form()]) -> Response:
    """Add a public account."""
    accounts, wrong = read_accounts(f"{form.network.value}={form.handle}")
    if wrong or len(accounts) != 1:
        raise Unreadable(wrong[0] if wrong else "one account, without a semicolon")
    with change(request, approver, "account.added", subject_of(request, approver, code), form.network.value) as session:
        member_edits.add_accounts(session, code, accounts, region=approver.region)
    return go(f"/members/{code}", said="account_added")


@router.post("/members/{code}/accounts/{account_id}/remove")
def remove_account(request: Request, approver: Approver, code: str, account_id: int) -> Response:
    """Stop watching an account."""
    with change(
        request, approver, "account.removed", subject_of(request, approver, code), f"account:{account_id}"
    ) as session:
        member_edits.remove_account(session, code, account_id, region=approver.region)
    return go(f"/members/{code}", said="account_removed")


@router.post("/members/{code}/accounts/{account_id}/confirm")
def confirm_of_party(request: Request, approver: Approver, code: str, account_id: int) -> Response:
    """Note that a party has said, elsewhere than in the chat, that an account is its own."""
    now = runtime_of(request).now()
    with change(
        request, approver, "account.confirmed", subject_of(request, approver, code), f"account:{account_id}"
    ) as session:
        own = get_own(session, member_edits.get_member(session, code, region=approver.region).id or 0, account_id)
        confirm_account(session, own.id or 0, by=approver.actor, now=now)
    return go(f"/members/{code}", said="account_confirmed")


@router.post("/members/{code}/accounts/{account_id}/decline")
def decline_of_party(request: Request, approver: Approver, code: str, account_id: int) -> Response:
    """Note that an account is not the party's: it is not looked at any more, and no import brings it back."""
    now = runtime_of(request).now()
    with change(
        request, approver, "account.declined", subject_of(request, approver, code), f"account:{account_id}"
    ) as session:
        own = get_own(session, member_edits.get_member(session, code, region=approver.region).id or 0, account_id)
        decline_account(session, own.id or 0, by=approver.actor, now=now)
    return go(f"/members/{code}", said="account_declined")
