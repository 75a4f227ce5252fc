"""One content: written, looked at, and decided on one page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from sharebot.rules.drafts import Difference, Fault
from sharebot.rules.share_links import WRITTEN
from sharebot.store.audiences import Choices
from sharebot.store.campaigns import list_running
from sharebot.store.contents import archive
from sharebot.store.contents import content_hash as hash_of
from sharebot.store.editing import get_draft
from sharebot.store.queue_views import list_entries_of
from sharebot.store.review import ContentView, get_content_view
from sharebot.store.staff import SignedIn
from sharebot.store.wordings import OUT
from sharebot.texts.settings import topic_name
from sharebot.values.drafts import Draft, DraftVersion
from sharebot.values.status import ContentStatus, StaffRole
from sharebot.web import desk
from sharebot.web.approval import ApprovalForm
from sharebot.web.audience import audience_values
from sharebot.web.draft_words import explain_faults, name_field
from sharebot.web.guard import Viewer, WholeEditor, may
from sharebot.web.pages import go, problem, render, runtime_of, speak
from sharebot.web.preview import read_preview, sample_link

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Unkept:
    """What somebody wrote and is shown again, since it was not kept: for its faults, or what changed meanwhile."""

    draft: Draft
    faults: Sequence[Fault] = ()
    differences: Sequence[Difference] = ()
    is_only_shown: bool = False


@router.get("/contents/{content_id}")
def show_content(request: Request, reader: Viewer, content_id: int, form: Annotated[ApprovalForm, Query()]) -> Response:
    """Show a content, to be edited by who may, and before anything is approved, who would get it and who would not."""
    return show_page(request, reader, content_id, form)


@router.post("/contents/{content_id}/archive")
def archive_content(
    request: Request, editor: WholeEditor, content_id: int, content_hash: Annotated[str, Form(max_length=64)]
) -> Response:
    """Put a content away, if it is still the one that was looked at."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        if hash_of(session, content_id) != content_hash:
            return problem(request, "stale", status=409, reader=editor)
    with desk.change(request, editor, "content.archived", f"content:{content_id}") as session:
        archive(session, content_id, now=runtime.now())
    return go("/inbox", said="archived")


def show_page(
    request: Request,
    reader: SignedIn,
    content_id: int,
    form: ApprovalForm,
    *,
    unkept: Unkept | None = None,
    status: int = 200,
) -> Response:
    """Return the page of a content, with what somebody wrote and could not keep where that is so."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        campaigns = list_running(session)
        view = get_content_view(session, content_id, language=reader.language)
        entries = list_entries_of(session, content_id, language=reader.language)
        kept = get_draft(session, content_id)
        draft = unkept.draft if unkept else kept
        files = [file for variant in view.variants for file in variant.files]
        shown = read_preview(session, request, runtime, content_id, files, draft if unkept else None)
        deciding = audience_values(request, reader, session, view, form, entries)
    is_archived = view.status is ContentStatus.ARCHIVED
    out = next((one for one in entries if one.status in OUT), None)
    t = speak(reader.language)
    values: dict[str, Any] = deciding | {
        "view": view,
        "entries": entries,
        "is_archived": is_archived,
        "draft": draft,
        "before": kept.fingerprint,
        "variants": {one.language: one for one in view.variants},
        "may_edit": may(reader, StaffRole.EDITOR) and reader.region is None and not is_archived and out is None,
        "out": out,
        "unkept": unkept,
        "wrong": explain_faults(t, unkept.faults if unkept else ()),
        "name_field": lambda field: name_field(t, field),
        "offered": _offered(runtime.settings.organisation.languages, deciding["choices"], view),
        "blank": DraftVersion("", ""),
        "written": WRITTEN,
        "shown": shown,
        "link": sample_link(runtime),
        "topics": {code: topic_name(runtime.settings, code, reader.language) for code in runtime.settings.topics},
        "campaigns": campaigns,
    }
    return render(request, "content.html", reader, status=status, **values)


def _offered(own: Sequence[str], choices: object, view: ContentView) -> list[str]:
    """Return the languages in which a version can be added: the organisation's, then others that members speak."""
    present = {one.language for one in view.variants}
    spoken = choices.languages if isinstance(choices, Choices) else ()
    return [code for code in dict.fromkeys([*own, *spoken]) if code not in present]
