"""The report as one file that stands alone."""

from sharebot.config.settings import Settings
from sharebot.reports.charts import to_data_uri, to_png
from sharebot.reports.render import render_html
from sharebot.reports.weekly import Letterhead, compile_sections, title_of
from sharebot.values.figures import Figures


def report_page(figures: Figures, language: str, settings: Settings) -> str:
    """Return the report as HTML with its pictures inside."""
    head = Letterhead(settings.organisation.name, settings.report_zone, settings.branding.accent)
    sections = compile_sections(figures, language)
    title, days = title_of(figures, language, head)
    charts = [section.chart for section in sections if section.chart]
    sources = {chart.name: to_data_uri(to_png(chart.svg)) for chart in charts}
    return render_html(sections, title=title, days=days, accent=head.accent, language=language, sources=sources)
