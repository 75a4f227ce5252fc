"""Tell a person's click from previews, scanners and robots, and keep nothing of the person."""

import hmac
import ipaddress
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from sharebot.rules.browsers import Habits, habits_of, is_feigned
from sharebot.rules.robots import find_robot
from sharebot.values.status import ClickOutcome

MAX_PER_ADDRESS = 20  # a day
MAX_PER_NEIGHBOURHOOD = 12  # in ten minutes
_SLOT_MINUTES = 10
_MAX_AGENT = 500

_PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_PREFETCH = re.compile(r"prefetch|prerender|preview", re.IGNORECASE)
# What browsers of the same version still differ in; the version's rest is in the User-Agent.
_MARKS = ("user-agent", "accept-language", "sec-ch-ua", "sec-ch-ua-platform", "sec-ch-ua-mobile")


def classify(
    method: str, headers: Mapping[str, str], *, is_https: bool = False, wants: str = "document"
) -> ClickOutcome:
    """Say what a request for a short link is, by what it says of itself.

    COUNTED means only "may count": repeats and the caps are decided afterwards. `is_https` is whether readers reach
    us by https, where browsers say more of themselves; `wants` is a "document", or an "image" for a page's visits.
    """
    if method.upper() == "HEAD":
        return ClickOutcome.HEAD
    lowered = lower(headers)
    robot, habits = _read_agent(lowered.get("user-agent", "").strip()[:_MAX_AGENT])
    if robot is ClickOutcome.PREVIEW:
        return robot
    if any(name in lowered and _PREFETCH.search(lowered[name]) for name in _PREFETCH_HEADERS):
        return ClickOutcome.PREFETCH
    if robot or method.upper() != "GET" or is_feigned(habits, lowered, is_https=is_https, wants=wants):
        return ClickOutcome.ROBOT
    return ClickOutcome.COUNTED


@lru_cache(maxsize=1000)
def _read_agent(agent: str) -> tuple[ClickOutcome | None, Habits]:
    """Read a User-Agent once: half of all readers share a few. Of whom it was is not known here."""
    return (find_robot(agent) if agent else ClickOutcome.ROBOT), habits_of(agent)


class LowerHeaders(dict[str, str]):
    """Headers by their names in small letters."""


def lower(headers: Mapping[str, str]) -> LowerHeaders:
    """Return headers by their names in small letters; those that are so already as they are."""
    if isinstance(headers, LowerHeaders):
        return headers
    return LowerHeaders((name.lower(), value) for name, value in headers.items())


def describe(headers: Mapping[str, str]) -> str:
    """Return what tells two browsers behind one address apart; it goes into a keyed hash and nowhere else."""
    lowered = lower(headers)
    return "\n".join(lowered.get(name, "")[:_MAX_AGENT] for name in _MARKS)


class Places(NamedTuple):
    """What counts as one connection, and what one flood can come from at no cost; "" for what is no address.

    Of an IPv4 address itself and its /24, of an IPv6 one its /64 and its /48.
    """

    network: str
    neighbourhood: str


class Keys(NamedTuple):
    """The keyed hashes of one visit: of the visitor, of the address, of all addresses near it in ten minutes.

    `visitor` tells a second click of one visitor on one link the same day, `address` adds up those of one address.
    Without the day's random salt nothing can be told from any of them.
    """

    visitor: bytes
    address: bytes
    neighbours: bytes


def keys_of(salt: bytes, *, link: str, address: str, agent: str, minute: int) -> Keys:
    """Return a visit's keys; `minute` is the day's, 0 to 1,439."""
    network, neighbourhood = places_of(address)
    return Keys(
        _keyed(salt, "visitor", link, network, agent),
        _keyed(salt, "address", link, network),
        _keyed(salt, "neighbours", link, neighbourhood, str(minute // _SLOT_MINUTES)),
    )


class Crowd:
    """How often each key was counted today, by one link and day; grows with each visit that is settled."""

    def __init__(self, seen: Mapping[bytes, int]) -> None:
        self._seen = Counter(seen)
        self.added: Counter[bytes] = Counter()

    def settle(self, keys: Keys) -> ClickOutcome:
        """Count a visit that may count; REPEAT when its visitor was here, or its address had its share."""
        seen = self._seen
        if seen[keys.visitor] or is_over_cap(seen[keys.address]) or seen[keys.neighbours] >= MAX_PER_NEIGHBOURHOOD:
            return ClickOutcome.REPEAT
        seen.update(keys)
        self.added.update(keys)
        return ClickOutcome.COUNTED


def is_over_cap(seen_today: int) -> bool:
    """Whether an address that was counted `seen_today` times for one link is counted no more today."""
    return seen_today >= MAX_PER_ADDRESS


def places_of(address: str) -> Places:
    """Return where a request came from, as far as it is counted."""
    try:
        parsed = ipaddress.ip_address(address.strip().partition("%")[0])
    except ValueError:
        return Places("", "")
    if isinstance(parsed, ipaddress.IPv6Address) and (mapped := parsed.ipv4_mapped):
        parsed = mapped
    if isinstance(parsed, ipaddress.IPv4Address):
        return Places(str(parsed), f"{ipaddress.IPv4Address(int(parsed) >> 8 << 8)}/24")
    return Places(*(f"{ipaddress.IPv6Address(int(parsed) >> low << low)}/{128 - low}" for low in (64, 80)))


def _keyed(salt: bytes, *parts: str) -> bytes:
    raw = [part.encode("utf-8", "surrogateescape") for part in parts]
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    message = b"".join(len(part).to_bytes(4, "big") + part for part in raw)
    return hmac.digest(salt, message, "sha256")
