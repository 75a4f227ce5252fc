"""Tell a person's click from previews, scanners and robots, and keep nothing of the person."""

import hmac
import ipaddress
import re
from collections.abc import Mapping

from sharebot.values.status import ClickOutcome

MAX_PER_ADDRESS = 20
_MAX_AGENT = 500

# Who fetches a link to draw its preview or to look for harm, before or instead of the reader.
_PREVIEWS = re.compile(
    r"telegrambot|^whatsapp/|facebookexternalhit|facebot|facebookcatalog|meta-external|twitterbot|slackbot|slack-img"
    r"|linkedinbot|discordbot|cardyb|mastodon|pleroma|akkoma|misskey|http\.rb|skypeuripreview|microsoftpreview"
    r"|google-pagerenderer|pinterestbot|redditbot|vkshare|embedly|iframely|viber|snap url preview|synapse \("
    r"|bitlybot|linkpreview|link preview|urlpreview|imessage"
    r"|safelinks|microsoft office|ms-office|barracuda|mimecast|proofpoint|urldefense|symantec|virustotal"
    r"|urlscan",
    re.IGNORECASE,
)
# "Cubot" is a maker of telephones.
_ROBOTS = re.compile(
    r"(?<!cu)bots?(?:\b|_)|crawl|spider|slurp|scrap|monitor|uptime|headless|phantomjs|lighthouse|archiver"
    r"|feedfetcher|feedparser|feedly|^curl|wget|python|httpx|aiohttp|okhttp|go-http-client|^java/|libwww|perl|ruby"
    r"|guzzle|axios|node-fetch|undici|apache-httpclient|postman|insomnia|scanner|nmap|zgrab",
    re.IGNORECASE,
)
_PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)


def classify(method: str, headers: Mapping[str, str]) -> ClickOutcome:
    """Say what a request for a short link is, by what it says of itself.

    COUNTED means only "may count": repeats and the cap per address are decided afterwards.
    """
    if method.upper() == "HEAD":
        return ClickOutcome.HEAD
    lowered = {name.lower(): value for name, value in headers.items()}
    agent = lowered.get("user-agent", "").strip()[:_MAX_AGENT]
    if _PREVIEWS.search(agent):
        return ClickOutcome.PREVIEW
    if any(_PREFETCH.search(lowered.get(name, "")) for name in _PREFETCH_HEADERS):
        return ClickOutcome.PREFETCH
    if method.upper() != "GET" or not agent or _ROBOTS.search(agent):
        return ClickOutcome.ROBOT
    return ClickOutcome.COUNTED


def visitor_key(salt: bytes, *, code: str, address: str, agent: str) -> bytes:
    """Return the 32 bytes by which a second click of one visitor on one link is known the same day.

    `salt` is the day's random one; without it nothing can be told from the key.
    """
    return _keyed(salt, "visitor", code, network_of(address), agent)


def address_key(salt: bytes, *, code: str, address: str) -> bytes:
    """Return the 32 bytes by which the counted clicks of one address on one link are added up in a day."""
    return _keyed(salt, "address", code, network_of(address))


def network_of(address: str) -> str:
    """Return what counts as one connection: an IPv4 address, the /64 of an IPv6 one, "" for neither."""
    try:
        parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def is_over_cap(seen_today: int) -> bool:
    """Whether an address that was counted `seen_today` times for one link is counted no more today."""
    return seen_today >= MAX_PER_ADDRESS


def _keyed(salt: bytes, *parts: str) -> bytes:
    raw = [part.encode("utf-8", "surrogateescape") for part in parts]
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    message = b"".join(len(part).to_bytes(4, "big") + part for part in raw)
    return hmac.digest(salt, message, "sha256")
