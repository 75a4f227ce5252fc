"""Clicks of people, and what was left out."""

from sharebot.reports.charts import columns
from sharebot.reports.section import Chart, Section, Table
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures


def clicks(figures: Figures, t: Translator) -> Section | None:
    """Show the week day by day; clicks are counted by UTC days."""
    if not figures.clicks and not figures.discarded:
        return None
    days = [(t.day(day, "EEE d"), count) for day, count in figures.clicks_by_day.items()]
    left_out = sum(figures.discarded.values())
    lines = (
        t.n(
            "{n} further request was left out: a preview, a scanner, a robot or a repeat.",
            "{n} further requests were left out: previews, scanners, robots and repeats.",
            left_out,
        ),
    )
    table = Table((t("Day"), t("clicks")), tuple((label, t.number(count)) for label, count in days))
    alt = t("Clicks by day; the figures are in the table.")
    return Section(t("Clicks"), lines, table, Chart("clicks", columns(days), alt))
