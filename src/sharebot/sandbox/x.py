"""A network like X: accounts, posts, reposts and quotes, its limits, and what it would charge."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

from sharebot.clock import Clock

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)
PRICES = {"posts": 5_000, "users": 10_000}  # millionths of a dollar, once per UTC day


@dataclass(slots=True)
class Account:
    """One account; `id` never changes."""

    id: str
    handle: str
    is_protected: bool = False
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Tweet:
    """One post, or a repost of `reposts`. `links` are shown in full."""

    id: str
    author: str
    text: str
    at: datetime
    links: tuple[str, ...] = ()
    quotes: str | None = None
    reposts: str | None = None


@dataclass(slots=True)
class XNetwork:
    """Everything anybody did. Ids come from the clock, so that the same play gives the same ids.

    A post is found by search only after `lag`. `limits` are requests per 15 minutes by route, and `bill` is what
    the real one would have charged so far, in millionths of a dollar.
    """

    clock: Clock
    token: str = "sandbox-x-token-of-no-value"  # noqa: S105 - opens nothing
    lag: timedelta = timedelta(seconds=20)
    accounts: dict[str, Account] = field(default_factory=dict)
    posts: dict[str, Tweet] = field(default_factory=dict)
    reposts: dict[str, dict[str, Tweet]] = field(default_factory=lambda: defaultdict(dict))
    quotes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_author: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    reposted: dict[str, tuple[str, str]] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    bill: int = 0
    _billed: set[tuple[date, str, str]] = field(default_factory=set)
    _windows: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    _last_id: int = 0

    def account(self, handle: str) -> str:
        """Return the account's id, opened on first use."""
        found = self.find(handle)
        return found.id if found else self.open_account(handle)

    def open_account(self, handle: str) -> str:
        """Open an account without looking whether there is one; return its id."""
        made = Account(str(1_000_000_001 + len(self.accounts)), handle)
        self.accounts[made.id] = made
        return made.id

    def find(self, handle: str) -> Account | None:
        """Return who has that handle now."""
        wanted = handle.lower()
        return next((one for one in self.accounts.values() if one.handle.lower() == wanted), None)

    def post(self, author: str, text: str, *, link: str | None = None, quotes: str | None = None) -> str:
        """Publish as the account of that id; return the post's id."""
        links: tuple[str, ...] = (link,) if link else ()
        if quotes and quotes in self.posts:
            links += (f"https://twitter.com/{self.accounts[self.posts[quotes].author].handle}/status/{quotes}",)
            self.quotes[quotes].append(self._next_id(peek=True))
        made = Tweet(self._next_id(), author, text, self.clock.now(), links, quotes)
        self.posts[made.id] = made
        self.by_author[author].append(made.id)
        return made.id

    def repost(self, author: str, external_id: str) -> str:
        """Repost, once; return the repost's own id."""
        done = self.reposts[external_id]
        if author not in done:
            text = f"RT {self.posts[external_id].text}"
            done[author] = Tweet(self._next_id(), author, text, self.clock.now(), reposts=external_id)
            self.reposted[done[author].id] = (external_id, author)
        return done[author].id

    def delete(self, external_id: str) -> None:
        """Take a post away with its reposts, or undo a repost."""
        if self.posts.pop(external_id, None):
            self.reposts.pop(external_id, None)
            return
        subject, author = self.reposted.pop(external_id, ("", ""))
        self.reposts.get(subject, {}).pop(author, None)

    def protect(self, author: str) -> None:
        """Hide the account from everybody who does not follow it."""
        self.accounts[author].is_protected = True

    def suspend(self, author: str) -> None:
        """Take the account away."""
        self.accounts[author].is_gone = True

    def rename(self, author: str, handle: str) -> None:
        """Give the account another handle."""
        self.accounts[author].handle = handle

    def is_public(self, author: str) -> bool:
        """Whether everybody may read the account."""
        there = self.accounts[author]
        return not (there.is_protected or there.is_gone)

    def find_post(self, external_id: str) -> Tweet | None:
        """Return a post or repost that is still there."""
        subject, author = self.reposted.get(external_id, ("", ""))
        return self.posts.get(external_id) or self.reposts.get(subject, {}).get(author)

    def charge(self, kind: str, ids: list[str]) -> None:
        """Put what is returned on the bill; the same thing costs once per UTC day."""
        today = self.clock.now().astimezone(UTC).date()
        fresh = {(today, kind, one) for one in ids} - self._billed
        self._billed |= fresh
        self.bill += len(fresh) * PRICES[kind]

    def count_request(self, route: str) -> tuple[bool, dict[str, str]]:
        """Count a request; return whether its route's limit bears it, and the headers that say so."""
        now = self.clock.now()
        start, used = self._windows.get(route, (now, 0))
        if now >= start + timedelta(minutes=15):
            start, used = now, 0
        limit = self.limits.get(route, 450)
        self._windows[route] = (start, used + 1)
        headers = {
            "date": format_datetime(now.astimezone(UTC), usegmt=True),
            "x-rate-limit-limit": str(limit),
            "x-rate-limit-remaining": str(max(0, limit - used - 1)),
            "x-rate-limit-reset": str(int((start + timedelta(minutes=15)).timestamp())),
        }
        return used < limit, headers

    def _next_id(self, *, peek: bool = False) -> str:
        at = (self.clock.now() - _EPOCH) // timedelta(milliseconds=1) << 22
        following = max(at, self._last_id + 1)
        self._last_id = self._last_id if peek else following
        return str(following)
