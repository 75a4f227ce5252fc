"""By region and by language."""

from collections import defaultdict

from sharebot.reports.levels import level_cells, level_heads
from sharebot.reports.section import Section, Table
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures, PartyFigures
from sharebot.values.status import Evidence


def regions(figures: Figures, t: Translator) -> Section:
    """Compare regions by the share of their parties that amplified."""
    names = {
        "Africa": t("Africa"),
        "Americas": t("Americas"),
        "Asia-Pacific": t("Asia-Pacific"),
        "Europe": t("Europe"),
        "Middle East": t("Middle East"),
    }
    groups: dict[str, list[PartyFigures]] = defaultdict(list)
    for party in figures.parties:
        groups[party.region].append(party)
    head = (t("Region"), t("parties"), t("with items"), t("sharing"), *level_heads(t))
    rows = tuple(
        (
            names.get(region, region),
            t.number(len(group)),
            t.number(sum(party.received > 0 for party in group)),
            t.number(sum(bool(sum(party.levels.values())) for party in group)),
            *level_cells({level: sum(p.levels.get(level, 0) for p in group) for level in Evidence}, t),
        )
        for region, group in sorted(groups.items())
    )
    return Section(t("By region"), (), Table(head, rows))


def languages(figures: Figures, t: Translator) -> Section | None:
    """Show in which languages items were shared."""
    if not figures.languages:
        return None
    rows = tuple(
        (t.language_name(code) if code else t("not known"), *level_cells(levels, t))
        for code, levels in sorted(figures.languages.items())
    )
    return Section(t("By language of the item"), (), Table((t("Language"), *level_heads(t)), rows))
