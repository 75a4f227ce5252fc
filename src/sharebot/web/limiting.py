"""How often one address may do what costs or tempts: a table, kept in this process's memory alone."""

import ipaddress
import math
import re
import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sharebot.config.settings import Web
from sharebot.errors import SharebotError
from sharebot.runtime import Runtime
from sharebot.web.pages import problem

# Where https is served and no proxy is named, the peer is a proxy all the same, and all people share its address.
_TOGETHER = 20
_IPV6_HOME = 64  # bits: one household or one server has them all


class TooMany(SharebotError):
    """Somebody asks for more than their share; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many requests: wait {retry_after} seconds")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Limit:
    """So many `times` within so many `seconds`; requests that match count, `csv` only where a file is asked for."""

    name: str
    times: int
    seconds: int
    method: str = ""
    path: str = ""
    csv: bool = False
    coarse: bool = False  # for what hundreds of thousands of addresses ask for: counted in whole windows, at no cost

    def fits(self, scope: Scope) -> bool:
        """Whether a request counts here."""
        if self.csv:
            return b"format=csv" in scope["query_string"]
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        return bool(self.path) and method == self.method and re.fullmatch(self.path, scope["path"]) is not None


# Each limit counts by itself. Those without a path are asked for by name, in `check`.
LIMITS = (
    Limit("sign_in", 30, 600, "POST", r"/(sign-in|passkeys)/.*"),
    Limit("identity", 30, 600, "GET", r"/oidc/.*"),
    Limit("invitations", 120, 3600, "POST", r"/(officers|members|lists)/.*(invitation|mailbox|invite)s?"),
    Limit("personal", 60, 600, "POST", r"/o/.*"),
    Limit("webmention", 60, 600, "POST", r"/webmention"),
    Limit("webmention_site", 30, 600),
    Limit("redirects", 3000, 60, "GET", r"/[rv]/.*", coarse=True),
    Limit("exports", 60, 600, csv=True),
    Limit("api", 300, 60),
)


class _Coarse:
    """Counts in whole windows and forgets everybody with each new one.

    A moving window has to look for what is over in every address it knows, again and again.
    """

    def __init__(self) -> None:
        self._window = 0
        self._times: Counter[str] = Counter()

    def hit(self, key: str, times: int, seconds: int) -> int:
        """Count once, and return how many seconds to wait: 0 when it may go on."""
        now = time.time()
        if (window := int(now // seconds)) != self._window:
            self._window, self._times = window, Counter()
        self._times[key] += 1
        return 0 if self._times[key] <= times else math.ceil((window + 1) * seconds - now)


class Limiter:
    """Counts in a moving window. Addresses are kept as keyed hashes, whose key dies with the process."""

    def __init__(self, limits: Sequence[Limit] = LIMITS) -> None:
        self._limits = limits
        self._named = {one.name: one for one in limits}
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(16)
        self._coarse = {one.name: _Coarse() for one in limits if one.coarse}

    def find(self, scope: Scope) -> Limit | None:
        """Return the limit that a request counts for."""
        return next((one for one in self._limits if one.fits(scope)), None)

    def hit(self, limit: Limit | str, by: str, *, share: int = 1) -> int:
        """Count once for `by`, and return how many seconds to wait: 0 when it may go on."""
        one = self._named[limit] if isinstance(limit, str) else limit
        key = blake2b(by.encode(), key=self._key, digest_size=16).hexdigest()
        if one.coarse:
            return self._coarse[one.name].hit(key, one.times * share, one.seconds)
        item = RateLimitItemPerSecond(one.times * share, one.seconds, one.name)
        if self._windows.hit(item, key):
            return 0
        reset_at, _ = self._windows.get_window_stats(item, key)
        return max(1, math.ceil(reset_at - time.time()))


class Limiting:
    """Stands behind the gate and answers 429 to whoever asks for too much."""

    def __init__(self, app: ASGIApp, *, runtime: Runtime, limiter: Limiter) -> None:
        self.app, self._limiter = app, limiter
        self._web = runtime.settings.web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        limit = self._limiter.find(scope) if scope["type"] == "http" else None
        wait = 0
        if limit is not None:
            share = _TOGETHER if _is_shared(self._web) else 1
            wait = self._limiter.hit(limit, _household(address_of(HTTPConnection(scope))), share=share)
        if not wait:
            await self.app(scope, receive, send)
            return
        response = problem(Request(scope), "too_many", status=429)
        response.headers["Retry-After"] = str(wait)
        await response(scope, receive, send)


def check(request: Request, name: str, by: str) -> None:
    """Count once for `by`, such as `token:7`, under the limit of this name. Raises TooMany."""
    limiter: Limiter = request.app.state.limiter
    if wait := limiter.hit(name, by):
        raise TooMany(wait)


def address_of(connection: HTTPConnection) -> str:
    """Return a client's address: the peer's, or behind our own proxies the last hop that is none of them."""
    runtime: Runtime = connection.app.state.runtime
    proxies = runtime.settings.web.proxies
    address = connection.client.host if connection.client else ""
    if not proxies:
        return address
    hops = [hop.strip() for line in connection.headers.getlist("x-forwarded-for") for hop in line.split(",")]
    while hops and _is_one_of(proxies, address):
        address = hops.pop()
    return address


def _is_shared(web: Web) -> bool:
    return web.public_url.startswith("https://") and not web.proxies


def _is_one_of(proxies: tuple[str, ...], address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in _networks(proxies))


@cache
def _networks(proxies: tuple[str, ...]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(one) for one in proxies]


def _household(address: str) -> str:
    """Return an IPv4 address as it is, and of an IPv6 address the half that its owner cannot change at will."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((ip, _IPV6_HOME), strict=False))
