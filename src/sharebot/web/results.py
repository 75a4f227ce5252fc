"""What became of a content: how far it is, who answered what, who shared it by which evidence, clicks by day."""

from collections.abc import Sequence
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from sharebot.reports.charts import columns as draw_columns
from sharebot.store.contents import get_content
from sharebot.store.queue_views import list_entries_of
from sharebot.store.results import PartyResult, get_results, list_lost, list_party_results
from sharebot.store.titles import Title, list_titles
from sharebot.store.visits import get_funnel
from sharebot.texts.catalogue import Translator
from sharebot.values.status import AnswerKind, Evidence
from sharebot.web import tracking_words, words
from sharebot.web.desk import Column, arrange, download, read_listing, wants_csv
from sharebot.web.guard import Viewer
from sharebot.web.pages import render, runtime_of, speak

router = APIRouter()
_DAYS_DRAWN = 14


@router.get("/contents/{content_id}/results")
def show_results(request: Request, reader: Viewer, content_id: int) -> Response:
    """Show the results of a content over all its entries, and each party's part as a table."""
    t = speak(reader.language)
    columns = _columns(t)
    listing = read_listing(request, columns, ("level",))
    with runtime_of(request).database.read() as session:
        content = get_content(session, content_id)
        titles = list_titles(session, [content_id], language=reader.language)
        listed = list_party_results(session, content_id, listing, region=reader.region)
        if wants_csv(request):
            return download(f"results-{content_id}", columns, listed)
        results = get_results(session, content_id)
        funnel = get_funnel(session, content_id)
        lost = list_lost(session, content_id, region=reader.region)
        entries = list_entries_of(session, content_id, language=reader.language)
    levels = [(one.value, words.evidence(t, one)) for one in Evidence]
    return render(
        request,
        "results.html",
        reader,
        content=content,
        title=titles.get(content_id, Title("–", reader.language)),
        entries=entries,
        results=results,
        answers=list(AnswerKind),
        evidence=list(reversed(Evidence)),
        says=tracking_words,
        funnel=funnel,
        lost=lost,
        presses=sorted(funnel.presses.items(), key=lambda pair: -pair[1]),
        networks=sorted(results.networks.items(), key=lambda pair: -max(pair[1].values())),
        drawing=_draw(results.clicks, t),
        table=arrange(request, columns, listing, listed),
        levels=[*levels, ("none", t("nothing known"))],
    )


def _draw(clicks: Sequence[tuple[date, int]], t: Translator) -> Markup | None:
    """Draw the clicks of the last days that had any; None without a click."""
    if not clicks:
        return None
    last, counted = clicks[-1][0], dict(clicks)
    days = [last - timedelta(days=ahead) for ahead in reversed(range(_DAYS_DRAWN))]
    shown = [(str(day.day), counted.get(day, 0)) for day in days if day >= clicks[0][0]]
    return Markup(draw_columns(shown))  # noqa: S704 - drawn by us of numbers


def _say_best(t: Translator, one: PartyResult) -> str:
    if one.best is not None:
        return words.evidence(t, one.best)
    return f"{t('not observable')}: {tracking_words.why_unseen(t, one.unobservable)}" if one.unobservable else ""


def _columns(t: Translator) -> list[Column]:
    return [
        Column("party", t("Party"), lambda one: one.name),
        Column("region", t("Region"), lambda one: one.region),
        Column("received", t("Received"), lambda one: one.received),
        Column(
            "answer", t("Answer"), lambda one: ", ".join(words.answer(t, kind) for kind in one.answers), sorts=False
        ),
        Column("evidence", t("Best evidence"), lambda one: _say_best(t, one)),
        Column("shares", t("Shares of that level"), lambda one: one.shares, number=True),
        Column("clicks", t("Clicks"), lambda one: one.clicks, number=True),
    ]
