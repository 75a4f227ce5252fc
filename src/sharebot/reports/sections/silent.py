"""Parties without a share: those we could have seen, and those we cannot see."""

from sharebot.reports.section import Section
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures, PartyFigures


def silent(figures: Figures, t: Translator) -> Section | None:
    """Tell "did not share" from "cannot be seen" and from "received nothing"."""
    quiet = [party for party in figures.parties if not sum(party.levels.values())]
    seen = [party for party in quiet if party.received and party.observable]
    unseen = [party for party in quiet if party.received and not party.observable]
    nothing = [party for party in quiet if not party.received]
    groups = (
        (t("Received items, no share found on the accounts we can watch"), seen),
        (t("Received items, and has no account we can watch: nothing can be said"), unseen),
        (t("Received nothing this week"), nothing),
    )
    lines = tuple(f"{title} ({t.number(len(group))}): {_names(group)}." for title, group in groups if group)
    return Section(t("No share known"), lines) if lines else None


def _names(parties: list[PartyFigures]) -> str:
    return ", ".join(party.name for party in parties)
