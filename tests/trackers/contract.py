"""What every network's stage offers to the tests that hold for all trackers.

A stage is the sandbox's network, or a server of the tests, on loopback over real HTTP, with one account of the Alliance
(row 1) and three of members (rows 2, 3 and 4). A network's owner writes `stage_<network>.py` with a class that
satisfies `Stage`, and adds it to `STAGES` in test_contract.py; `Front` and `FrontedStage` are there to help.
"""

from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sharebot.sources.fetch import Fetcher
from sharebot.trackers.seam import Identity, Look, Observation, Tracker
from sharebot.values.posts import Counts, KnownPost, PastedLink, Post
from sharebot.values.status import Network
from sharebot.values.tracking import Unobservable
from tests.loopback import serving_app

ALLIANCE = 1
MEMBERS = (2, 3, 4)


class Trait(StrEnum):
    """What a network, or our tracker of it, has; a test runs where all traits it needs are there."""

    FEEDS = "feeds"  # members' own posts are seen
    REPOSTS = "reposts"  # who repeated an own post is seen
    COUNTS = "counts"  # an own post's counts are seen
    WHOLE = "whole"  # when no server answers, the look ends in an error; otherwise accounts are `missed`
    RESET = "reset"  # a 429 says how long to wait
    GONE = "gone"  # an account that is gone is told
    PROTECTED = "protected"  # an account that is protected is told
    IDENTIFY = "identify"
    RENAME = "rename"  # handles change, ids do not
    LOOK_UP = "look_up"
    RECHECK = "recheck"
    UNDO = "undo"  # an undone repost is found


class Stage(Protocol):
    """A network that tests play on. Everything is in the past of `look().now` and younger than `look().since`."""

    @property
    def network(self) -> Network:
        """Which network it is."""
        ...

    @property
    def has(self) -> frozenset[Trait]:
        """What the network, or our tracker of it, has."""
        ...

    @property
    def page(self) -> int:
        """How many posts or reposts the server gives at most in one answer."""
        ...

    @property
    def asked(self) -> int:
        """How many requests were answered so far, faults too."""
        ...

    async def __aenter__(self) -> Self:
        """Open the servers."""
        ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        ...

    def tracker(self) -> Tracker:
        """Return a fresh tracker that remembers nothing, on the same servers."""
        ...

    def look(self, cursors: Mapping[str, str] | None = None) -> Look:
        """Return a look at all accounts that still have their id, and at all that was published.

        Its `now` is the stage's clock.
        """
        ...

    def publish(self) -> str:
        """Post as the Alliance; return the post's external id, which is a subject from now on."""
        ...

    def post_as(self, member: int, text: str = "Hello") -> str:
        """Post as a member, some time after everything before; return the external id."""
        ...

    def repost_as(self, member: int, subject: str) -> str:
        """Repeat `subject`; return the external id our tracker gives it."""
        ...

    def crowd(self, subject: str, n: int) -> None:
        """Let `n` strangers repeat `subject`."""
        ...

    def delete(self, external_id: str) -> None:
        """Delete a post, or undo a repost."""
        ...

    def known(self, external_id: str) -> KnownPost:
        """Return what our database would know of it."""
        ...

    def link(self, external_id: str) -> PastedLink:
        """Return what a person would paste for a post."""
        ...

    def break_with(
        self, status: int, *, headers: Mapping[str, str] | None = None, body: str = "", times: int | None = None
    ) -> None:
        """Answer the next `times` requests (None: all, until `mend`) like that, on all servers."""
        ...

    def mend(self) -> None:
        """Answer as usual again."""
        ...

    def reset_headers(self, seconds: int) -> dict[str, str]:
        """Return the headers by which this network's 429 asks to wait."""
        ...

    def lose_account(self, member: int) -> None:
        """Let the account be deleted."""
        ...

    def protect_account(self, member: int) -> None:
        """Let the account be hidden from us."""
        ...

    def rename(self, member: int) -> str:
        """Give the account another handle, and return it."""
        ...


@dataclass
class Seen:
    """All parts of a look, added up as the job does."""

    posts: list[Post] = field(default_factory=list)
    cursors: dict[str, str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    failed: dict[int, Unobservable] = field(default_factory=dict)
    missed: dict[int, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    counts: dict[str, Counts] = field(default_factory=dict)
    parts: int = 0
    twice: set[str] = field(default_factory=set)  # in one and the same part

    def add(self, part: Observation) -> None:
        """Add one part."""
        ids = [post.external_id for post in part.posts]
        self.twice |= {one for one in ids if ids.count(one) > 1}
        self.posts += part.posts
        self.cursors |= part.cursors
        self.seen |= set(part.seen)
        self.failed |= part.failed
        self.missed |= part.missed
        self.gone += part.gone
        self.counts |= part.counts
        self.parts += 1

    @property
    def ids(self) -> set[str]:
        """The external ids of all posts."""
        return {post.external_id for post in self.posts}


async def look_at(tracker: Tracker, look: Look, *, parts: int | None = None, seen: Seen | None = None) -> Seen:
    """Look, and stop after `parts` parts as a crash would. Raises what the tracker raises; `seen` keeps the rest."""
    seen = Seen(cursors=dict(look.cursors)) if seen is None else seen
    if parts == 0:
        return seen
    async with aclosing(tracker.observe(look)) as observed:  # type: ignore[type-var]
        async for part in observed:
            seen.add(part)
            if seen.parts == parts:
                break
    return seen


def ids_of(found: Mapping[int, Identity]) -> dict[int, str | None]:
    """Return the ids alone."""
    return {row: identity.external_id for row, identity in found.items()}


@dataclass
class Front:
    """Stands before a stage's servers: counts what is asked, and answers in their place while they are broken."""

    app: ASGIApp
    asked: int = 0
    _status: int = 0
    _headers: dict[str, str] = field(default_factory=dict)
    _body: str = ""
    _times: int | None = 0

    def break_with(
        self, status: int, *, headers: Mapping[str, str] | None = None, body: str = "", times: int | None = None
    ) -> None:
        """See `Stage.break_with`."""
        self._status, self._headers, self._body, self._times = status, dict(headers or {}), body, times

    def mend(self) -> None:
        """See `Stage.mend`."""
        self._times = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self.asked += 1
        if self._times == 0:
            await self.app(scope, receive, send)
            return
        self._times = self._times - 1 if self._times else None
        kind = "application/json" if self._body.startswith(("{", "[", '"')) else "text/html"
        answer = Response(self._body, self._status, headers=self._headers, media_type=kind)
        await answer(scope, receive, send)


class FrontedStage:
    """See `Stage`: what those have in common whose network is an application behind a `Front`."""

    front: Front
    base_url: str
    fetcher: Fetcher
    _stack: AsyncExitStack

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        self.base_url = await self._stack.enter_async_context(serving_app(self.front))
        self.fetcher = Fetcher(allowed=frozenset({self.base_url.removeprefix("http://")}))
        self._stack.push_async_callback(self.fetcher.aclose)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def asked(self) -> int:
        return self.front.asked

    def break_with(
        self, status: int, *, headers: Mapping[str, str] | None = None, body: str = "", times: int | None = None
    ) -> None:
        self.front.break_with(status, headers=headers, body=body, times=times)

    def mend(self) -> None:
        self.front.mend()

    def repost_as(self, member: int, subject: str) -> str:
        raise NotImplementedError

    def crowd(self, subject: str, n: int) -> None:
        raise NotImplementedError

    def protect_account(self, member: int) -> None:
        raise NotImplementedError

    def rename(self, member: int) -> str:
        raise NotImplementedError
