"""Who clicked: people, previews, robots."""

import pytest

from sharebot.rules.clicks import Keys, classify, is_over_cap, keys_of, places_of
from sharebot.values.status import ClickOutcome

PHONE = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile"
SAYS = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "fr"}
SALT = b"s" * 32


@pytest.mark.parametrize(
    "agent",
    [
        PHONE,
        PHONE + " Safari/537.36 [FB_IAB/FB4A;FBAV/530.0.0.0;]",
        PHONE + " Instagram 400.0.0 Android",
        PHONE + " CUBOT KINGKONG 9",
        "Mozilla/5.0 (Linux; Android 13; CUBOT_X70 Build/TP1A) AppleWebKit/537.36 Chrome/120.0 Mobile",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 [LinkedInApp]/9.31",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80; U; fr) Presto/2.12.423 Version/12.16",
        "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    ],
)
def test_people_may_count(agent: str) -> None:
    assert classify("GET", {"User-Agent": agent, **SAYS}) is ClickOutcome.COUNTED


@pytest.mark.parametrize(
    "agent",
    [
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.25.1 A",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "Twitterbot/1.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
        "Mastodon/4.5.0 (http.rb/5.3.1; +https://social.example/) Bot",
        "http.rb/5.1.1 (Mastodon/4.2.0; +https://social.example/)",
        "Mozilla/5.0 (Windows NT 10.0) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (Windows NT 10.0) SafeLinks",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)",
        "Mozilla/5.0 BarracudaCentral",
    ],
)
def test_what_draws_previews_or_scans_mail_does_not_count(agent: str) -> None:
    assert classify("GET", {"user-agent": agent}) is ClickOutcome.PREVIEW


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "   ",
        "curl/8.5.0",
        "python-requests/2.32",
        "python-httpx/0.28.1",
        "Wget/1.21",
        "Go-http-client/2.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "Mozilla/5.0 (compatible; GPTBot/1.2)",
        "SomeCrawler",
        "Mozilla/5.0 HeadlessChrome/142.0",
    ],
)
def test_robots_do_not_count(agent: str) -> None:
    assert classify("GET", {"User-Agent": agent}) is ClickOutcome.ROBOT


def test_a_request_without_any_user_agent_is_a_robot() -> None:
    assert classify("GET", {}) is ClickOutcome.ROBOT


def test_head_is_told_apart_before_all() -> None:
    assert classify("head", {"User-Agent": "TelegramBot"}) is ClickOutcome.HEAD


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "PROPFIND"])
def test_only_get_is_a_click(method: str) -> None:
    assert classify(method, {"User-Agent": PHONE}) is ClickOutcome.ROBOT


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"X-Purpose": "preview"},
    ],
)
def test_a_browser_that_fetches_ahead_does_not_count(header: dict[str, str]) -> None:
    assert classify("GET", {"User-Agent": PHONE, **header}) is ClickOutcome.PREFETCH


def keys(salt: bytes = SALT, *, code: str = "abc", address: str = "192.0.2.1", agent: str = PHONE) -> Keys:
    return keys_of(salt, link=code, address=address, agent=agent, minute=0)


def test_one_visitor_has_one_key_and_nobody_else_has_it() -> None:
    key = keys().visitor
    assert key == keys().visitor
    others = [
        keys(b"t" * 32).visitor,
        keys(code="abd").visitor,
        keys(address="192.0.2.2").visitor,
        keys(agent="other").visitor,
        keys(code="abc192.0.2.1", address="").visitor,
        keys().address,
    ]
    assert len({key, *others}) == 7


def test_a_broken_user_agent_still_has_a_key() -> None:
    assert len(keys(address="x", agent="\udcff").visitor) == 32


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_one_connection_is_one_ipv4_address_or_one_ipv6_network(address: str, network: str) -> None:
    assert places_of(address).network == network


def test_ten_thousand_hits_of_one_address_count_twenty_times() -> None:
    counted = 0
    for _ in range(10_000):
        counted += not is_over_cap(counted)
    assert counted == 20
