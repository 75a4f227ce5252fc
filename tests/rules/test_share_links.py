"""The pre-filled share links."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.lengths import fits_bluesky, x_length
from sharebot.rules.share_links import MAX_ADDRESS, SHARE_ORDER, mail_url, share_url
from sharebot.values.status import Network

URL = "https://links.alliance.example/r/Ab3dEf6hIj"
TEXT = "Santé pour tous & toutes : 100 % d’accès ?"


def made(network: Network, text: str = TEXT) -> str:
    address = share_url(network, text=text, url=URL)
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
    assert share_url(network, text=TEXT, url=URL) is None
    assert network not in SHARE_ORDER


def test_every_network_of_the_order_has_a_link() -> None:
    assert all(share_url(network, text=TEXT, url=URL) for network in SHARE_ORDER)


def test_x_gets_a_text_that_fits_beside_the_link() -> None:
    text = parse_qs(urlsplit(made(Network.X, "mot " * 200)).query)["text"][0]
    assert 240 <= x_length(f"{text} {URL}") <= 280
    assert text.endswith("mot…")


def test_bluesky_gets_text_and_link_within_both_limits() -> None:
    post = parse_qs(urlsplit(made(Network.BLUESKY, "mot " * 200)).query)["text"][0]
    assert fits_bluesky(post)
    assert post.endswith(f"…\n{URL}")


def test_without_a_text_the_link_stands_alone() -> None:
    assert made(Network.WHATSAPP, "  ") == "https://wa.me/?text=" + URL.replace(":", "%3A").replace("/", "%2F")


def test_a_mail_has_subject_text_and_link() -> None:
    address = mail_url(title="Santé\r\nBcc: x@y.example", text="Ligne un\nligne deux", url=URL)
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


@given(st.text(max_size=3000), st.text(max_size=300))
def test_no_mail_is_too_long(text: str, title: str) -> None:
    address = mail_url(title=title, text=text, url=URL)
    assert len(address) <= MAX_ADDRESS
    assert address.count("&") == 1
