"""What matters first: how many parties amplified, and how sure that is."""

from sharebot.reports.section import Section
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures, Levels
from sharebot.values.status import DeliveryStatus, Evidence


def headline(figures: Figures, t: Translator) -> Section:
    """Say it in three sentences."""
    asked = sum(party.received > 0 for party in figures.parties)
    amplified = len([party for party in figures.amplifiers if party.received])
    parts = _counts(figures.levels, t)
    lines = [
        t.n(
            "{n} party shared at least one item, of {m} that received something.",
            "{n} parties shared at least one item, of {m} that received something.",
            amplified,
            m=t.number(asked),
        ),
        t("Shares by evidence: {parts}.", parts=", ".join(parts)) if parts else t("No shares were found."),
        t.n("{n} click by a person.", "{n} clicks by people.", figures.clicks),
    ]
    sent = figures.deliveries.get(DeliveryStatus.SENT, 0)
    items = sum(content.sent > 0 for content in figures.contents)
    messages = t.n("{n} message", "{n} messages", sent)
    lines.append(t.n("{n} item went out in {messages}.", "{n} items went out in {messages}.", items, messages=messages))
    return Section(t("This week"), tuple(lines))


def _counts(levels: Levels, t: Translator) -> list[str]:
    """Name how many shares there are of each level, strongest first, leaving out what is none."""
    named = (
        (Evidence.OBSERVED, t.n("{n} observed", "{n} observed", levels[Evidence.OBSERVED])),
        (
            Evidence.LINK_CHECKED,
            t.n("{n} with a checked link", "{n} with checked links", levels[Evidence.LINK_CHECKED]),
        ),
        (Evidence.LINK_GIVEN, t.n("{n} with a link", "{n} with links", levels[Evidence.LINK_GIVEN])),
        (Evidence.CLAIMED, t.n("{n} claimed", "{n} claimed", levels[Evidence.CLAIMED])),
    )
    return [words for level, words in named if levels[level]]
