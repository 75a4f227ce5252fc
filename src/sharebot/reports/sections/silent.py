"""Parties without a share: those we could have seen, and those we cannot see."""

from sharebot.reports.section import Section
from sharebot.reports.unseen import why_unseen
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
        (t("Received items, and has no account we can watch, so nothing can be concluded"), unseen),
        (t("Received nothing this week"), nothing),
    )
    lines = tuple(
        t("{what} ({n}): {parties}.", what=title, n=t.number(len(group)), parties=_names(group, t))
        for title, group in groups
        if group
    )
    return Section(t("No known shares"), lines) if lines else None


def _names(parties: list[PartyFigures], t: Translator) -> str:
    """Name the parties; those that received something and cannot be seen with the reason."""
    return ", ".join(
        f"{party.name} ({why_unseen(party.unobservable, t)})" if party.received and party.unobservable else party.name
        for party in parties
    )
