"""Browsers are known by their headers; who only gives their name is not."""

import pytest

from sharebot.rules.clicks import classify, describe, places_of
from sharebot.values.status import ClickOutcome

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Mobile/15E148 Safari/604.1"
)
OLD = "Mozilla/5.0 (Linux; U; Android 4.1.2; fr-fr; GT-I9100) AppleWebKit/534.30 Version/4.0 Mobile Safari/534.30"
MINI = "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80; U; fr) Presto/2.12.423 Version/12.16"
NAMED = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "fr"}
FETCHED = NAMED | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("agent", [CHROME, FIREFOX, SAFARI])
def test_a_browser_says_what_it_reads_and_over_https_what_for(agent: str) -> None:
    assert classify("GET", {"User-Agent": agent, **NAMED}) is ClickOutcome.COUNTED
    assert classify("GET", {"User-Agent": agent, **FETCHED}, is_https=True) is ClickOutcome.COUNTED
    assert classify("GET", {"User-Agent": agent, **NAMED}, is_https=True) is ClickOutcome.ROBOT
    for name in NAMED:
        without = {key: value for key, value in NAMED.items() if key != name}
        assert classify("GET", {"User-Agent": agent, **without}) is ClickOutcome.ROBOT
    assert classify("GET", {"User-Agent": agent, **NAMED, "Accept": "*/*"}) is ClickOutcome.ROBOT


@pytest.mark.parametrize("agent", [OLD, MINI, SAFARI.replace("18.6", "16.1"), FIREFOX.replace("145", "78")])
def test_browsers_from_before_are_believed(agent: str) -> None:
    assert classify("GET", {"User-Agent": agent, **NAMED}, is_https=True) is ClickOutcome.COUNTED


@pytest.mark.parametrize("agent", [OLD, MINI, f"{CHROME} [FB_IAB/FB4A;FBAV/530.0.0.0;]"])
def test_browsers_that_say_little_are_believed(agent: str) -> None:
    assert classify("GET", {"User-Agent": agent}, is_https=True) is ClickOutcome.COUNTED


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Mode": "no-cors"},
        {"Range": "bytes=0-65535"},
        {"From": "someone@robots.example"},
    ],
)
def test_what_no_navigation_says_is_no_click(header: dict[str, str]) -> None:
    assert classify("GET", {"User-Agent": CHROME, **FETCHED, **header}) is ClickOutcome.ROBOT


def test_a_pages_picture_is_asked_for_as_one() -> None:
    picture = {"Accept": "image/*", "Accept-Language": "fr", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    asked = {"User-Agent": CHROME, **picture}
    assert classify("GET", asked, is_https=True, wants="image") is ClickOutcome.COUNTED
    assert classify("GET", asked, is_https=True) is ClickOutcome.ROBOT
    prerendered = asked | {"Sec-Purpose": "prefetch;prerender"}
    assert classify("GET", prerendered, is_https=True, wants="image") is ClickOutcome.PREFETCH


def test_neighbours_in_an_office_are_told_apart_by_their_language() -> None:
    assert describe({"User-Agent": CHROME, **NAMED}) != describe({"User-Agent": CHROME, "Accept-Language": "nl"})


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("testclient", ""),
    ],
)
def test_a_neighbourhood_is_what_one_party_usually_owns(address: str, found: str) -> None:
    assert places_of(address).neighbourhood == found
