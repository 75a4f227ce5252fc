"""Which requests for a short link are people."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from sharebot.values.status import ClickOutcome

MAX_PER_ADDRESS = 20  # counted clicks on one link from one address in a day
_PREVIEWS = re.compile(
    r"TelegramBot|WhatsApp|facebookexternalhit|Facebot|Twitterbot|Slackbot|LinkedInBot|Discordbot|Bluesky|cardyb"
    r"|Mastodon|http\.rb|SkypeUriPreview|Pinterest|redditbot|vkShare|Viber|Iframely|Embedly|Google-PageRenderer",
    re.I,
)
_ROBOTS = re.compile(
    r"bot\b|crawl|spider|scan|safelinks|barracuda|mimecast|proofpoint|curl|wget|python|httpx|aiohttp|okhttp"
    r"|Go-http-client|Java/|libwww|headless|monitor|uptime|Apache-HttpClient",
    re.I,
)


def classify(method: str, headers: Mapping[str, str]) -> ClickOutcome:
    """Decide from method and headers (names in lower case) alone; COUNTED may still turn out a repeat."""
    if method == "HEAD":
        return ClickOutcome.HEAD
    purpose = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')} {headers.get('x-moz', '')}"
    if "prefetch" in purpose.lower() or "preview" in purpose.lower():
        return ClickOutcome.PREFETCH
    agent = headers.get("user-agent", "")
    if _PREVIEWS.search(agent):
        return ClickOutcome.PREVIEW
    if not agent or _ROBOTS.search(agent):
        return ClickOutcome.ROBOT
    return ClickOutcome.COUNTED


def visitor_key(salt: bytes, *, code: str, address: str, agent: str) -> bytes:
    """Return what stands for one visitor of one link on one day; without the day's salt it says nothing."""
    return _keyed(salt, f"visitor\0{code}\0{address}\0{agent}")


def address_key(salt: bytes, *, code: str, address: str) -> bytes:
    """Return what stands for all visitors of one link from one address: an IPv4 address or an IPv6 /64."""
    return _keyed(salt, f"address\0{code}\0{_network(address)}")


def _network(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    return str(ip) if ip.version == 4 else str(ip_network(f"{ip}/64", strict=False))


def _keyed(salt: bytes, text: str) -> bytes:
    return hmac.new(salt, text.encode(), hashlib.sha256).digest()[:16]
