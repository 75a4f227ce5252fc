"""The queue: entries, what became of each message, correcting and withdrawing."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from sharebot.rules.audience import Audience
from sharebot.store.audiences import is_of_region
from sharebot.store.contents import list_variants
from sharebot.store.corrections import correct, list_sharers, take_back
from sharebot.store.delivery_views import list_delivery_lines
from sharebot.store.queue import get_entry
from sharebot.store.queue_views import SHOWN, get_entry_view, list_shown
from sharebot.store.staff import SignedIn
from sharebot.texts.catalogue import Translator
from sharebot.values.status import ContentKind, DeliveryStatus, StaffRole
from sharebot.web import words
from sharebot.web.desk import Column, arrange, change, demand_reach, download, read_listing, wants_csv
from sharebot.web.guard import Approver, Viewer, may
from sharebot.web.pages import go, render, runtime_of, speak

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
    """List the entries: what is planned or on its way, what waits for somebody, what is done."""
    t = speak(reader.language)
    columns = _entry_columns(t)
    listing = read_listing(request, columns, ("show", "kind"))
    show = listing.chosen("show") if listing.chosen("show") in SHOWN else "going"
    # The next comes first; of what is done, the last.
    turned = listing.descending if listing.sort else show == "done"
    listing = replace(listing, descending=turned, filters={**listing.filters, "show": show})
    with runtime_of(request).database.read() as session:
        listed = list_shown(session, listing, language=reader.language)
    if wants_csv(request):
        return download("queue", columns, listed)
    table = arrange(request, columns, listing, listed)
    kinds = [(kind.value, words.content_kind(t, kind)) for kind in ContentKind]
    return render(request, "queue.html", reader, table=table, show=show, kinds=kinds)


@router.get("/queue/{entry_id}")
def show_entry(request: Request, reader: Viewer, entry_id: int) -> Response:
    """Show one entry and what became of each of its messages."""
    t = speak(reader.language)
    columns = _message_columns(t)
    listing = read_listing(request, columns, ("state",))
    with runtime_of(request).database.read() as session:
        entry = get_entry_view(session, entry_id, language=reader.language)
        decides = may(reader, StaffRole.APPROVER) and is_of_region(session, entry.audience, reader.region)
        listed = list_delivery_lines(session, entry_id, listing, region=reader.region)
        sharers = list_sharers(session, entry.content_id)
        versions = [one for one in list_variants(session, entry.content_id) if one.url]
    if wants_csv(request):
        return download(f"queue-{entry_id}", columns, listed)
    table = arrange(request, columns, listing, listed)
    states = [(one.value, words.delivery_status(t, one)) for one in DeliveryStatus]
    return render(
        request,
        "entry.html",
        reader,
        entry=entry,
        decides=decides,
        table=table,
        states=states,
        sharers=sharers,
        versions=versions,
    )


@router.get("/queue/{entry_id}/live")
def show_progress(request: Request, reader: Viewer, entry_id: int) -> Response:
    """Show how far an entry is, as a piece of a page that fetches it again and again."""
    with runtime_of(request).database.read() as session:
        entry = get_entry_view(session, entry_id, language=reader.language)
    return render(request, "live.html", reader, entry=entry)


@router.post("/queue/{entry_id}/withdraw")
def withdraw_entry(request: Request, approver: Approver, entry_id: int) -> Response:
    """Stop an entry."""
    with change(request, approver, "entry.withdrawn", f"entry:{entry_id}") as session:
        _demand_entry(session, approver, entry_id)
        take_back(session, entry_id, by=approver.email, now=runtime_of(request).now())
    return go(f"/queue/{entry_id}", said="withdrawn")


@router.post("/queue/{entry_id}/correct")
def correct_entry(
    request: Request, approver: Approver, entry_id: int, form: Annotated[CorrectionForm, Form()]
) -> Response:
    """Change the words of one language version; what was delivered is edited in place."""
    with change(request, approver, "content.corrected", f"entry:{entry_id}", form.language) as session:
        content_id = _demand_entry(session, approver, entry_id)
        correct(
            session,
            content_id,
            form.language,
            title=form.title,
            text=form.text,
            revision=form.revision,
            now=runtime_of(request).now(),
        )
    return go(f"/queue/{entry_id}", said="corrected")


def _demand_entry(session: Session, reader: SignedIn, entry_id: int) -> int:
    """Return the content of an entry that somebody may decide on. Raises NotFound or NotAllowed."""
    entry = get_entry(session, entry_id)
    demand_reach(session, reader, Audience.from_json(entry.audience))
    return entry.content_id


def _entry_columns(t: Translator) -> list[Column]:
    return [
        Column("time", t("Time"), lambda one: one.release_at.isoformat()),
        Column("title", t("Item"), lambda one: one.title.text, sorts=False),
        Column("audience", t("Audience"), lambda one: words.audience(t, one.audience), sorts=False),
        Column("status", t("State"), lambda one: words.entry_status(t, one.status)),
        Column("sent", t("Sent"), lambda one: one.sent, sorts=False, number=True),
        Column("total", t("Messages"), lambda one: one.total, sorts=False, number=True),
        Column("clicks", t("Clicks"), lambda one: one.clicks, sorts=False, number=True),
        Column("until", t("Offered until"), lambda one: one.expires_at.isoformat()),
    ]


def _message_columns(t: Translator) -> list[Column]:
    return [
        Column("party", t("Party"), lambda one: one.member_name),
        Column("language", t("Language"), lambda one: one.language),
        Column("state", t("State"), lambda one: words.delivery_status(t, one.status)),
        Column("time", t("Their local time"), lambda one: (one.sent_at or one.due_at).isoformat()),
        Column("answer", t("Answer"), lambda one: words.answer(t, one.answer) if one.answer else ""),
    ]
