"""Web addresses in a text, as X's own library finds them."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.lengths import x_length
from sharebot.rules.x_entities import find_urls

TWITTER = Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "twitter-text"
needs_twitter = pytest.mark.skipif(not TWITTER.is_dir(), reason="twitter-text is not beside the repository")

# These cases are of the library's older setting (v2), which counts each part of an emoji. X uses v3, whose
# `emojiParsingEnabled` makes every emoji two; the same texts stand with that length in the section for v3.
JOINED_EMOJIS = {
    "Count a mix of single byte single word, and double word unicode characters",
    "Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers",
}


def read_cases(name: str, section: str) -> list[dict[str, Any]]:
    """Read the few shapes of YAML that the cases have: quoted texts, lists in brackets, and lists of two keys."""
    source = (TWITTER / name).read_text(encoding="utf-8")
    body = re.split(r"\n  (?=\w+:\n)", source.split(f"\n  {section}:\n")[1])[0]
    cases = []
    for block in body.split("- description: ")[1:]:
        head, _, tail = block.partition("\n")
        told = re.search(r'text: (".*")\n', tail)
        assert told, head
        cases.append({"name": head, "text": unquoted(told[1]), "expected": _expected(tail.split("expected:")[1])})
    return cases


def unquoted(text: str) -> str:
    long_escapes = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda found: chr(int(found[1], 16)), text)
    return str(json.loads(long_escapes))


def _expected(told: str) -> list[Any]:
    if told.lstrip().startswith("["):
        return [unquoted(one) for one in re.findall(r'"(?:[^"\\]|\\.)*"', told.split("\n", maxsplit=1)[0])]
    pairs = re.findall(r'- \w+: ("(?:[^"\\]|\\.)*")\n\s+indices: \[(\d+), (\d+)\]', told)
    return [(unquoted(url), int(start), int(end)) for url, start, end in pairs]


@needs_twitter
@pytest.mark.parametrize(
    ("section", "least"),
    [("urls", 75), ("urls_with_indices", 10), ("urls_with_directional_markers", 2), ("tco_urls_with_params", 5)],
)
def test_links_are_those_that_the_library_finds(section: str, least: int) -> None:
    cases = read_cases("extract.yml", section)
    assert len(cases) >= least
    wrong = []
    for case in cases:
        found = [
            (one.url, one.start, one.end) if "indices" in section or "markers" in section else one.url
            for one in find_urls(case["text"])
        ]
        if found != case["expected"]:
            wrong.append((case["name"], found, case["expected"]))
    assert wrong == []


@needs_twitter
@pytest.mark.parametrize(
    ("section", "least", "differ"),
    [
        ("WeightedTweetsCounterTest", 15, JOINED_EMOJIS),
        ("WeightedTweetsWithDiscountedEmojiCounterTest", 20, set()),
        ("UnicodeDirectionalMarkerCounterTest", 2, set()),
    ],
)
def test_every_text_has_the_length_that_the_library_counts(section: str, least: int, differ: set[str]) -> None:
    source = (TWITTER / "validate.yml").read_text(encoding="utf-8")
    body = re.split(r"\n  (?=\w+:\n)", source.split(f"\n  {section}:\n")[1])[0]
    shape = re.compile(r'- description: "(.*)"\n\s+text: (".*")\n\s+expected:\n\s+weightedLength: (\d+)')
    cases = [(name, unquoted(text), int(length)) for name, text, length in shape.findall(body)]
    assert len(cases) == body.count("weightedLength") >= least
    wrong = {name: (x_length(text), length) for name, text, length in cases if x_length(text) != length}
    assert set(wrong) == differ, wrong


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("", []),
        ("no link here", []),
        ("https://alliance.example/a?b=c#d.", ["https://alliance.example/a?b=c#d"]),
        ("https://alliance.notadomain/a", []),
        ("see https://alliance.org/a?b=c#d.", ["https://alliance.org/a?b=c#d"]),
        ("(alliance.org/a_(b))", ["alliance.org/a_(b)"]),
        ("me@alliance.org", []),
        ("v2.5", []),
    ],
)
def test_links_in_plain_texts(text: str, urls: list[str]) -> None:
    assert [one.url for one in find_urls(text)] == urls


@pytest.mark.parametrize(
    "text", ["a." * 2000, "http://" * 600, "a.com/" + "(" * 4000, "a.com/" + "(a" * 2000, "é.com" * 800, "." * 4000]
)
def test_hostile_texts_cost_little(text: str) -> None:
    start = time.process_time()
    find_urls(text)
    assert time.process_time() - start < 2


@given(st.text(max_size=60))
def test_a_link_stands_where_it_is_said_to(text: str) -> None:
    assert all(text[one.start : one.end] == one.url for one in find_urls(text))
