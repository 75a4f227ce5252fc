"""LinkedIn tells the administrators of a page who shared its posts; every other page and person stays unseen.

Needs the network's approval (Community Management API, scope rw_organization_admin). Persons are never kept: of
whoever acts, only organisations are read. Written after the documentation
(learn.microsoft.com/linkedin/marketing/community-management) and never tried against the real network.
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from sharebot.config.settings import Settings
from sharebot.errors import TemporaryError
from sharebot.trackers.answers import ask, read_json
from sharebot.trackers.seam import Answer, Http, Identity, Look, Observation, Purse, Watched
from sharebot.values.posts import KnownPost, PastedLink, Post
from sharebot.values.status import Network, PostKind
from sharebot.values.tracking import Unobservable

KEPT = timedelta(days=60)  # for how long the network keeps notifications
PAGE = 50
_MAX_PAGES = 20
_CURSOR = "notifications"
_OVERLAP = timedelta(hours=6)
_MAX_TEXT = 3000
_ORGANIZATION = re.compile(r"urn:li:organization:\d{1,20}", re.ASCII)
_POST = re.compile(r"urn:li:(?:share|ugcPost|activity):\d{1,25}", re.ASCII)
_VANITY = re.compile(r"[\w-]{1,100}")
_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}")
_TAG = re.compile(r"#([^\W_]\w{0,99})")


def open_tracker(settings: Settings, http: Http, _purse: Purse) -> "LinkedInTracker | None":
    """Return the tracker when there are a token and the number of our page."""
    part = settings.linkedin
    token = part.token.get_secret_value() if part.token else ""
    if not token or part.organization is None:
        return None
    headers = {
        "Authorization": f"Bearer {token}",
        "LinkedIn-Version": part.version,
        "X-Restli-Protocol-Version": "2.0.0",
    }
    organization = f"urn:li:organization:{part.organization}"
    every = timedelta(minutes=part.every_minutes)
    return LinkedInTracker(http, part.base_url, organization=organization, headers=headers, every=every)


class LinkedInTracker:
    """Asks for the notifications of the page `organization`, a URN."""

    identify_every = timedelta(days=30)

    def __init__(
        self, http: Http, base_url: str, *, organization: str, headers: Mapping[str, str], every: timedelta
    ) -> None:
        self._http, self._base_url = http, base_url.rstrip("/")
        self._organization, self._headers, self.every = organization, headers, every

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        """See `seam.Tracker`. One list tells of all accounts; it is read from where the last look ended."""
        begin = max(look.now - KEPT, _begin(look.cursors) - _OVERLAP)
        span = f"(start:{_millis(begin)},end:{_millis(look.now)})"
        for number in range(_MAX_PAGES):
            elements = await self._page(span, start=number * PAGE)
            posts = [post for one in elements if (post := read_notification(one, watched=look.watched))]
            is_last = len(elements) < PAGE
            cursors = {_CURSOR: look.now.isoformat(timespec="seconds")} if is_last else {}
            seen = tuple(one.account_id for one in look.accounts) if is_last else ()
            yield Observation(tuple(posts), cursors, seen=seen)
            if is_last:
                return
        raise TemporaryError(f"more than {_MAX_PAGES * PAGE} notifications: the rest comes with the next look")

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        """See `seam.Tracker`. A page is registered by its number, or by its name in its address."""
        found: dict[int, Identity] = {}
        for account in accounts:
            named = (account.external_id or account.handle).strip().removeprefix("urn:li:organization:")
            name = named.rstrip("/").rpartition("/")[2]
            if name.isascii() and name.isdigit():
                found[account.account_id] = Identity(f"urn:li:organization:{name}", account.handle)
            elif not _VANITY.fullmatch(name):
                found[account.account_id] = Identity(None, account.handle, Unobservable.NOT_FOUND)
            else:
                found[account.account_id] = await self._resolve(account, name)
        return found

    async def look_up(self, _link: PastedLink, _accounts: Sequence[Watched]) -> Post | None:
        """Raise TemporaryError: a single post is shown to its own page only."""
        raise TemporaryError("LinkedIn shows no single post")

    async def recheck(self, _posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        """Return nothing: whether another page's post is still there cannot be asked."""
        return {}

    async def _page(self, span: str, *, start: int) -> list[Any]:
        organization = quote(self._organization, safe="")
        answer = await self._ask(
            "organizationalEntityNotifications?q=criteria&actions=List(SHARE,SHARE_MENTION)"
            f"&organizationalEntity={organization}&timeRange={span}&start={start}&count={PAGE}"
        )
        elements = answer.get("elements")
        if not isinstance(elements, list):
            raise TemporaryError("answered without a list of elements")
        return elements

    async def _resolve(self, account: Watched, name: str) -> Identity:
        answer = await self._ask(f"organizations?q=vanityName&vanityName={quote(name, safe='')}")
        elements = answer.get("elements")
        if not isinstance(elements, list):
            raise TemporaryError("answered without a list of elements")
        number = next((one.get("id") for one in elements if isinstance(one, dict)), None)
        if isinstance(number, bool) or not re.fullmatch(r"\d{1,20}", str(number)):
            return Identity(None, account.handle, Unobservable.NOT_FOUND)
        return Identity(f"urn:li:organization:{number}", account.handle)

    async def _ask(self, path: str) -> dict[str, Any]:
        answer = await ask(self._http, f"{self._base_url}/rest/{path}", headers=self._headers)
        if answer.status != 200:
            raise _refusal(answer)
        data = read_json(answer)
        if not isinstance(data, dict):
            raise TemporaryError("answered JSON of another shape")
        return data


