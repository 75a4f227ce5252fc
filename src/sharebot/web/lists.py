"""Named lists of parties: who is on them, and what they are called."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.store import lists
from sharebot.store.members import list_members
from sharebot.web.desk import Column, arrange, change, download, read_listing, wants_csv
from sharebot.web.guard import Viewer, WholeEditor
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()


class ListForm(BaseModel):
    """A list's name and its parties."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)]
    code: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=2000)] = []


@router.get("/lists")
def show_lists(request: Request, reader: Viewer) -> Response:
    """Show all lists."""
    t = speak(reader.language)
    columns = [
        Column("name", t("List"), lambda one: one.name),
        Column("parties", t("Parties"), lambda one: len(one.codes)),
    ]
    listing = read_listing(request, columns)
    with runtime_of(request).database.read() as session:
        listed = lists.find_lists(session, listing)
    if wants_csv(request):
        named = [*columns, Column("codes", t("Codes"), lambda one: " ".join(one.codes))]
        return download("lists", named, listed)
    return render(request, "lists.html", reader, table=arrange(request, columns, listing, listed))


@router.get("/lists/new")
def show_new(request: Request, editor: WholeEditor) -> Response:
    """Show the form for a new list."""
    with runtime_of(request).database.read() as session:
        members = list_members(session)
    return render(request, "list.html", editor, one=None, members=members, chosen=set())


@router.post("/lists/new")
def add_list(request: Request, editor: WholeEditor, form: Annotated[ListForm, Form()]) -> Response:
    """Add a list."""
    now = runtime_of(request).now()
    with change(request, editor, "list.added", detail=f"parties={len(form.code)}") as session:
        lists.add_list(session, form.name, form.code, now=now)
    return go("/lists", said="kept")


@router.get("/lists/{list_id}")
def show_list(request: Request, reader: Viewer, list_id: int) -> Response:
    """Show a list."""
    with runtime_of(request).database.read() as session:
        one = lists.get_list(session, list_id)
        members = list_members(session)
    return render(request, "list.html", reader, one=one, members=members, chosen=set(one.codes))


@router.post("/lists/{list_id}")
def change_list(request: Request, editor: WholeEditor, list_id: int, form: Annotated[ListForm, Form()]) -> Response:
    """Give a list its name and its parties."""
    with change(request, editor, "list.changed", f"list:{list_id}", f"parties={len(form.code)}") as session:
        lists.change_list(session, list_id, form.name, form.code)
    return go("/lists", said="kept")


@router.post("/lists/{list_id}/delete")
def drop_list(request: Request, editor: WholeEditor, list_id: int) -> Response:
    """Remove a list."""
    with change(request, editor, "list.removed", f"list:{list_id}") as session:
        lists.drop_list(session, list_id)
    return go("/lists", said="list_removed")
