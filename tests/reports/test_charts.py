"""Charts: right in their proportions, safe with any label, the same picture every time."""

import struct
from xml.etree import ElementTree as ET

import pytest

from sharebot.reports.charts import COLOURS, columns, draw_impact, panels, stacked_bars, to_data_uri, to_png
from sharebot.reports.charts import bars as plain_bars
from sharebot.reports.levels import level_heads
from sharebot.texts.catalogue import translator
from sharebot.values.impact import Drawing
from tests.reports.sample import SCRIPT

SVG = "{http://www.w3.org/2000/svg}"
LEGEND = ("observed", "link checked", "link given", "claimed")


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def bars(svg: str) -> list[tuple[float, float, str]]:
    return [
        (float(rect.attrib["x"]), float(rect.attrib["width"]), rect.attrib["fill"])
        for rect in parsed(svg).iter(f"{SVG}rect")
        if rect.attrib.get("height") == "18"
    ]


def words(svg: str) -> list[str]:
    return [text.text or "" for text in parsed(svg).iter(f"{SVG}text")]


def test_bars_are_as_long_as_their_numbers_and_end_to_end() -> None:
    first, second, third = bars(stacked_bars([("North", [2, 1]), ("South", [0, 1])], LEGEND))
    assert first[1] == pytest.approx(2 * second[1], abs=0.2)
    assert first[0] + first[1] == pytest.approx(second[0], abs=0.2)
    assert third[1] == pytest.approx(second[1], abs=0.2)


def test_a_level_has_its_own_colour_even_where_others_are_none() -> None:
    assert [fill for _, _, fill in bars(stacked_bars([("North", [0, 0, 0, 5])], LEGEND))] == [COLOURS[3]]


def test_the_sum_stands_at_the_bar() -> None:
    assert words(stacked_bars([("North", [2, 1, 0, 4])], LEGEND))[-2:] == ["North", "7"]


def test_columns_carry_their_numbers_and_days() -> None:
    assert words(columns([("Mon 23", 5), ("Tue 24", 0)])) == ["5", "Mon 23", "0", "Tue 24"]


@pytest.mark.parametrize(
    "svg", [columns([]), columns([("Mon", 0)]), stacked_bars([], ()), stacked_bars([("N", [0])], LEGEND)]
)
def test_nothing_at_all_is_a_picture_too(svg: str) -> None:
    assert to_png(svg).startswith(b"\x89PNG")


def test_a_picture_is_twice_its_size_and_the_same_every_time() -> None:
    svg = stacked_bars([("North", [2, 1, 0, 4])], LEGEND)
    png = to_png(svg)
    assert struct.unpack(">II", png[16:24]) == (1120, 132)
    assert to_png(svg) == png
    assert to_data_uri(png).startswith("data:image/png;base64,iVBOR")


def test_letters_are_drawn() -> None:
    assert to_png(columns([("Mon", 1)])) != to_png(columns([("Tue", 1)]))


@pytest.mark.parametrize(
    "label", [SCRIPT, "</text><image href='file:///etc/passwd'/>", "\x00\x08\x0b", "\ud800", "\ufffe]]>"]
)
def test_any_label_stays_a_label(label: str) -> None:
    svg = stacked_bars([(label, [1])], LEGEND)
    assert {element.tag.removeprefix(SVG) for element in parsed(svg).iter()} == {"svg", "rect", "text"}
    assert to_png(svg).startswith(b"\x89PNG")


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_legend_fits_the_picture(language: str) -> None:
    svg = stacked_bars([], level_heads(translator("report", language)))
    for text in parsed(svg).iter(f"{SVG}text"):
        assert float(text.attrib["x"]) + 6.6 * len(text.text or "") <= 560


def test_levels_beside_each_other_have_their_own_numbers_and_colours() -> None:
    svg = plain_bars([("seen", 4), ("given", 2), ("claimed", 0)])
    first, second, third = bars(svg)
    assert first[1] == pytest.approx(2 * second[1], abs=0.2) and third[1] == 0
    assert [fill for _, _, fill in (first, second, third)] == list(COLOURS[:3])
    assert words(svg) == ["seen", "4", "given", "2", "claimed", "0"]


def test_panels_stand_below_each_other_and_do_not_overlap() -> None:
    svg = parsed(panels([("Above", columns([("Mon", 1)])), ("Below", plain_bars([("seen", 1)] * 4))]))
    inner = [(int(one.attrib["y"]), int(one.attrib["height"])) for one in svg.iter(f"{SVG}svg") if "y" in one.attrib]
    (first, height), (second, last) = inner
    assert first + height < second
    assert second + last <= int(svg.attrib["height"])
    assert to_png(panels([])).startswith(b"\x89PNG")


def test_the_picture_of_nothing_is_a_picture() -> None:
    assert draw_impact(Drawing("a", (), "b", ())).startswith(b"\x89PNG")
