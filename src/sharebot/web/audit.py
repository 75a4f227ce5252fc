"""The log of changes: who did what, and when."""

import re
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.models import AuditRecord
from sharebot.store.audit import find_head
from sharebot.store.audit_views import FILTERS, find_records, list_actors
from sharebot.store.staff_views import names_of_staff
from sharebot.texts.catalogue import Translator
from sharebot.values.status import StaffRole
from sharebot.web.audit_words import actions, name_action
from sharebot.web.desk import Column, arrange, download, read_listing, wants_csv
from sharebot.web.guard import WholeApprover, may
from sharebot.web.pages import render, runtime_of, speak

router = APIRouter()

_STAFF = re.compile(r"staff:(\d{1,9})")
_PROGRAM = re.compile(r"api:(\d{1,9})")
_PAGES = {
    "entry": "/queue/{}",
    "content": "/contents/{}",
    "officer": "/members",
    "source": "/sources",
    "member": "/members/{}",
    "campaign": "/campaigns/{}",
    "hold": "/queue/holds",
}
# Only admins may open these.
_PAGES_OF_ADMINS = {"staff": "/staff/{}", "token": "/settings/api", "webhook": "/settings/api", "call": "/settings/api"}
_SUBJECT = re.compile(r"([a-z]+):([a-z0-9-]{1,60})")


@router.get("/audit")
def show_log(request: Request, reader: WholeApprover) -> Response:
    """List the changes, the newest first."""
    t = speak(reader.language)
    with runtime_of(request).database.read() as session:
        names = names_of_staff(session)
        columns = _columns(t, names)
        listing = read_listing(request, columns, FILTERS)
        if not listing.sort:
            listing = replace(listing, sort="at", descending=True)
        listed, actors, head = find_records(session, listing), list_actors(session), find_head(session)
    if wants_csv(request):
        return download("changes", columns, listed)
    return render(
        request,
        "audit.html",
        reader,
        table=arrange(request, columns, listing, listed),
        actors=[(actor, name_actor(t, actor, names)) for actor in actors],
        actions=sorted(actions(t).items(), key=lambda one: one[1].casefold()),
        head=head,
        who=lambda actor: name_actor(t, actor, names),
        what=lambda action: name_action(t, action),
        page_of=lambda subject: page_of(subject, is_admin=may(reader, StaffRole.ADMIN)),
    )


def name_actor(t: Translator, actor: str, names: dict[int, str]) -> str:
    """Say who it was; people by their names, while they are known."""
    if match := _STAFF.fullmatch(actor):
        return names.get(int(match[1]), actor)
    if match := _PROGRAM.fullmatch(actor):
        return t("API token {n}", n=match[1])
    known = {"cli": t("the command line"), "system": t("the bot itself"), "chat": t("a stranger in the chat")}
    return known.get(actor, actor)


def page_of(subject: str, *, is_admin: bool) -> str | None:
    """Return the page of what was changed, where it has one that the reader may open."""
    match = _SUBJECT.fullmatch(subject)
    pages = _PAGES | _PAGES_OF_ADMINS if is_admin else _PAGES
    page = pages.get(match[1]) if match else None
    return page.format(match[2]) if page and match else None


def _columns(t: Translator, names: dict[int, str]) -> list[Column]:
    def what(one: AuditRecord) -> str:
        return name_action(t, one.action)

    return [
        Column("at", t("When"), lambda one: one.at.isoformat()),
        Column("actor", t("Who"), lambda one: name_actor(t, one.actor, names)),
        Column("action", t("What"), what),
        Column("subject", t("On what"), lambda one: one.subject, sorts=False),
        Column("detail", t("Detail"), lambda one: one.detail, sorts=False),
    ]
