"""Who amplified, by evidence."""

from sharebot.reports.charts import stacked_bars
from sharebot.reports.levels import STRONGEST_FIRST, level_cells, level_heads
from sharebot.reports.section import Chart, Section, Table
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures

_SHOWN = 25


def amplifiers(figures: Figures, t: Translator) -> Section | None:
    """List the parties that shared, the best proven first."""
    parties = figures.amplifiers[:_SHOWN]
    if not parties:
        return None
    head = (t("Party"), t("received"), t("items shared"), *level_heads(t), t("clicks"))
    rows = tuple(
        (
            party.name,
            t.number(party.received),
            t.number(party.shared),
            *level_cells(party.levels, t),
            t.number(party.clicks),
        )
        for party in parties
    )
    bars = [(party.name, [party.levels.get(level, 0) for level in STRONGEST_FIRST]) for party in parties[:12]]
    alt = t("Shares of the most active parties by evidence; the figures are in the table.")
    note = t(
        "One post counts once, at its highest level. “Claimed” is an officer’s word; “observed” means we saw "
        "it on the network."
    )
    chart = Chart("amplifiers", stacked_bars(bars, level_heads(t)), alt)
    return Section(t("Who amplified"), (), Table(head, rows), chart, (note,))
