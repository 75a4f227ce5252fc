"""Review: the drafts, one content with its versions and its preview, approving and putting away."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from sharebot.models import Campaign
from sharebot.rules.planning import Plan
from sharebot.store.campaigns import list_running
from sharebot.store.cards import list_previews
from sharebot.store.contents import archive
from sharebot.store.contents import content_hash as hash_of
from sharebot.store.pages import count_drafts
from sharebot.store.queue_views import EntryView, list_entries_of
from sharebot.store.review import (
    AudienceChoices,
    ContentView,
    find_audience_choices,
    get_content_view,
    list_draft_lines,
)
from sharebot.store.staff import SignedIn
from sharebot.texts.settings import topic_name
from sharebot.values.status import ContentStatus, Priority
from sharebot.web import notes
from sharebot.web.approval import ApprovalForm, default_day, find_objection, offered_hours
from sharebot.web.approving import plan_form
from sharebot.web.guard import Editor, Viewer
from sharebot.web.outlook import arrange
from sharebot.web.pages import go, problem, render, runtime_of, speak
from sharebot.web.preview import Preview, show

router = APIRouter()


@router.get("/contents")
def show_drafts(request: Request, reader: Viewer) -> Response:
    """List what waits for review."""
    with runtime_of(request).database.read() as session:
        drafts = list_draft_lines(session, language=reader.language)
        total = count_drafts(session)
    return render(request, "contents.html", reader, drafts=drafts, total=total)


@router.get("/contents/{content_id}")
def show_content(request: Request, reader: Viewer, content_id: int, form: Annotated[ApprovalForm, Query()]) -> Response:
    """Show a content and, before anything is approved, who would get it and who would not."""
    runtime = runtime_of(request)
    with runtime.database.read() as session:
        view = get_content_view(session, content_id, language=reader.language)
        planned = plan_form(session, runtime, content_id, form)
        choices = find_audience_choices(session)
        entries = list_entries_of(session, content_id, language=reader.language)
        cards = list_previews(session, content_id, settings=runtime.settings, now=runtime.now())
        campaigns = list_running(session)
    previews = [show(card) for card in cards]
    return _page(request, reader, view, form, planned, choices, entries, previews, campaigns)


@router.post("/contents/{content_id}/archive")
def archive_content(
    request: Request, editor: Editor, content_id: int, content_hash: Annotated[str, Form(max_length=64)]
) -> Response:
    """Put a content away, if it is still the one that was looked at."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        if hash_of(session, content_id) != content_hash:
            return problem(request, "stale", status=409, reader=editor)
        archive(session, content_id, now=runtime.now())
    return go("/contents", said="archived")


def _page(  # noqa: PLR0913, PLR0917 - one page made of many values
    request: Request,
    reader: SignedIn,
    view: ContentView,
    form: ApprovalForm,
    planned: Plan,
    choices: AudienceChoices,
    entries: list[EntryView],
    previews: list[Preview],
    campaigns: list[Campaign],
) -> Response:
    settings, now = runtime_of(request).settings, runtime_of(request).now()
    urls = [variant.url for variant in view.variants]
    word = find_objection(form, planned, urls, settings=settings, now=now)
    shown = word or request.query_params.get("objection", "")
    return render(
        request,
        "content.html",
        reader,
        view=view,
        form=form,
        seen=form.fingerprint(settings),
        choices=choices,
        outlook=arrange(planned),
        entries=entries,
        objection=notes.find_objection(speak(reader.language), shown),
        can_be_approved=word is None,
        is_archived=view.status is ContentStatus.ARCHIVED,
        hours=offered_hours(settings),
        lasting=form.lasting(settings),
        day=form.day or default_day(settings, now),
        at=form.at or settings.sending.local_time,
        sending=settings.sending,
        priorities=[Priority.HIGH, Priority.NORMAL, Priority.LOW],
        expires_at=form.expires_at(settings, now),
        topics={code: topic_name(settings, code, reader.language) for code in settings.topics},
        previews=previews,
        campaigns=campaigns,
    )
