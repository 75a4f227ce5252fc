"""The addresses behind tracked links."""

import random
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.errors import Refused
from sharebot.rules.utm import ALPHABET, is_code, new_code, tracked_target
from sharebot.values.status import Network

OURS = "utm_source=north&utm_medium=member&utm_campaign=c7"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://alliance.example", f"https://alliance.example?{OURS}"),
        ("https://alliance.example/a?id=5", f"https://alliance.example/a?id=5&{OURS}"),
        ("https://alliance.example/a#top", f"https://alliance.example/a?{OURS}#top"),
        (
            "https://alliance.example/a?q=%C3%A9+b&empty=&x#t?u",
            f"https://alliance.example/a?q=%C3%A9+b&empty=&x&{OURS}#t?u",
        ),
        ("https://alliance.example/?utm_source=feed&a=1&UTM_Term=x", f"https://alliance.example/?a=1&{OURS}"),
        ("https://alliance.example/?utm%5Fsource=feed", f"https://alliance.example/?{OURS}"),
        ("https://alliance.example/?a=1&&b=2", f"https://alliance.example/?a=1&b=2&{OURS}"),
    ],
)
def test_only_utm_parameters_of_an_address_change(url: str, target: str) -> None:
    assert tracked_target(url, campaign="c7", member_code="north") == target


def test_the_network_is_the_medium_where_it_is_known() -> None:
    url = tracked_target("https://a.example", campaign="c", member_code="n", network=Network.BLUESKY)
    assert parse_qs(urlsplit(url).query)["utm_medium"] == ["bluesky"]


def test_odd_letters_in_a_member_code_stay_inside_their_parameter() -> None:
    url = tracked_target("https://a.example", campaign="a&b=c#d", member_code="nôrd sud")
    query = parse_qs(urlsplit(url).query)
    assert (query["utm_source"], query["utm_campaign"]) == (["nôrd sud"], ["a&b=c#d"])


def test_tracking_twice_is_tracking_once() -> None:
    once = tracked_target("https://a.example/?x=1#y", campaign="c7", member_code="north")
    assert tracked_target(once, campaign="c7", member_code="north") == once


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/path", "", "https://", "http://[", "ftp://a.example"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        tracked_target(url, campaign="c7", member_code="north")


def test_codes_are_ten_base62_characters_and_differ() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(is_code(code) for code in codes)


def test_a_demonstration_gets_the_same_codes_again() -> None:
    first = [new_code(random.Random(7).choice) for _ in range(2)]  # noqa: S311
    assert first[0] == first[1]


@pytest.mark.parametrize("text", ["", "123456789", "12345678901", "123456789\n", "12345678 0", "123456789é"])
def test_other_texts_are_no_codes(text: str) -> None:
    assert not is_code(text)


@given(st.text(ALPHABET, min_size=10, max_size=10))
def test_every_base62_text_of_ten_is_a_code(text: str) -> None:
    assert is_code(text)
