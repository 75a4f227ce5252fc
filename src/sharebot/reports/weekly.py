"""The weekly report: its sections in order, and the mail they become."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sharebot.reports.charts import to_png
from sharebot.reports.csv_export import parties_csv
from sharebot.reports.render import render_html, render_text
from sharebot.reports.section import Section
from sharebot.reports.sections.amplifiers import amplifiers
from sharebot.reports.sections.attention import attention
from sharebot.reports.sections.clicks import clicks
from sharebot.reports.sections.headline import headline
from sharebot.reports.sections.items import items
from sharebot.reports.sections.networks import networks
from sharebot.reports.sections.regions import languages, regions
from sharebot.reports.sections.silent import silent
from sharebot.texts.catalogue import Translator, translator
from sharebot.values.figures import Figures
from sharebot.values.mail import Attachment, InlinePicture, Mail

SECTIONS: tuple[Callable[[Figures, Translator], Section | None], ...] = (
    headline,
    amplifiers,
    silent,
    items,
    regions,
    languages,
    networks,
    clicks,
    attention,
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose report it is, and how it looks."""

    organisation: str
    zone: str
    accent: str


def compile_sections(figures: Figures, language: str) -> list[Section]:
    """Return the sections that have something to say, in the reader's language."""
    t = translator("report", language)
    return [section for make in SECTIONS if (section := make(figures, t)) is not None]


def title_of(figures: Figures, language: str, head: Letterhead) -> tuple[str, str]:
    """Return the report's title and the days it covers."""
    t = translator("report", language)
    zone, last = ZoneInfo(head.zone), figures.ends_at - timedelta(hours=12)
    week = int(figures.period.partition("-W")[2])
    title = t("{organisation}: who shared what, week {week}", organisation=head.organisation, week=week)
    first = t.day_and_month(figures.starts_at.astimezone(zone))
    return title, t("{first} to {last}", first=first, last=t.day(last.astimezone(zone)))


def compose_mail(
    figures: Figures, *, to: str, language: str, message_id: str, head: Letterhead, seal: str | None = None
) -> Mail:
    """Return the whole mail; equal figures give equal bytes. `seal` is the newest one of the log of changes."""
    sections = compile_sections(figures, language)
    title, days = title_of(figures, language, head)
    charts = [section.chart for section in sections if section.chart]
    sources = {chart.name: f"cid:{chart.name}" for chart in charts}
    body = render_html(sections, title=title, days=days, accent=head.accent, language=language, sources=sources)
    return Mail(
        to=to,
        subject=title,
        text=render_text(sections, title=title, days=days) + _seal_line(seal, language),
        html=body,
        message_id=message_id,
        language=language,
        pictures=tuple(InlinePicture(chart.name, to_png(chart.svg), chart.alt) for chart in charts),
        attachments=(Attachment(f"sharebot-{figures.period}.csv", "text/csv", parties_csv(figures, language)),),
    )


def _seal_line(seal: str | None, language: str) -> str:
    """Say the seal in the plain text, where it outlives the database: an older one shows a log made anew."""
    t = translator("report", language)
    return "\n" + t("Seal of the log of changes: {seal}", seal=seal) + "\n" if seal else ""
