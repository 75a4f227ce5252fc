"""What makes staff look twice at an arriving item."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sharebot.rules.intake import MANY, find_oddities, is_flood
from sharebot.values.feeds import FeedItem
from tests.cast import NOW

ITEM = FeedItem("a", "Title", url="https://www.alliance.example/a", published_at=NOW)
HOME = {"alliance.example"}


def oddities(**changes) -> tuple[str, ...]:
    return find_oddities(replace(ITEM, **changes), home_hosts=HOME, now=NOW)


def test_an_ordinary_item_is_not_odd():
    assert oddities() == ()


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/a", "https://alliance.example.evil.example/a", "https://notalliance.example/a"]
)
def test_a_foreign_host_is_named(url: str):
    (reason,) = oddities(url=url)
    assert reason.startswith("links to a foreign host: ")


@pytest.mark.parametrize(
    "url", ["https://alliance.example/a", "https://news.alliance.example/a", "https://ALLIANCE.example"]
)
def test_a_home_host_and_what_is_below_it_are_home(url: str):
    assert oddities(url=url) == ()


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        (timedelta(days=30), ()),
        (timedelta(days=30, seconds=1), ("older than 30 days",)),
        (-timedelta(hours=24), ()),
        (-timedelta(hours=24, seconds=1), ("dated in the future",)),
    ],
)
def test_what_is_old_or_of_the_future_is_odd(age: timedelta, reason: tuple[str, ...]):
    assert oddities(published_at=NOW - age) == reason


def test_what_is_missing_is_said_after_what_the_reader_warned_of():
    assert oddities(url=None, published_at=None, warnings=("title cut",)) == ("title cut", "no link", "no date")


@pytest.mark.parametrize(
    ("items", "first", "flood"), [(MANY - 1, False, False), (MANY, False, True), (10 * MANY, True, False)]
)
def test_many_at_once_are_a_flood_but_not_on_the_first_poll(items: int, first: bool, flood: bool):
    assert is_flood(items, first_poll=first) is flood
