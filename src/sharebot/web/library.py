"""The library: every content, to search, to look at again and to send again."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from sharebot.store.campaigns import list_campaigns
from sharebot.store.library import list_library
from sharebot.texts.catalogue import Translator
from sharebot.texts.settings import topic_name
from sharebot.values.status import ContentKind, ContentStatus
from sharebot.web import words
from sharebot.web.desk import Column, arrange, download, read_listing, wants_csv
from sharebot.web.guard import Viewer
from sharebot.web.pages import render, runtime_of, speak

router = APIRouter()
_FILTERS = ("kind", "status", "campaign", "topic", "sent")


@router.get("/library")
def show_library(request: Request, reader: Viewer) -> Response:
    """List all contents, the newest first."""
    runtime, t = runtime_of(request), speak(reader.language)
    columns = _columns(t)
    listing = read_listing(request, columns, _FILTERS, newest_first=True)
    with runtime.database.read() as session:
        listed = list_library(session, listing, language=reader.language)
        campaigns = [(one.code, one.name) for one in list_campaigns(session)]
    if wants_csv(request):
        return download("library", columns, listed)
    return render(
        request,
        "library.html",
        reader,
        table=arrange(request, columns, listing, listed),
        kinds=[(kind.value, words.content_kind(t, kind)) for kind in ContentKind],
        statuses=[(one.value, words.content_status(t, one)) for one in ContentStatus if one is not ContentStatus.NEW],
        campaigns=campaigns,
        topics=[(code, topic_name(runtime.settings, code, reader.language)) for code in runtime.settings.topics],
        sent=[("yes", t("sent")), ("no", t("not sent yet")), ("evergreen", t("worth sending again"))],
    )


def _columns(t: Translator) -> list[Column]:
    return [
        Column("published", t("Published"), lambda one: one.published_at.isoformat() if one.published_at else ""),
        Column("title", t("Title"), lambda one: one.title.text, sorts=False),
        Column("kind", t("Kind"), lambda one: words.content_kind(t, one.kind)),
        Column("languages", t("Languages"), lambda one: " ".join(one.languages), sorts=False),
        Column("campaign", t("Campaign"), lambda one: one.campaign, sorts=False),
        Column("status", t("State"), lambda one: words.content_status(t, one.status)),
        Column("sent", t("Sent"), lambda one: one.released_at.isoformat() if one.released_at else ""),
        Column("seen", t("Seen sharing"), lambda one: one.seen, sorts=False, number=True),
        Column("said", t("Say so"), lambda one: one.said, sorts=False, number=True),
        Column("clicks", t("Clicks"), lambda one: one.clicks, sorts=False, number=True),
    ]
