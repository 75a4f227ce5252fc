"""Any accent an organisation sets stays readable on light and on dark."""

import re

import pytest

from sharebot.web.brand import DARK_GROUND, ENOUGH, LIGHT_GROUND, contrast, ink_on, readable_on, style_sheet

ACCENTS = ["#c8102e", "#ffff00", "#000000", "#ffffff", "#00ff00", "#777777", "#0000ff"]


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("ground", [LIGHT_GROUND, DARK_GROUND])
def test_text_in_and_on_the_accent_can_be_read(accent: str, ground: str) -> None:
    shown = readable_on(accent, ground)
    assert contrast(shown, ground) >= ENOUGH
    assert contrast(ink_on(shown), shown) >= ENOUGH


def test_a_readable_accent_stays_as_it_is() -> None:
    assert readable_on("#c8102e", LIGHT_GROUND) == "#c8102e"


def test_every_pair_of_colours_in_the_sheet_meets_aa() -> None:
    sheet = style_sheet("#c8102e").split(":root {")
    for block in sheet[1:]:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block.split("}")[0]))
        for ink in ("ink", "soft"):
            for ground in ("ground", "paper"):
                assert contrast(colours[ink], colours[ground]) >= ENOUGH, (ink, ground)
        for word in ("warn", "good", "bad"):
            assert contrast(colours[word], colours[f"{word}-ground"]) >= ENOUGH, word
        assert contrast(colours["ink"], colours["mute-ground"]) >= ENOUGH
        assert contrast(colours["soft"], colours["mute-ground"]) >= ENOUGH
        assert contrast(colours["field"], colours["paper"]) >= 3
