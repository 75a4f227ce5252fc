"""What was shared most."""

from sharebot.reports.levels import level_cells, level_heads
from sharebot.reports.section import Section, Table
from sharebot.texts.catalogue import Translator
from sharebot.values.figures import ContentFigures, Figures
from sharebot.values.status import ContentKind

_SHOWN = 10


def items(figures: Figures, t: Translator) -> Section | None:
    """List the items by the number of parties that shared them."""
    if not figures.contents:
        return None
    kinds = {
        ContentKind.POST: t("article"),
        ContentKind.VIDEO: t("video"),
        ContentKind.EPISODE: t("episode"),
        ContentKind.EVENT: t("event"),
        ContentKind.APPEAL: t("appeal"),
    }
    best = sorted(figures.contents, key=lambda one: (-one.parties, -one.clicks, one.content_id))[:_SHOWN]
    head = (t("Item"), t("kind"), t("sent"), t("parties"), *level_heads(t), t("clicks"))
    rows = tuple(
        (
            _title(one, t.language),
            kinds[one.kind],
            t.number(one.sent),
            t.number(one.parties),
            *level_cells(one.levels, t),
            t.number(one.clicks),
        )
        for one in best
    )
    return Section(t("What was shared"), (), Table(head, rows, words=2))


def _title(one: ContentFigures, language: str) -> str:
    """Return the title in the reader's language where there is one, else in English, else in any."""
    titles = one.titles
    return (titles.get(language) or titles.get("en") or next(iter(titles.values()), ""))[:70]
