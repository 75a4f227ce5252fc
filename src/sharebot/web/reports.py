"""Reports: any week in the reader's language, as a page and as files, and what became of the mails."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from sharebot.reports.csv_export import parties_csv
from sharebot.reports.page import report_page
from sharebot.reports.section import Section
from sharebot.reports.weekly import Letterhead, compile_sections, title_of
from sharebot.rules.periods import bounds, first_day, period_of, previous_period
from sharebot.runtime import Runtime
from sharebot.store.figures import get_figures
from sharebot.store.report_views import list_mails
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures
from sharebot.values.status import ReportStatus
from sharebot.web import words
from sharebot.web.desk import Column, arrange, download, read_listing, wants_csv
from sharebot.web.guard import Unreadable, WholeViewer
from sharebot.web.pages import render, runtime_of, speak

router = APIRouter()


@router.get("/reports")
def show_reports(request: Request, reader: WholeViewer) -> Response:
    """List the mails of reports, and lead to the weeks."""
    runtime, t = runtime_of(request), speak(reader.language)
    columns = _columns(t)
    listing = read_listing(request, columns, ("status",), newest_first=True)
    with runtime.database.read() as session:
        listed = list_mails(session, listing)
    if wants_csv(request):
        return download("reports", columns, listed)
    this_week = period_of(runtime.now(), runtime.settings.report_zone)
    weeks = [this_week]
    while len(weeks) < 6:
        weeks.append(previous_period(weeks[-1]))
    return render(
        request,
        "reports.html",
        reader,
        table=arrange(request, columns, listing, listed),
        weeks=[(period, first_day(period)) for period in weeks],
        statuses=[(one.value, words.report_status(t, one)) for one in ReportStatus],
        reports=runtime.settings.reports,
    )


@router.get("/reports/{period}")
def show_week(request: Request, reader: WholeViewer, period: str) -> Response:
    """Show a week's figures (`2026-W48`) as the mail does."""
    runtime = runtime_of(request)
    figures = _figures(runtime, period)
    title, days = title_of(figures, reader.language, _head(runtime))
    this_week = period_of(runtime.now(), runtime.settings.report_zone)
    following = _following(period, runtime.settings.report_zone)
    return render(
        request,
        "report_week.html",
        reader,
        title=title,
        days=days,
        period=period,
        sections=_drawn(compile_sections(figures, reader.language)),
        earlier=previous_period(period),
        later=following if following <= this_week else None,
        is_running=period == this_week,
    )


@router.get("/reports/{period}/parties.csv")
def send_table(request: Request, reader: WholeViewer, period: str) -> Response:
    """Return a week's parties as a file for spreadsheets."""
    body = parties_csv(_figures(runtime_of(request), period), reader.language)
    return _file(body, f"sharebot-{period}.csv", "text/csv; charset=utf-8")


@router.get("/reports/{period}/report.html")
def send_page(request: Request, reader: WholeViewer, period: str) -> Response:
    """Return a week's report as one file that stands alone."""
    runtime = runtime_of(request)
    body = report_page(_figures(runtime, period), reader.language, runtime.settings).encode()
    return _file(body, f"sharebot-{period}.html", "text/html; charset=utf-8")


def _figures(runtime: Runtime, period: str) -> Figures:
    zone = runtime.settings.report_zone
    try:
        starts_at, _ = bounds(period, zone)
    except ValueError:
        raise Unreadable("a week such as 2026-W48") from None
    if starts_at > runtime.now():
        raise Unreadable("that week has not begun")
    with runtime.database.read() as session:
        return get_figures(session, period, zone=zone)


def _head(runtime: Runtime) -> Letterhead:
    settings = runtime.settings
    return Letterhead(settings.organisation.name, settings.report_zone, settings.branding.accent)


def _following(period: str, zone: str) -> str:
    _, ends_at = bounds(period, zone)
    return period_of(ends_at, zone)


def _drawn(sections: Sequence[Section]) -> list[tuple[Section, Markup | None]]:
    """Give each section its chart as a picture of the page."""
    return [(one, Markup(one.chart.svg) if one.chart else None) for one in sections]  # noqa: S704 - drawn by us


def _file(body: bytes, name: str, media_type: str) -> Response:
    return Response(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _written(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _columns(t: Translator) -> list[Column]:
    return [
        Column("period", t("Week"), lambda one: one.period),
        Column("recipient", t("Recipient"), lambda one: one.recipient),
        Column("language", t("Language"), lambda one: one.language, sorts=False),
        Column("status", t("State"), lambda one: words.report_status(t, one.status)),
        Column("sent", t("Mailed"), lambda one: _written(one.sent_at)),
    ]
