"""The pre-filled share links."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.lengths import BLUESKY_GRAPHEMES, bluesky_share, x_length
from sharebot.rules.share_links import (
    ALWAYS_USED,
    MAX_ADDRESS,
    SHARE_ORDER,
    choose_places,
    find_server,
    mail_url,
    pasted_text,
    read_place,
    repost_place,
    repost_url,
    share_url,
)
from sharebot.values.cards import PostText
from sharebot.values.status import Network

URL = "https://links.alliance.example/r/Ab3dEf6hIj"
TEXT = "Santé pour tous & toutes : 100 % d’accès ?"


def made(network: Network, text: str = TEXT) -> str:
    address = share_url(network, PostText(text, url=URL))
    assert address is not None
    return address


@pytest.mark.parametrize(
    ("network", "start", "words"),
    [
        (Network.X, "https://x.com/intent/tweet?", {"text": TEXT, "url": URL}),
        (Network.FACEBOOK, "https://www.facebook.com/sharer/sharer.php?", {"u": URL}),
        (Network.LINKEDIN, "https://www.linkedin.com/sharing/share-offsite/?", {"url": URL}),
        (Network.WHATSAPP, "https://wa.me/?", {"text": f"{TEXT}\n{URL}"}),
        (Network.TELEGRAM, "https://t.me/share/url?", {"url": URL, "text": TEXT}),
        (Network.BLUESKY, "https://bsky.app/intent/compose?", {"text": f"{TEXT}\n{URL}"}),
        (Network.THREADS, "https://www.threads.com/intent/post?", {"text": TEXT, "url": URL}),
        (Network.MASTODON, "https://share.joinmastodon.org/#", {"text": f"{TEXT}\n{URL}"}),
    ],
)
def test_each_network_gets_the_words_where_it_takes_them(network: Network, start: str, words: dict[str, str]) -> None:
    address = made(network)
    assert address.startswith(start)
    parts = urlsplit(address)
    assert parse_qs(parts.query or parts.fragment) == {name: [word] for name, word in words.items()}
    assert "+" not in address
    assert address.isascii()


@pytest.mark.parametrize("network", [Network.INSTAGRAM, Network.TIKTOK, Network.YOUTUBE, Network.WEBSITE])
def test_networks_without_a_share_link_have_none(network: Network) -> None:
    assert share_url(network, PostText(TEXT, url=URL)) is None
    assert network not in SHARE_ORDER


def test_every_network_of_the_order_has_a_link() -> None:
    assert all(share_url(network, PostText(TEXT, url=URL), title="A title") for network in SHARE_ORDER)


def test_x_gets_a_text_that_fits_beside_the_link() -> None:
    text = parse_qs(urlsplit(made(Network.X, "mot " * 200)).query)["text"][0]
    assert 240 <= x_length(f"{text} {URL}") <= 280
    assert text.endswith("mot…")


def test_bluesky_gets_text_and_link_within_both_limits() -> None:
    post = parse_qs(urlsplit(made(Network.BLUESKY, "mot " * 200)).query)["text"][0]
    assert bluesky_share(post) <= BLUESKY_GRAPHEMES
    assert post.endswith(f"…\n{URL}")


def test_without_a_text_the_link_stands_alone() -> None:
    assert made(Network.WHATSAPP, "") == "https://wa.me/?text=" + URL.replace(":", "%3A").replace("/", "%2F")


def test_a_mail_has_subject_text_and_link() -> None:
    address = mail_url(title="Santé\r\nBcc: x@y.example", post=PostText("Ligne un\nligne deux", url=URL))
    query = parse_qs(urlsplit(address).query)
    assert query["subject"] == ["Santé Bcc: x@y.example"]
    assert query["body"] == [f"Ligne un\r\nligne deux\r\n\r\n{URL}"]
    assert "%0D%0A" in address


@given(st.text(max_size=3000), st.sampled_from(SHARE_ORDER))
def test_no_text_makes_an_address_too_long_or_breaks_out_of_it(text: str, network: Network) -> None:
    address = made(network, text)
    assert len(address) <= MAX_ADDRESS
    assert address.isascii()
    assert address.count("&") <= 1
    assert URL in unquote(address)
    assert not re.search(r"\s", address)


@given(st.text(max_size=3000), st.text(max_size=300))
def test_no_mail_is_too_long(text: str, title: str) -> None:
    address = mail_url(title=title, post=PostText(text, url=URL))
    assert len(address) <= MAX_ADDRESS
    assert address.count("&") == 1


def test_the_hashtag_stays_where_the_line_and_words_have_to_go() -> None:
    short = PostText("mot " * 50, "#Santé", "Ensemble pour la santé de tous.", URL)
    text = parse_qs(urlsplit(share_url(Network.X, short) or "").query)["text"][0]
    assert text == f"{'mot ' * 50}#Santé\nEnsemble pour la santé de tous."
    long = PostText("mot " * 62, "#Santé", "Ensemble pour la santé de tous.", URL)
    text = parse_qs(urlsplit(share_url(Network.X, long) or "").query)["text"][0]
    assert text == f"{'mot ' * 62}#Santé", "the line goes first"
    longer = PostText("mot " * 90, "#Santé", "Ensemble pour la santé de tous.", URL)
    text = parse_qs(urlsplit(share_url(Network.X, longer) or "").query)["text"][0]
    assert text.endswith("mot… #Santé")


def test_a_hashtag_that_stands_in_the_words_is_not_repeated() -> None:
    post = PostText("Join #SANTÉ, now", "#Santé", url=URL)
    assert pasted_text(Network.FACEBOOK, post) == f"Join #SANTÉ, now\n{URL}"


@pytest.mark.parametrize(
    ("handle", "server"),
    [
        ("party@social.example", "social.example"),
        ("@party@Mastodon.SOCIAL", "mastodon.social"),
        ("https://piaille.fr/@party", "piaille.fr"),
        ("party", None),
        ("", None),
        ("party@localhost", None),
        ("party@evil.example/share?text={url}", None),
        ("party@a b.example", None),
        ("x@evil.example#", None),
    ],
)
def test_mastodon_opens_on_the_partys_own_server(handle: str, server: str | None) -> None:
    assert find_server(handle) == server
    address = share_url(Network.MASTODON, PostText(TEXT, url=URL), handle=handle) or ""
    host = urlsplit(address).hostname
    assert host == (server or "share.joinmastodon.org")
    assert parse_qs(urlsplit(address).query or urlsplit(address).fragment)["text"] == [f"{TEXT}\n{URL}"]


@pytest.mark.parametrize(
    ("chosen", "accounts", "places"),
    [
        ({Network.EMAIL, Network.X}, {Network.FACEBOOK}, (Network.X, Network.EMAIL)),
        (
            set(),
            {Network.FACEBOOK, Network.INSTAGRAM},
            (Network.FACEBOOK, Network.WHATSAPP, Network.TELEGRAM, Network.EMAIL),
        ),
        (set(), set(), SHARE_ORDER),
        ({Network.INSTAGRAM}, {Network.X}, ()),
    ],
)
def test_only_what_the_party_uses_is_offered(
    chosen: set[Network], accounts: set[Network], places: tuple[Network, ...]
) -> None:
    assert choose_places(chosen, accounts) == places
    assert set(choose_places(set(), {Network.WEBSITE})) >= ALWAYS_USED


def test_a_repost_opens_the_alliances_own_post() -> None:
    assert (
        repost_url(Network.X, "1893000000000000000", None)
        == "https://x.com/intent/retweet?tweet_id=1893000000000000000"
    )
    own = "https://bsky.app/profile/did:plc:abc/post/3k"
    assert repost_url(Network.BLUESKY, "at://did:plc:abc/app.bsky.feed.post/3k", own) == own
    assert repost_url(Network.X, "1&url=https://evil.example", None) is None
    assert repost_url(Network.BLUESKY, "at://x", "https://evil.example/profile/x") is None
    assert repost_url(Network.MASTODON, "1", "https://social.example/@a/1") is None


@pytest.mark.parametrize("network", SHARE_ORDER)
def test_a_place_of_an_address_is_read_as_it_was_written(network: Network) -> None:
    assert read_place(network.value) == (network, False)
    meant = (network, True) if network in {Network.X, Network.BLUESKY} else None
    assert read_place(repost_place(network)) == meant


@pytest.mark.parametrize("place", ["", "instagram", "X", "x_repost_repost", "_repost", "../x", "x "])
def test_other_words_are_no_places(place: str) -> None:
    assert read_place(place) is None
