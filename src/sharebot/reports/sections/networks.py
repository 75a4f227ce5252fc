"""By network."""

from sharebot.reports.levels import level_cells, level_heads
from sharebot.reports.section import Section, Table
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Figures
from sharebot.values.status import Network


def networks(figures: Figures, t: Translator) -> Section | None:
    """Show where items were shared, as far as it is known."""
    if not figures.networks:
        return None
    ways = {None: t("not named"), Network.WEBSITE: t("Website"), Network.EMAIL: t("E-mail")}
    named = {network: ways.get(network) or (network.label if network else "") for network in figures.networks}
    rows = tuple(
        (named[network], *level_cells(levels, t))
        for network, levels in sorted(figures.networks.items(), key=lambda pair: named[pair[0]])
    )
    note = t("Only networks that let us look can be observed; on the others we rely on what officers tell us.")
    return Section(t("By network"), (), Table((t("Network"), *level_heads(t)), rows), notes=(note,))
