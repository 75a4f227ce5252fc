"""Lengths as the networks count them, and cuts that break nothing."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules import lengths
from sharebot.rules.lengths import (
    bluesky_length,
    cut,
    graphemes,
    mastodon_length,
    threads_length,
    utf16_length,
    x_length,
)

TWITTER = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "twitter-text"
needs_twitter = pytest.mark.skipif(not TWITTER.is_dir(), reason="twitter-text is not beside the repository")
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
MEASURES = [utf16_length, bluesky_length, x_length, threads_length, mastodon_length, lengths.bluesky_share]
texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(" aé\u0301\u200d\ufe0f\U0001f1e7\U0001f468\U0001f3fd\r\n각"),
    ),
    max_size=60,
)


def weighted_cases() -> list[tuple[str, str, int]]:
    """Read the one shape of YAML that the cases have: quoted text, then the expected weighted length."""
    source = (TWITTER / "validate.yml").read_text()
    section = source.split("WeightedTweetsWithDiscountedEmojiCounterTest:")[1]
    section = section.split("UnicodeDirectionalMarkerCounterTest:")[0]
    shape = re.compile(r'- description: "(.*)"\n\s+text: (".*")\n\s+expected:\n\s+weightedLength: (\d+)')
    return [(name, _unquoted(text), int(length)) for name, text, length in shape.findall(section)]


def _unquoted(text: str) -> str:
    long_escapes = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda found: chr(int(found[1], 16)), text)
    return str(json.loads(long_escapes))


@needs_twitter
def test_x_counts_every_case_of_its_own_library() -> None:
    cases = weighted_cases()
    assert len(cases) >= 20
    wrong = {name: (x_length(text), length) for name, text, length in cases if x_length(text) != length}
    assert wrong == {}


@needs_twitter
def test_the_weights_are_those_of_the_library() -> None:
    config = json.loads((TWITTER / "config-v3.json").read_text())
    assert [(one["start"], one["end"]) for one in config["ranges"]] == list(lengths._LIGHT)
    assert (config["maxWeightedTweetLength"], config["transformedURLLength"]) == (lengths.X_LIMIT, 23)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Été à Dakar", 11),
        ("e\u0301", 1),
        ("…", 2),
        ("Ấ", 2),
        ("人", 2),
        ("\U0001f600", 2),
        (FAMILY, 2),
        ("\U0001f1e7\U0001f1ea", 2),
        ("see https://alliance.example/a/very/long/path/that/never/ends here", 4 + 23 + 5),
        ("alliance.org", 23),
        ("mail me@alliance.org", 20),
        ("version 2.5 is out", 18),
    ],
)
def test_x_counts_scripts_emojis_and_links(text: str, length: int) -> None:
    assert x_length(text) == length


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        ("\r\n", 1),
        ("e\u0301a", 2),
        (FAMILY, 1),
        ("\U0001f44d\U0001f3fd", 1),
        ("\U0001f1e7\U0001f1ea\U0001f1eb\U0001f1f7", 2),
        ("\U0001f1e7\U0001f1ea\U0001f1eb", 2),
        ("1\ufe0f\u20e3", 1),
        ("\u1112\u1161\u11ab", 1),
        ("각\u11a8", 1),
        ("a\u200db", 2),
        ("กำ", 1),
        ("\u0600\u0661", 1),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", 1),
    ],
)
def test_what_a_reader_sees_as_one_sign_counts_one(text: str, count: int) -> None:
    assert bluesky_length(text) == count
    assert "".join(graphemes(text)) == text


def test_bluesky_keeps_both_limits() -> None:
    assert lengths.bluesky_share("a" * 300) <= lengths.BLUESKY_GRAPHEMES
    assert lengths.bluesky_share("a" * 301) > lengths.BLUESKY_GRAPHEMES
    assert lengths.bluesky_share(FAMILY * 166) <= lengths.BLUESKY_GRAPHEMES
    assert lengths.bluesky_share(FAMILY * 167) > lengths.BLUESKY_GRAPHEMES


def test_telegram_counts_utf16_units() -> None:
    assert utf16_length("aé\U0001f600") == 4


def test_threads_counts_emojis_by_their_bytes() -> None:
    assert threads_length("né\U0001f600") == 6


def test_mastodon_counts_a_link_as_23() -> None:
    assert mastodon_length("go https://alliance.example/" + "x" * 100) == 26


def test_a_text_is_cut_between_two_words() -> None:
    assert cut("The right to health for everyone", 24, measure=bluesky_length) == "The right to health for…"
    assert cut("The right to health for everyone", 23, measure=bluesky_length) == "The right to health…"


def test_a_long_word_is_cut_inside() -> None:
    assert cut("https" * 20, 10, measure=bluesky_length) == "httpshttp…"


def test_a_cut_leaves_an_emoji_whole() -> None:
    assert cut(FAMILY * 4, 2, measure=bluesky_length) == FAMILY + "…"
    assert cut(FAMILY * 2, 9, measure=utf16_length) == FAMILY + "…"
    assert cut(FAMILY * 2, 8, measure=utf16_length) == "…"


def test_a_text_that_fits_is_left_as_it_is() -> None:
    assert cut(" as it is ", 10, measure=utf16_length) == " as it is "


def test_nothing_is_left_where_nothing_fits() -> None:
    assert cut("abc", 0, measure=utf16_length) == ""
    assert cut("人人", 1, measure=x_length) == ""


@given(texts, st.integers(0, 80), st.sampled_from(MEASURES))
def test_a_cut_never_exceeds_its_limit_and_breaks_no_sign(text: str, limit: int, measure: lengths.Measure) -> None:
    shorter = cut(text, limit, measure=measure)
    assert measure(shorter) <= limit or shorter == ""
    if shorter != text and shorter:
        kept = graphemes(shorter.removesuffix("…"))
        whole = list(graphemes(text))
        assert list(kept) == whole[: len(list(graphemes(shorter.removesuffix("…"))))]


@given(texts)
def test_the_signs_put_together_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
