"""What a tracker needs, and what it promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from sharebot.values.posts import PastedLink, Post


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


@dataclass(frozen=True, slots=True)
class Watched:
    """An account to look at. `external_id` is None until the network's own id was looked up."""

    account_id: int
    handle: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen: posts, ids that were looked up, and accounts that failed with the reason.

    `failed` are accounts the network refuses: gone, suspended, never there. `missed` are accounts that could
    not be asked for this time, to be looked at again from the same instant on; `missed_subjects` likewise.
    `retry_after` is how long the network asked to be left alone.
    """

    posts: tuple[Post, ...]
    resolved: Mapping[int, str] = field(default_factory=dict)
    failed: Mapping[int, str] = field(default_factory=dict)
    missed: Mapping[int, str] = field(default_factory=dict)
    missed_subjects: Mapping[str, str] = field(default_factory=dict)
    retry_after: timedelta | None = None


class Tracker(Protocol):
    """The seam. One account's failure never stops the others."""

    async def observe(self, accounts: Sequence[Watched], *, subjects: Sequence[str], since: datetime) -> Observation:
        """Return posts of `accounts` since then, and their reposts and quotes of the posts `subjects`.

        Raises RateLimited or TemporaryError when the network as a whole does not answer.
        """
        ...

    async def look_up(self, link: PastedLink) -> Post | None:
        """Return the post that a pasted link names; None when it is gone, hidden, or was never there.

        Only the network's own API is asked, never the address itself. Raises RateLimited or TemporaryError when
        the network does not answer.
        """
        ...
