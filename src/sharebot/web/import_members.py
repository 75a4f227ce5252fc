"""Import parties from a file: what would change is shown first, and exactly that is done."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from sharebot.errors import Refused
from sharebot.rules.members_file import COLUMNS, MemberRow, Problem, parse_members
from sharebot.store.member_import import ImportPlan, plan_import
from sharebot.store.members import import_members
from sharebot.store.staff import SignedIn
from sharebot.texts.catalogue import Translator
from sharebot.web.desk import change
from sharebot.web.guard import WholeApprover
from sharebot.web.pages import go, render, runtime_of, speak

router = APIRouter()
_LONGEST = 900_000


class LookForm(BaseModel):
    """A file, or its text pasted."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=_LONGEST)] = ""
    file: UploadFile | None = None

    def read(self) -> str:
        """Return the text; a file counts before what was pasted. Bytes that are no UTF-8 are shown as such."""
        body = self.file.file.read(_LONGEST) if self.file is not None else b""
        return (body.decode("utf-8", "replace") if body else self.text).replace("\r\n", "\n")


class DoneForm(BaseModel):
    """The text once more, and the hash of what was seen of it."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=_LONGEST)]
    seen: Annotated[str, Field(max_length=64)]


@router.get("/members/import")
def show_import(request: Request, approver: WholeApprover) -> Response:
    """Ask for a file."""
    return render(request, "member_import.html", approver, plan=None, text="", columns=COLUMNS, seen="", is_stale=False)


@router.post("/members/import")
def look_at_import(request: Request, approver: WholeApprover, form: Annotated[LookForm, Form()]) -> Response:
    """Say what a file would change; nothing changes."""
    text = form.read()
    with runtime_of(request).database.read() as session:
        _, plan = _plan(session, text)
    return _show(request, approver, text, plan)


@router.post("/members/import/do")
def do_import(request: Request, approver: WholeApprover, form: Annotated[DoneForm, Form()]) -> Response:
    """Import a file as it was seen, all of it or nothing; when things have changed, show it anew."""
    text, now = form.text.replace("\r\n", "\n"), runtime_of(request).now()
    with runtime_of(request).database.read() as session:
        _, plan = _plan(session, text)
    if plan.problems or not hmac.compare_digest(plan.hash(text), form.seen):
        return _show(request, approver, text, plan, is_stale=True)
    with change(request, approver, "members.imported", detail=f"file={form.seen[:12]}") as session:
        rows, fresh = _plan(session, text)
        if not hmac.compare_digest(fresh.hash(text), form.seen):
            raise Refused("the parties have changed since the file was looked at; look at it again")
        import_members(session, rows, now=now)
    return go("/members", said="imported")


def _plan(session: Session, text: str) -> tuple[list[MemberRow], ImportPlan]:
    rows, wrong = parse_members(text)
    if "\0" in text:
        wrong = [*wrong, Problem(1, "the file holds NUL characters")]
    plan = plan_import(session, rows)
    problems = sorted([*wrong, *plan.problems], key=lambda one: one.line)
    return rows, ImportPlan(plan.added, plan.changed, plan.unchanged, tuple(problems))


def _show(request: Request, reader: SignedIn, text: str, plan: ImportPlan, *, is_stale: bool = False) -> Response:
    seen = "" if plan.problems else plan.hash(text)
    status = 409 if is_stale else 422 if plan.problems else 200
    return render(
        request,
        "member_import.html",
        reader,
        status=status,
        plan=plan,
        text=text,
        columns=COLUMNS,
        seen=seen,
        is_stale=is_stale,
        facts=_name_facts(speak(reader.language)),
    )


def _name_facts(t: Translator) -> dict[str, str]:
    return {
        "name": t("Name"),
        "kind": t("Kind"),
        "country": t("Country"),
        "region": t("Region"),
        "languages": t("Languages"),
        "zone": t("Time zone"),
    }
