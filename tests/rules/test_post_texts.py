"""Addresses, hashtags and names that stand in a post's text."""

import pytest

from sharebot.rules.post_texts import find_addresses, fold_tag, list_hashtags, list_names
from sharebot.values.page_urls import normalise_url
from sharebot.values.posts import Post
from sharebot.values.status import Network

PAGE = "https://alliance.example/a"


@pytest.mark.parametrize(
    "text",
    [
        "see https://alliance.example/a.",
        "see alliance.example/a, please",
        "(www.alliance.example/a)",
        "详情请看https://alliance.example/a请转发",
        "「https://alliance.example/a」",
        "Info:https://alliance.example/a",
        "[the letter](https://alliance.example/a)",
        "👉alliance.example/a👈",
        "اقرأ: https://alliance.example/a؛ ووقّع",
        "HTTPS://ALLIANCE.EXAMPLE/a",
        "https://www.alliance.\nexample/a",
    ],
)
def test_an_address_is_found_in_its_sentence(text: str) -> None:
    assert PAGE in {normalise_url(url) for url in find_addresses(text)}


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/?u=https://alliance.example/a",
        "evil.example/https://alliance.example/a",
        "javascript:https://alliance.example/a",
        "data:text/html,https://alliance.example/a",
        "me@alliance.example/a",
        "alliance.example@evil.example/a",
        "no dots here",
        "alliance.example",
    ],
)
def test_what_only_contains_an_address_is_none(text: str) -> None:
    assert PAGE not in {normalise_url(url) for url in find_addresses(text)}


def post(text: str, *, hashtags: tuple[str, ...] = (), mentions: tuple[str, ...] = ()) -> Post:
    return Post(Network.X, "1", "2", text=text, hashtags=hashtags, mentions=mentions)


def test_hashtags_are_those_of_the_network_and_of_the_text_each_once() -> None:
    assert list_hashtags(post("#Vax and ＃Santé # gap", hashtags=("vax", "#Other"))) == ["vax", "other", "sante", "gap"]
    assert list_hashtags(post("#स्वास्थ्य #全民健康")) == ["स्वास्थ्य", "全民健康"]
    assert list_hashtags(post("# ## #")) == []


@pytest.mark.parametrize(
    ("typed", "ours"),
    [
        ("Patents_Off", "patentsoff"),
        ("MarchForHéalth", "marchforhealth"),
        ("صحه_للجميع", "صحة_للجميع"),
        ("ΥΓΕΊΑ", "υγεια"),
    ],
)
def test_hashtags_are_the_same_in_the_ways_people_type_them(typed: str, ours: str) -> None:
    assert fold_tag(typed) == fold_tag(ours)


def test_a_hashtag_of_look_alikes_is_another() -> None:
    assert fold_tag("P\u0430tentsOff") != fold_tag("PatentsOff")


def test_names_are_those_of_the_network_and_of_the_text() -> None:
    text = "thanks @Ours. and @a@b.example, mail info@ours"
    assert list_names(post(text, mentions=("@Nine", "9001"))) == ["nine", "9001", "ours", "a@b.example"]
