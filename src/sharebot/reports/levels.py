"""The words for levels of evidence, and tables that keep them apart."""

from sharebot.texts.catalogue import Translator
from sharebot.values.figures import Levels
from sharebot.values.status import Evidence

STRONGEST_FIRST = tuple(reversed(Evidence))


def level_names(t: Translator) -> dict[Evidence, str]:
    """Name the levels in the reader's language."""
    return {
        Evidence.OBSERVED: t("observed"),
        Evidence.LINK_CHECKED: t("link checked"),
        Evidence.LINK_GIVEN: t("link given"),
        Evidence.CLAIMED: t("claimed"),
    }


def level_cells(levels: Levels, t: Translator) -> tuple[str, ...]:
    """Return one cell for each level, strongest first; a dash for none."""
    return tuple(t.number(levels[level]) if levels.get(level) else "–" for level in STRONGEST_FIRST)


def level_heads(t: Translator) -> tuple[str, ...]:
    """Return the heads that go with `level_cells`."""
    names = level_names(t)
    return tuple(names[level] for level in STRONGEST_FIRST)
