"""Addresses of accounts as officers write them, and those that name no account of a party."""

import pytest

from sharebot.rules.pasted_links import recognise
from sharebot.rules.profiles import names_server, profile_of, profile_url, read_profile, site_host
from sharebot.values.accounts import Profile, Refusal
from sharebot.values.status import Network


@pytest.mark.parametrize(
    ("text", "network", "handle"),
    [
        ("https://x.com/partynorth", Network.X, "partynorth"),
        (" twitter.com/PartyNorth ", Network.X, "PartyNorth"),
        ("https://bsky.app/profile/north.example", Network.BLUESKY, "north.example"),
        ("press@social.example", Network.MASTODON, "press@social.example"),
        ("@Press@Social.Example", Network.MASTODON, "Press@social.example"),
        ("https://social.example/@press", Network.MASTODON, "press@social.example"),
        ("https://social.example/users/press", Network.MASTODON, "press@social.example"),
        ("https://social.example/@press@other.example", Network.MASTODON, "press@other.example"),
        ("https://t.me/s/northparty", Network.TELEGRAM, "northparty"),
        ("https://www.linkedin.com/company/north-party/", Network.LINKEDIN, "north-party"),
        ("https://www.facebook.com/north.party", Network.FACEBOOK, "north.party"),
        ("https://www.instagram.com/north", Network.INSTAGRAM, "north"),
        ("https://www.threads.net/@north", Network.THREADS, "north"),
        ("https://www.youtube.com/@north", Network.YOUTUBE, "north"),
        ("https://www.tiktok.com/@north", Network.TIKTOK, "north"),
        ("https://whatsapp.com/channel/0029VaAbCdEfGhIjKl", Network.WHATSAPP, "0029VaAbCdEfGhIjKl"),
        ("north.example", Network.WEBSITE, "https://north.example"),
        ("https://north.example/feed.xml", Network.WEBSITE, "https://north.example/feed.xml"),
        ("https://nörd.example/", Network.WEBSITE, "https://xn--nrd-sna.example"),
    ],
)
def test_an_account_is_read_and_its_address_leads_back_to_it(text: str, network: Network, handle: str):
    profile = Profile(network, handle)
    assert read_profile(text) == profile
    assert read_profile(profile_url(profile)) == profile


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Refusal.NO_PROFILE),
        ("hello there", Refusal.NO_PROFILE),
        ("localhost", Refusal.NO_PROFILE),
        ("https://x.com/home", Refusal.NO_PROFILE),
        ("https://x.com/a https://x.com/b", Refusal.NO_PROFILE),
        ("javascript:alert(1)", Refusal.NO_PROFILE),
        ("https://name:word@north.example/", Refusal.NO_PROFILE),
        ("https://x.com/north/status/12", Refusal.A_POST),
        ("https://t.me/northparty/12", Refusal.A_POST),
        ("https://t.me/c/12345/6", Refusal.A_POST),
        ("https://social.example/@press/123", Refusal.A_POST),
        ("https://www.linkedin.com/in/jane-doe", Refusal.PERSONAL),
        ("https://www.facebook.com/profile.php?id=100", Refusal.PERSONAL),
        ("https://t.me/+AbCdEf", Refusal.PERSONAL),
        ("http://127.0.0.1:8080/admin", Refusal.UNKNOWN_NETWORK),
        ("http://[::1]/", Refusal.UNKNOWN_NETWORK),
        ("https://north.example/" + "x" * 300, Refusal.UNKNOWN_NETWORK),
    ],
)
def test_what_names_no_account_of_a_party_is_refused(text: str, refusal: Refusal):
    assert read_profile(text) is refusal


def test_lookalikes_are_websites_of_their_own():
    assert read_profile("https://x.com.evil.example/north") == Profile(
        Network.WEBSITE, "https://x.com.evil.example/north"
    )


def test_a_name_at_a_server_stands_alone():
    assert names_server("press@social.example")
    assert not names_server("write to press@social.example")
    assert not names_server("https://north.example")


@pytest.mark.parametrize(
    "url", ["https://x.com/a/status/1", "https://north.example/", "https://social.example/@a@b.example/12"]
)
def test_a_post_or_a_page_is_no_profile(url: str):
    link = recognise(url)
    assert link is not None
    assert profile_of(link) is None


def test_a_site_is_its_host():
    assert site_host("https://www.north.example/feed.xml") == site_host("north.example") == "north.example"
    assert site_host("https://10.0.0.1/") is None