def read_notification(element: object, *, watched: frozenset[str]) -> Post | None:
    """Return the post of a watched organisation that a notification tells of; None for anybody else's.

    Who acted is the owner of the decorated activity; of a person nothing is kept.
    """
    told = _dict(element)
    share = _share_in(told.get("decoratedGeneratedActivity"))
    author = next((one for name in ("owner", "author") if _is_organization(one := share.get(name))), None)
    external_id = next((one for one in (share.get("entity"), told.get("generatedActivity")) if _is_post(one)), None)
    if author is None or external_id is None or author not in watched:
        return None
    source = told.get("sourcePost")
    subject = source if told.get("action") == "SHARE" and _is_post(source) else None
    text = share.get("text")
    words = text[:_MAX_TEXT] if isinstance(text, str) else ""
    return Post(
        network=Network.LINKEDIN,
        external_id=external_id,
        author_id=author,
        kind=(PostKind.QUOTE if words else PostKind.REPOST) if subject else PostKind.POST,
        at=_instant(told.get("lastModifiedAt")),
        url=f"https://www.linkedin.com/feed/update/{external_id}",
        subject_id=subject,
        links=tuple(dict.fromkeys(_LINK.findall(words)))[:20],
        text=words,
        hashtags=tuple(dict.fromkeys(_TAG.findall(words)))[:50],
    )


def _share_in(decorated: object) -> dict[str, Any]:
    """Return the share itself: it lies under its own kind's name."""
    inner = _dict(decorated)
    return next((one for name in ("share", "ugcPost", "post") if (one := _dict(inner.get(name)))), inner)


def _refusal(answer: Answer) -> TemporaryError:
    try:
        told = _dict(read_json(answer))
    except TemporaryError:
        told = {}
    said = f"{told.get('message', '')} {told.get('code', '')}".lower()
    if answer.status == 426 or "version" in said:
        return TemporaryError("LinkedIn has ended this version of its API: set linkedin.version to a newer month")
    if answer.status == 401:
        return TemporaryError("LinkedIn does not accept the token: ask for a new one and set linkedin.token")
    if answer.status == 403:
        return TemporaryError("LinkedIn has not approved this for our page, or the token lacks rw_organization_admin")
    return TemporaryError(f"answered {answer.status}")


def _begin(cursors: Mapping[str, str]) -> datetime:
    try:
        at = datetime.fromisoformat(cursors.get(_CURSOR, ""))
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10**14:
        return None
    return datetime.fromtimestamp(value / 1000, UTC)


def _is_organization(value: object) -> bool:
    return isinstance(value, str) and _ORGANIZATION.fullmatch(value) is not None


def _is_post(value: object) -> bool:
    return isinstance(value, str) and _POST.fullmatch(value) is not None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
