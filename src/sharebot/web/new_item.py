"""A new item: a pasted link whose page is fetched, or words written by hand in several languages at once."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.media.sniffing import UnfitFile
from sharebot.sources.discovery import read_page
from sharebot.store.audit import Change, record
from sharebot.store.new_items import Added, Maker, Version, add_by_hand, add_page
from sharebot.store.staff import SignedIn
from sharebot.store.uploads import add_upload
from sharebot.texts.catalogue import Translator
from sharebot.values.status import ContentKind
from sharebot.web import words
from sharebot.web.guard import Editor
from sharebot.web.pages import go, render, runtime_of, speak
from sharebot.web.uploads import Alts, explain_unfit, pair_alts, read_upload

router = APIRouter()
_MOST_LANGUAGES = 20
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
_Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]
_Link = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2048)]


class LinkForm(BaseModel):
    """A pasted link; the language is for a page that does not say its own."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[_Link, Field(min_length=1)]
    language: Language | None = None


class HandForm(Alts):
    """What was written by hand: one title, text and link for each language, in the same order."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    kind: ContentKind
    language: Annotated[list[Language], Field(max_length=_MOST_LANGUAGES)]
    title: Annotated[list[_Title], Field(max_length=_MOST_LANGUAGES)]
    text: Annotated[list[_Text], Field(max_length=_MOST_LANGUAGES)]
    link: Annotated[list[_Link], Field(max_length=_MOST_LANGUAGES)]
    file: UploadFile | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """What the page's two forms hold, and what is wrong with it; `troubles` are by the form, in words."""

    url: str = ""
    kind: ContentKind = ContentKind.POST
    rows: tuple[Version, ...] = ()
    troubles: dict[str, str] = field(default_factory=dict)


@router.get("/contents/new")
def show_forms(request: Request, reader: Editor) -> Response:
    """Show both ways to bring something."""
    return _page(request, reader, Filled())


@router.post("/contents/new")
async def add_link(request: Request, reader: Editor, form: Annotated[LinkForm, Form()]) -> Response:
    """Fetch the page behind a link, outside of any transaction, and make a draft of it; a known one is shown."""
    runtime = runtime_of(request)
    try:
        page = await read_page(form.url, fetcher=runtime.fetcher, parsers=runtime.parsers)
    except (PermanentError, TemporaryError) as error:
        trouble = explain_trouble(speak(reader.language), error)
        rows = tuple(Version(code, "", url=form.url) for code in runtime.settings.organisation.languages[:1])
        return _page(request, reader, Filled(url=form.url, rows=rows, troubles={"link": trouble}), status=422)
    language = form.language or runtime.settings.organisation.languages[0]
    maker = Maker(reader.email, runtime.settings, runtime.now())
    with runtime.database.write() as session:
        added = add_page(session, page, maker, language=language)
        if added.is_new:
            record(session, Change(reader.actor, "content.added", f"content:{added.content_id}"), now=runtime.now())
    return _open(added)


@router.post("/uploads/contents")
async def add_hand_written(
    request: Request, reader: Editor, form: Annotated[HandForm, Form(media_type="multipart/form-data")]
) -> Response:
    """Make a draft of what was written, with its picture; nothing is kept when something is wrong with either."""
    runtime, t = runtime_of(request), speak(reader.language)
    rows = _rows(form)
    versions = [row for row in rows if row.title or row.text or row.url]
    wrong = _find_wrong(t, form, versions)
    taken = None
    try:
        taken = await read_upload(form.file)
    except UnfitFile as error:
        wrong = wrong or explain_unfit(t, error.why)
    if wrong:
        filled = Filled(kind=form.kind, rows=rows, troubles={"hand": wrong})
        return _page(request, reader, filled, status=422)
    maker = Maker(reader.email, runtime.settings, runtime.now())
    with runtime.database.write() as session:
        added = add_by_hand(session, form.kind, versions, maker)
        if added.is_new:
            if taken is not None:
                add_upload(session, added.content_id, taken, pair_alts(form))
            record(session, Change(reader.actor, "content.added", f"content:{added.content_id}"), now=runtime.now())
    return _open(added)


def _open(added: Added) -> Response:
    return go(f"/contents/{added.content_id}", said="added" if added.is_new else "known_already")


def _rows(form: HandForm) -> tuple[Version, ...]:
    lists = (form.language, form.title, form.text, form.link)
    if len({len(one) for one in lists}) > 1:
        return ()
    written = zip(*lists, strict=True)
    return tuple(Version(language, title, text, link or None) for language, title, text, link in written)


def _find_wrong(t: Translator, form: HandForm, versions: list[Version]) -> str | None:
    """Say what has to be changed before it can be kept; None when it can."""
    if not versions or len(set(form.language)) < len(form.language):
        return t("Write a title in at least one language.")
    untitled = [version.language for version in versions if not version.title]
    if untitled:
        return t("A title is missing in {language}.", language=t.language_name(untitled[0]))
    if any(version.url and not version.url.startswith(("https://", "http://")) for version in versions):
        return t("A link has to begin with https://")
    return None


def explain_trouble(t: Translator, error: Exception) -> str:
    """Say in plain words why a link could not be fetched, and what to do."""
    said = str(error)
    if isinstance(error, RateLimited):
        return t("That site asks for fewer visits. Try again in a few minutes, or write the item by hand.")
    if isinstance(error, TemporaryError):
        return t("That site does not answer just now. Try again in a minute, or write the item by hand.")
    if said.startswith("the page answers"):
        status = said.rpartition(" ")[2]
        return t("That site says that there is no such page ({status}). Check the link in your browser.", status=status)
    if said.startswith(("not a web page", "the page has no title")):
        return t("There is no page with a title behind this link. Write the item by hand.")
    if said.startswith(("scheme", "address", "not a web address", "a name or password", "port", "refused")):
        return t("This link cannot be fetched. Paste one that begins with https:// and that everybody can open.")
    return t("This link could not be fetched. Check it in your browser, or write the item by hand.")


def _page(request: Request, reader: SignedIn, filled: Filled, *, status: int = 200) -> Response:
    t, spoken = speak(reader.language), runtime_of(request).settings.organisation.languages
    written = {row.language: row for row in filled.rows}
    codes = [*spoken, *(code for code in written if code not in spoken)]
    return render(
        request,
        "new_item.html",
        reader,
        status=status,
        filled=filled,
        rows=[written.get(code, Version(code, "")) for code in codes],
        tongues=codes,
        kinds=[(kind.value, words.content_kind(t, kind)) for kind in ContentKind],
    )
