"""The places the Alliance publishes: whether they answer, what came from them, adding and switching."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.errors import PermanentError, Refused, TemporaryError
from sharebot.sources.discovery import Found, discover
from sharebot.store.sources import (
    accept_move,
    add_source,
    find_source,
    list_source_lines,
    poll_soon,
    switch,
)
from sharebot.texts.catalogue import Translator
from sharebot.values.status import SourceKind, SourceStatus
from sharebot.web import words
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Viewer, WholeEditor
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()


class FindForm(BaseModel):
    """An address behind which there may be feeds."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    url: Annotated[str, Field(min_length=1, max_length=2048)]


class AddForm(FindForm):
    """One of the feeds that were found."""

    kind: SourceKind
    title: Annotated[str, Field(max_length=500)] = ""
    language: Annotated[str, Field(pattern=r"^([a-z]{2,3})?$")] = ""


class SwitchForm(BaseModel):
    """What is to become of a source."""

    model_config = ConfigDict(extra="forbid")

    word: Literal["on", "off", "poll", "move"]


@router.get("/sources")
def show_sources(request: Request, reader: Viewer) -> Response:
    """List the sources with their health."""
    t = speak(reader.language)
    columns = _columns(t)
    listing = read_listing(request, columns, ("status", "kind"))
    with runtime_of(request).database.read() as session:
        listed = list_source_lines(session, listing)
    if wants_csv(request):
        return download("sources", columns, listed)
    return render(
        request,
        "sources.html",
        reader,
        table=arrange(request, columns, listing, listed),
        statuses=[(one.value, words.source_status(t, one)) for one in SourceStatus],
        kinds=[(one.value, words.source_kind(t, one)) for one in SourceKind],
    )


@router.post("/sources/find")
async def find_feeds(request: Request, editor: WholeEditor, form: Annotated[FindForm, Form()]) -> Response:
    """Show the feeds behind an address, to choose from; nothing is kept yet."""
    runtime = runtime_of(request)
    found: list[Found] = []
    problem = ""
    try:
        found = await discover(form.url, fetcher=runtime.fetcher, parsers=runtime.parsers)
    except (PermanentError, TemporaryError, Refused) as error:
        problem = str(error)
    with runtime.database.read() as session:
        known = {one.url for one in found if find_source(session, one.url) is not None}
    return render(
        request,
        "source_found.html",
        editor,
        asked=form.url,
        found=found,
        known=known,
        problem=problem,
        offered=runtime.settings.organisation.languages,
    )


@router.post("/sources")
def keep_source(request: Request, editor: WholeEditor, form: Annotated[AddForm, Form()]) -> Response:
    """Add a source that was found; it is polled at once, and what it brings waits in the inbox."""
    runtime = runtime_of(request)
    with change(request, editor, "source.added", f"source:{form.kind.value}") as session:
        add_source(
            session, form.url, kind=form.kind, title=form.title, language=form.language or None, now=runtime.now()
        )
    return go("/sources", said="source_added")


@router.post("/sources/{source_id}")
def turn_source(request: Request, editor: WholeEditor, source_id: int, form: Annotated[SwitchForm, Form()]) -> Response:
    """Switch a source on or off, have it polled soon, or follow it to where it has moved."""
    now = runtime_of(request).now()
    with change(request, editor, f"source.{form.word}", f"source:{source_id}") as session:
        if form.word == "move":
            accept_move(session, source_id, now=now)
        elif form.word == "poll":
            poll_soon(session, source_id, now=now)
        else:
            switch(session, source_id, on=form.word == "on", now=now)
    return go("/sources", said={"poll": "polled_soon", "move": "source_moved"}.get(form.word, "kept"))


def _columns(t: Translator) -> list[Column]:
    return [
        Column("name", t("Source"), lambda one: one.source.title or one.source.url),
        Column("kind", t("Kind"), lambda one: words.source_kind(t, one.source.kind)),
        Column("language", t("Language"), lambda one: one.source.language, sorts=False),
        Column("status", t("State"), lambda one: words.source_status(t, one.source.status)),
        Column(
            "polled", t("Last looked at"), lambda one: one.source.polled_at.isoformat() if one.source.polled_at else ""
        ),
        Column("contents", t("Contents"), lambda one: one.contents, number=True),
    ]
