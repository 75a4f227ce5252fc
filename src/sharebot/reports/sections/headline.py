"""What matters first: how many parties amplified, and how sure that is."""

from sharebot.reports.levels import level_names
from sharebot.reports.section import Section
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures
from sharebot.values.status import DeliveryStatus, Evidence


def headline(figures: Figures, t: Translator) -> Section:
    """Say it in three sentences."""
    asked = sum(party.received > 0 for party in figures.parties)
    amplified = len([party for party in figures.amplifiers if party.received])
    names, levels = level_names(t), figures.levels
    parts = [f"{t.number(levels[level])} {names[level]}" for level in reversed(Evidence) if levels[level]]
    lines = [
        t("{n} of the {m} parties that received something shared at least one item.", n=amplified, m=asked),
        t("Shares by evidence: {parts}.", parts=", ".join(parts)) if parts else t("No shares were found."),
        t.n("{n} click by a person.", "{n} clicks by people.", figures.clicks),
    ]
    sent = figures.deliveries.get(DeliveryStatus.SENT, 0)
    items = sum(content.sent > 0 for content in figures.contents)
    lines.append(t("{items} items went out in {sent} messages.", items=items, sent=sent))
    return Section(t("This week"), tuple(lines))
