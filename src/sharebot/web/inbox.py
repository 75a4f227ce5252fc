"""The inbox: drafts and what is odd about them, proposals, and what waits for an approver."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from sharebot.store.audit import Change, record
from sharebot.store.contents import archive
from sharebot.store.inbox_views import (
    BY_HAND,
    BY_PARTY,
    count_waiting,
    describe,
    list_cards,
    list_draft_languages,
    list_draft_sources,
)
from sharebot.store.proposals import list_open
from sharebot.store.queue_views import list_shown
from sharebot.store.staff import SignedIn
from sharebot.store.stories import list_suggestions, merge, split
from sharebot.texts.catalogue import Translator
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import ContentKind
from sharebot.web import inbox_words, words
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Unreadable, Viewer, WholeEditor
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()
TABS = ("drafts", "odd", "proposals", "waiting")
ContentId = Annotated[int, Field(ge=1, lt=2**31)]


class TickedForm(BaseModel):
    """The drafts that somebody ticked, and the tab they were on."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[list[ContentId], Field(max_length=200)] = []
    show: Literal["drafts", "odd"] = "drafts"


class SplitForm(BaseModel):
    """The language version that does not belong to a content."""

    model_config = ConfigDict(extra="forbid")

    language: Annotated[str, Field(min_length=2, max_length=3)]


@router.get("/inbox")
def show_inbox(request: Request, reader: Viewer) -> Response:
    """Show one tab of what waits."""
    tab = request.query_params.get("show") or "drafts"
    if tab not in TABS:
        raise Unreadable("show: there is no such part of the inbox")
    return _SHOWN[tab](request, reader, tab)


@router.get("/contents")
def forward_contents(_reader: Viewer) -> Response:
    """Lead from the old address of the drafts to the inbox."""
    return RedirectResponse("/inbox", 303)


@router.post("/inbox/put-away")
def put_away(request: Request, editor: WholeEditor, form: Annotated[TickedForm, Form()]) -> Response:
    """Put the ticked drafts away; all of them, or none when one is approved."""
    runtime, back = runtime_of(request), f"/inbox?show={form.show}"
    if not form.content:
        return go(back, said="nothing_ticked")
    with runtime.database.write() as session:
        ids = sorted(set(form.content))
        for content_id in ids:
            archive(session, content_id, now=runtime.now())
        for content_id in ids:
            _note(session, editor, "content.archived", content_id, now=runtime.now())
    return go(back, said="archived")


