"""What a site's robots.txt forbids us, asked once a day (RFC 9309)."""

from datetime import datetime, timedelta
from urllib.parse import unquote, urljoin, urlparse
from urllib.robotparser import RobotFileParser

from sharebot.errors import TemporaryError
from sharebot.trackers.seam import Http
from sharebot.trackers.websites_http import get

AGENT = "sharebot"
_KEPT = timedelta(days=1)
_OBEYED = frozenset({"user-agent", "allow", "disallow", "sitemap"})
_MAX_BODY = 500_000  # RFC 9309, 2.5: so much has to be read


class Robots:
    """Remembers for a day what each host allows."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._known: dict[str, tuple[datetime, RobotFileParser]] = {}

    async def allows(self, url: str, *, now: datetime) -> bool:
        """Whether we may read a page. Raises TemporaryError when the host cannot say: nothing is read then."""
        return (await self._rules(url, now)).can_fetch(AGENT, url)

    async def sitemaps(self, url: str, *, now: datetime) -> list[str]:
        """Return the sitemaps that the host of `url` names."""
        return [one for one in (await self._rules(url, now)).site_maps() or [] if isinstance(one, str)]

    async def _rules(self, url: str, now: datetime) -> RobotFileParser:
        address = urljoin(url, "/robots.txt")
        known = self._known.get(address)
        if known is not None and known[0] > now - _KEPT:
            return known[1]
        reply = await get(self._http, address)
        if reply.status not in {200, 401, 403, 404, 410}:
            raise TemporaryError(f"robots.txt answered {reply.status}")
        rules = RobotFileParser(address)
        # Without such a file, or with one we may not see, everything may be read (RFC 9309, 2.3.1.3).
        text = reply.body[:_MAX_BODY].decode("utf-8", "replace") if reply.status == 200 else ""
        rules.parse([line for line in text.splitlines() if _is_readable(line)])
        self._known[address] = (now, rules)
        return rules


def _is_readable(line: str) -> bool:
    """Whether a line is one that we obey, and that the parser can read; others do not concern us (RFC 9309, 2.2.4)."""
    name, _, value = line.partition("#")[0].partition(":")
    if name.strip().lower() not in _OBEYED:
        return not line.strip()
    try:
        urlparse(unquote(value.strip()))
    except ValueError:
        return False
    return True
