"""The words about a party's shares fit a caption in every language, and hold only what is its own."""

from datetime import date, timedelta

import pytest

from sharebot.reports.charts import draw_impact
from sharebot.sandbox.entities import parse_html
from sharebot.texts.catalogue import languages
from sharebot.texts.impact import drawing_of, nothing_yet, tell_impact
from sharebot.values.impact import Impact
from sharebot.values.status import Evidence, Network

SINCE = date(2026, 8, 25)
HOSTILE = "<b>Votes</b> & more " * 40
WEEKS = tuple((SINCE + timedelta(days=7 * week), 1_000_000 * week) for week in range(13))
FULL = Impact(
    HOSTILE, SINCE, date(2026, 11, 23), 1_000_000, dict.fromkeys(Evidence, 1_000_000), tuple(Network), WEEKS,
    (HOSTILE, 1_000_000),
)  # fmt: skip


@pytest.mark.parametrize("language", languages())
def test_the_longest_words_fit_a_caption_and_stay_words(language: str) -> None:
    words = parse_html(tell_impact(language, FULL))
    assert words.length <= 1024
    assert "<b>Votes</b> & more" in words.text
    assert nothing_yet(language)


@pytest.mark.parametrize("language", languages())
def test_the_picture_is_drawn_in_every_language(language: str) -> None:
    drawing = drawing_of(language, FULL)
    assert len(drawing.columns) == 13
    assert draw_impact(drawing).startswith(b"\x89PNG")


def test_levels_stand_beside_each_other_strongest_first() -> None:
    few = Impact("N", SINCE, SINCE, 4, {Evidence.CLAIMED: 2, Evidence.OBSERVED: 1}, (), WEEKS)
    words = tell_impact("en", few)
    assert words.index("Seen by us – 1") < words.index("On your word – 2")
    assert "Link given" not in words
