"""What a tracker needs, and what it promises."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sharebot.values.posts import Counts, KnownPost, PastedLink, Post
from sharebot.values.tracking import Unobservable


class Answer(Protocol):
    """An HTTP answer as far as a tracker reads it."""

    @property
    def status(self) -> int:
        """The status code."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names in any case."""
        ...

    @property
    def body(self) -> bytes:
        """The whole body."""
        ...


class Http(Protocol):
    """The one thing a tracker does to the world; `sources.fetch.Fetcher` is one."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Fetch `url`; raises RateLimited, TemporaryError or PermanentError."""
        ...


class Purse(Protocol):
    """What may be spent on one network, whoever asks; prices are in the tracker's own table."""

    def spend(self, resource: str, n: int, *, micros: int) -> bool:
        """Set `micros` millionths of a dollar aside for `n` of a resource; False when the budget does not bear it.

        What was set aside is committed before this returns: a crash behind it never spends twice.
        """
        ...

    def give_back(self, resource: str, n: int, *, micros: int) -> None:
        """Return what was set aside and not used."""
        ...

    def left(self) -> int:
        """Return what may still be spent this UTC month, in millionths of a dollar."""
        ...


@dataclass(frozen=True, slots=True)
class Watched:
    """An account to look at. `external_id` is None until the network's own id was looked up.

    `is_own` means the Alliance's.
    """

    account_id: int
    handle: str
    external_id: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """One of the Alliance's own posts, young enough that members may repeat it."""

    external_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What to look at: the feeds of `accounts`, and who repeated the posts `subjects`; nothing older than `since`.

    All accounts were looked up already. `watched` are the network's ids of all that are watched, whether or not
    their feeds are wanted now. `cursors` are what earlier looks left under their keys. `hosts` are where our pages
    and short links are.
    """

    accounts: Sequence[Watched]
    subjects: Sequence[Subject]
    since: datetime
    now: datetime
    cursors: Mapping[str, str] = field(default_factory=dict)
    hosts: Sequence[str] = ()
    watched: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Observation:
    """A part of what was seen, which is written down at once, with its cursors.

    `failed` are accounts the network refuses, and why: gone, protected. `missed` are accounts that could not be
    asked for this time. `gone` are ids of posts that were found to be deleted or undone. `counts` are by post.
    """

    posts: tuple[Post, ...] = ()
    cursors: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[int, ...] = ()
    failed: Mapping[int, Unobservable] = field(default_factory=dict)
    missed: Mapping[int, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    counts: Mapping[str, Counts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """What an account is called by its network now. `reason` is set when its posts cannot be seen."""

    external_id: str | None
    handle: str
    reason: Unobservable | None = None


class Lookup(Protocol):
    """What can be asked about single posts on a network whose accounts are not watched here."""

    async def look_up(self, link: PastedLink, accounts: Sequence[Watched]) -> Post | None:
        """See `Tracker`; the author may be a handle, in lower case, where the network tells no id."""
        ...


class Tracker(Protocol):
    """The seam. One account's failure never stops the others; nothing of a network's own errors leaves it."""

    every: timedelta
    identify_every: timedelta

    def observe(self, look: Look) -> AsyncIterator[Observation]:
        """Yield what is new, part by part; a crash loses at most the part that was not yet yielded.

        Raises RateLimited or TemporaryError when the network as a whole does not answer (any more), and Spent
        when the budget does not allow the rest.
        """
        ...

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        """Return what accounts are, by their row's id: by the network's id where it is known, else by handle.

        An account that could not be asked for is left out. Raises like `observe`.
        """
        ...

    async def look_up(self, link: PastedLink, accounts: Sequence[Watched]) -> Post | None:
        """Return the post that a pasted link names; None when it is gone, hidden, or was never there.

        `accounts` are those of the party that claims it: a server or site is asked only when one of them is there.
        Only the network's own API is asked, never the address itself. Raises RateLimited or TemporaryError when
        the network does not answer.
        """
        ...

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        """Say of each post, by its id, whether it is still there; what could not be asked for is left out.

        Raises like `observe`.
        """
        ...