@router.post("/inbox/merge")
def make_one_item(request: Request, editor: WholeEditor, form: Annotated[TickedForm, Form()]) -> Response:
    """Make one content of the ticked drafts, and open it."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        merged = merge(session, form.content)
        for gone in merged.gone:
            noted = f"into content:{merged.content_id}"
            _note(session, editor, "content.merged", gone, noted, now=runtime.now())
    return go(f"/contents/{merged.content_id}", said="merged")


@router.post("/contents/{content_id}/split")
def split_version(
    request: Request, editor: WholeEditor, content_id: int, form: Annotated[SplitForm, Form()]
) -> Response:
    """Take one language version out of a content, and open the draft that it becomes."""
    now = runtime_of(request).now()
    with change(request, editor, "content.split", f"content:{content_id}", form.language) as session:
        alone = split(session, content_id, form.language, now=now)
    return go(f"/contents/{alone}", said="split")


def _note(session: Session, editor: SignedIn, action: str, content_id: int, detail: str = "", *, now: datetime) -> None:
    record(session, Change(editor.actor, action, f"content:{content_id}", detail), now=now)


def _show_drafts(request: Request, reader: SignedIn, tab: str) -> Response:
    t = speak(reader.language)
    columns = _draft_columns(t)
    listing = _read(request, columns, tab)
    is_whole = not wants_csv(request)
    with runtime_of(request).database.read() as session:
        listed = list_cards(session, listing, odd=tab == "odd", language=reader.language)
        counts, sources = count_waiting(session), list_draft_sources(session)
        spoken = list_draft_languages(session)
        stories = describe(session, list_suggestions(session)) if is_whole and tab == "drafts" else []
    if not is_whole:
        return download(f"inbox-{tab}", columns, listed)
    places = [*sources, (BY_HAND, t("By hand")), (BY_PARTY, t("Proposed by a party"))]
    return render(
        request,
        "inbox.html",
        reader,
        tab=tab,
        counts=counts,
        table=arrange(request, columns, listing, listed),
        is_descending=listing.descending,
        stories=stories if listing.page == 1 and not listing.q else [],
        kinds=[(kind.value, words.content_kind(t, kind)) for kind in ContentKind],
        sources=places,
        tongues=[(code, t.language_name(code)) for code in spoken],
        advise=inbox_words.advise,
        because=inbox_words.because,
    )


def _show_waiting(request: Request, reader: SignedIn, tab: str) -> Response:
    t = speak(reader.language)
    columns = [
        Column("time", t("Time"), lambda one: one.release_at.isoformat()),
        Column("title", t("Title"), lambda one: one.title.text, sorts=False),
        Column("status", t("State"), lambda one: words.entry_status(t, one.status)),
        Column("by", t("Proposed by"), lambda one: one.proposed_by or "", sorts=False),
        Column("note", t("Note"), lambda one: one.note, sorts=False),
    ]
    listing = read_listing(request, columns, ("show", "kind"))
    with runtime_of(request).database.read() as session:
        listed = list_shown(session, listing, language=reader.language)
        counts = count_waiting(session)
    if wants_csv(request):
        return download("inbox-waiting", columns, listed)
    table = arrange(request, columns, listing, listed)
    kinds = [(kind.value, words.content_kind(t, kind)) for kind in ContentKind]
    return render(request, "inbox_waiting.html", reader, tab=tab, counts=counts, table=table, kinds=kinds)


def _show_proposals(request: Request, reader: SignedIn, tab: str) -> Response:
    t = speak(reader.language)
    columns = [
        Column("party", t("Party"), lambda one: one.party),
        Column("title", t("Title"), lambda one: one.title),
        Column("language", t("Language"), lambda one: one.language),
        Column("text", t("Text"), lambda one: one.text),
        Column("url", t("Link"), lambda one: one.url or ""),
    ]
    with runtime_of(request).database.read() as session:
        waiting = list_open(session, language=reader.language)
        counts = count_waiting(session)
    if wants_csv(request):
        return download("inbox-proposals", columns, Listed(waiting, len(waiting)))
    return render(request, "inbox_proposals.html", reader, tab=tab, counts=counts, waiting=waiting)


_SHOWN = {"drafts": _show_drafts, "odd": _show_drafts, "proposals": _show_proposals, "waiting": _show_waiting}


def _read(request: Request, columns: Sequence[Column], tab: str) -> Listing:
    """Read how drafts are asked for; the newest come first where nothing is said."""
    listing = read_listing(request, columns, ("show", "kind", "source", "language"))
    kind = listing.chosen("kind")
    if kind and kind not in set(ContentKind):
        raise Unreadable("kind: there is no such kind of content")
    turned = listing.descending or "dir" not in request.query_params
    return replace(listing, descending=turned, filters={**listing.filters, "show": tab})


def _draft_columns(t: Translator) -> list[Column]:
    return [
        Column("date", t("Date"), lambda one: one.at.isoformat()),
        Column("kind", t("Kind"), lambda one: words.content_kind(t, one.kind)),
        Column("title", t("Title"), lambda one: one.title.text, sorts=False),
        Column("languages", t("Languages"), lambda one: " ".join(one.languages), sorts=False),
        Column("source", t("Source"), lambda one: one.source or one.party or one.by or "", sorts=False),
        Column("reasons", t("Look twice"), lambda one: "; ".join(words.reason(t, text) for text in one.reasons), False),
        Column("link", t("Link"), lambda one: one.url or "", sorts=False),
    ]
