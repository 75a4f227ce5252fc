"""Editing a content: one form for all its languages and texts, kept as a whole or shown again."""

from typing import Annotated, Self

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sharebot.config.settings import Settings
from sharebot.rules.drafts import (
    LONGEST_HASHTAGS,
    LONGEST_TEXT,
    Fault,
    find_faults,
    list_differences,
    read_hashtags,
)
from sharebot.rules.share_links import WRITTEN
from sharebot.rules.wordings import LONGEST_WORDING, MOST_WORDINGS, split_wordings
from sharebot.sources.plain import language_of, tidy, web_link
from sharebot.store.editing import ChangedSince, get_draft, keep_draft, set_evergreen
from sharebot.store.review import get_content_view
from sharebot.values.drafts import Draft, DraftVersion
from sharebot.values.status import Network
from sharebot.web import desk
from sharebot.web.approval import ApprovalForm
from sharebot.web.contents import Unkept, show_page
from sharebot.web.guard import Unreadable, WholeEditor
from sharebot.web.pages import go, render, runtime_of
from sharebot.web.preview import read_preview, sample_link

router = APIRouter()
_MOST = 40  # languages of one content
Codes = Annotated[list[Annotated[str, Field(max_length=3)]], Field(max_length=_MOST)]
# Longer than what is kept, so that whoever pastes too much gets it back to shorten it.
Texts = Annotated[list[Annotated[str, Field(max_length=2 * LONGEST_TEXT)]], Field(max_length=_MOST)]
Wordings = Annotated[
    list[Annotated[str, Field(max_length=2 * MOST_WORDINGS * LONGEST_WORDING)]], Field(max_length=_MOST)
]


class EditForm(BaseModel):
    """All fields of the editor: lists have one entry a language version, in the same order.

    `before` is the fingerprint of what the editor saw. A version without a language is the empty column.
    """

    model_config = ConfigDict(extra="forbid")

    before: Annotated[str, Field(max_length=24)]
    language: Codes
    title: Texts
    text: Texts
    url: Texts
    wordings: Wordings
    x: Texts
    facebook: Texts
    linkedin: Texts
    whatsapp: Texts
    telegram: Texts
    bluesky: Texts
    threads: Texts
    mastodon: Texts
    instagram: Texts
    hashtags: Annotated[str, Field(max_length=10 * LONGEST_HASHTAGS)] = ""
    topics: Annotated[list[Annotated[str, Field(max_length=16)]], Field(max_length=12)] = []
    campaign: Annotated[str, Field(max_length=40)] = ""
    evergreen: bool = False

    @model_validator(mode="after")
    def have_all_fields(self) -> Self:
        """Refuse a form in which a field belongs to no version."""
        lists = (self.title, self.text, self.url, self.wordings, *(getattr(self, place.value) for place in WRITTEN))
        if any(len(one) != len(self.language) for one in lists):
            raise ValueError("every version has every field")
        return self

    def draft(self, settings: Settings) -> Draft:
        """Return what was written, tidied; an empty column is nothing. Raises Unreadable for what no page offers."""
        versions = [self._version(at) for at in range(len(self.language))]
        written = [one for one in versions if one != DraftVersion(one.language, "")]
        codes = [one.language for one in written]
        if len(set(codes)) < len(codes) or any(code and language_of(code) != code for code in codes):
            raise Unreadable("language: each once")
        if not set(self.topics) <= set(settings.topics):
            raise Unreadable("topics: there is no such topic")
        topics = tuple(code for code in settings.topics if code in self.topics)
        return Draft(tuple(written), read_hashtags(_read(self.hashtags)), topics, self.campaign, self.evergreen)

    def _version(self, at: int) -> DraftVersion:
        typed = self.url[at].strip()
        own = ((place, _read(getattr(self, place.value)[at])) for place in Network if place in WRITTEN)
        return DraftVersion(
            self.language[at],
            " ".join(_read(self.title[at]).split()),
            _read(self.text[at]),
            web_link(typed, "") or typed,
            tuple(split_wordings(_read(self.wordings[at]))),
            tuple((place, text) for place, text in own if text),
        )


@router.post("/contents/{content_id}/edit")
def edit_content(request: Request, editor: WholeEditor, content_id: int, form: Annotated[EditForm, Form()]) -> Response:
    """Keep all that was written, or show it again with what is wrong with it or has changed meanwhile."""
    runtime = runtime_of(request)
    draft = form.draft(runtime.settings)
    with runtime.database.read() as session:
        kept = get_draft(session, content_id)
    if draft == kept:
        return go(f"/contents/{content_id}")
    faults = _find_faults(draft, link=sample_link(runtime))
    if faults:
        return show_page(request, editor, content_id, ApprovalForm(), unkept=Unkept(draft, faults), status=422)
    try:
        with desk.change(request, editor, "content.edited", f"content:{content_id}") as session:
            keep_draft(session, content_id, draft, before=form.before, now=runtime.now())
    except ChangedSince:
        with runtime.database.read() as session:
            differences = list_differences(draft, get_draft(session, content_id))
        unkept = Unkept(draft, differences=differences)
        return show_page(request, editor, content_id, ApprovalForm(), unkept=unkept, status=409)
    return go(f"/contents/{content_id}", said="edited")


@router.post("/contents/{content_id}/preview")
def preview_content(
    request: Request, editor: WholeEditor, content_id: int, form: Annotated[EditForm, Form()]
) -> Response:
    """Show what would become of what was written, and keep nothing: alone for `?part=1`, else on the whole page."""
    runtime = runtime_of(request)
    draft = form.draft(runtime.settings)
    if "part" not in request.query_params:
        faults = _find_faults(draft, link=sample_link(runtime))
        unkept = Unkept(draft, faults, is_only_shown=True)
        return show_page(request, editor, content_id, ApprovalForm(), unkept=unkept)
    with runtime.database.read() as session:
        view = get_content_view(session, content_id, language=editor.language)
        files = [file for variant in view.variants for file in variant.files]
        shown = read_preview(session, request, runtime, content_id, files, draft)
    return render(request, "preview.html", editor, view=view, shown=shown, may_edit=True)


@router.post("/contents/{content_id}/evergreen")
def mark_evergreen(
    request: Request, editor: WholeEditor, content_id: int, *, evergreen: Annotated[bool, Form()] = False
) -> Response:
    """Say of a content that is out whether it is worth sending again."""
    with desk.change(request, editor, "content.edited", f"content:{content_id}", "evergreen") as session:
        set_evergreen(session, content_id, evergreen=evergreen)
    return go(f"/contents/{content_id}", said="kept")


def _read(typed: str) -> str:
    # Browsers send every line's end as two signs.
    return tidy(typed.replace("\r\n", "\n"))


def _find_faults(draft: Draft, *, link: str) -> list[Fault]:
    nameless = [Fault("", "language", "missing") for one in draft.versions if not one.language]
    unfit = [Fault(one.language, "url", "unfit") for one in draft.versions if one.url and not web_link(one.url, "")]
    return [*nameless, *unfit, *find_faults(draft, link=link)]
