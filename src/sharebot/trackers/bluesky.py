"""Bluesky over its public API, without a login (lexicons app.bsky.feed.*, com.atproto.identity.*)."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.trackers import bluesky_views as views
from sharebot.trackers.answers import get_json
from sharebot.trackers.seam import Http, Observation, Watched
from sharebot.values.posts import PastedLink, Post

PAGE = 100  # the lexicons' maximum for getAuthorFeed, getRepostedBy and getQuotes
MAX_PAGES = 5
MAX_URIS = 25  # the lexicon's maximum for getPosts
_SUBJECT_PAGES = 20
_MAX_CURSOR = 1000
_MAX_QUERY = 1900  # of the 2,048 characters an address may have
_PATIENCE = 3

K = TypeVar("K", int, str)

log = logging.getLogger(__name__)


class BlueskyTracker:
    """Asks `base_url`, for example https://public.api.bsky.app. Accounts are known by DID: handles change."""

    def __init__(self, http: Http, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")

    async def observe(self, accounts: Sequence[Watched], *, subjects: Sequence[str], since: datetime) -> Observation:
        """See `seam.Tracker`. Accounts are asked for their own feed, subjects for who repeated them.

        Other people's reposts and quotes are dropped. After a 429, or three failures in a row that may pass,
        the rest is not asked for.
        """
        look = _Look()
        for account in accounts:
            see = partial(self._see_account, account, look, since=since)
            await look.attempt(account.account_id, see, lost=look.missed)
        watched = look.dids | {account.external_id for account in accounts if account.external_id}
        for uri in subjects if watched else ():
            await look.attempt(uri, partial(self._see_subject, uri, look, watched), lost=look.missed_subjects)
        return look.result()

    async def resolve(self, handle: str) -> str:
        """Return the DID of `handle`. Raises PermanentError when there is no such account."""
        name = handle.strip().removeprefix("@").lower()
        if views.is_did(handle):
            return handle
        if not views.is_handle(name):
            raise PermanentError("not a Bluesky handle")
        did = (await self._ask("com.atproto.identity.resolveHandle", handle=name)).get("did")
        if not isinstance(did, str) or not views.is_did(did):
            raise TemporaryError("answered with something that is not a DID")
        return did

    async def look_up(self, link: PastedLink) -> Post | None:
        """See `seam.Tracker`. The author of a pasted address is a handle or a DID; the post is known by the DID."""
        author, _, key = (link.external_id or "").removeprefix("at://").partition(f"/{views.POSTS}/")
        if not author or not key:
            return None
        try:
            did = await self.resolve(author)
            found = await self.get_posts([f"at://{did}/{views.POSTS}/{key}"])
        except PermanentError:
            return None
        return found[0] if found else None

    async def author_feed(self, did: str, *, since: datetime | None = None, max_pages: int = MAX_PAGES) -> list[Post]:
        """Return the posts, quotes and reposts of `did` from `since` on, newest first.

        Reads at most `max_pages` pages of 100, so a very busy account may have more.
        """
        found: list[Post] = []
        pages = self._pages("app.bsky.feed.getAuthorFeed", "feed", max_pages=max_pages, actor=did)
        async for page in pages:
            items = [item for raw in page if (item := views.read_feed_item(raw, did=did))]
            found += [item.post for item in items if since is None or item.sorted_at >= since]
            if since and items and items[-1].sorted_at < since:
                break
        return found

    async def reposted_by(self, uri: str) -> list[Post]:
        """Return the reposts of the post `uri` by anybody, without their times, which the network hides."""
        pages = self._pages("app.bsky.feed.getRepostedBy", "repostedBy", max_pages=_SUBJECT_PAGES, uri=uri)
        profiles = [profile async for page in pages for profile in page if isinstance(profile, dict)]
        return [views.repost(profile["did"], uri) for profile in profiles if views.is_did(profile.get("did"))]

    async def quotes(self, uri: str) -> list[Post]:
        """Return the posts by anybody that quote the post `uri`."""
        pages = self._pages("app.bsky.feed.getQuotes", "posts", max_pages=_SUBJECT_PAGES, uri=uri)
        posts = [post async for page in pages for view in page if (post := views.read_post(view))]
        return [post for post in posts if post.subject_id == uri]

    async def get_posts(self, uris: Iterable[str]) -> list[Post]:
        """Return those of the posts `uris` that still exist and are public."""
        wanted = list(dict.fromkeys(uri for uri in uris if views.is_post_uri(uri)))
        found: list[Post] = []
        for batch in _batches(wanted):
            answer = await self._ask("app.bsky.feed.getPosts", uris=batch)
            posts = [post for view in _items(answer, "posts") if (post := views.read_post(view))]
            found += [post for post in posts if post.external_id in batch]
        return found

    async def _see_account(self, account: Watched, look: "_Look", *, since: datetime) -> None:
        try:
            did = account.external_id or await self.resolve(account.handle)
            look.resolved[account.account_id] = did
            look.dids.add(did)
            look.add(await self.author_feed(did, since=since))
        except PermanentError as error:
            look.failed[account.account_id] = str(error)

    async def _see_subject(self, uri: str, look: "_Look", watched: set[str]) -> None:
        if not views.is_post_uri(uri):
            return
        try:
            for posts in (await self.reposted_by(uri), await self.quotes(uri)):
                look.add(post for post in posts if post.author_id in watched)
        except PermanentError:
            log.info("bluesky post refused, probably deleted uri=%s", uri)

    async def _pages(self, method: str, key: str, *, max_pages: int, **asked: str) -> AsyncIterator[list[Any]]:
        cursor: str | None = None
        for _ in range(max_pages):
            more = {"cursor": cursor} if cursor else {}
            answer = await self._ask(method, limit=str(PAGE), **asked, **more)
            yield _items(answer, key)
            following = answer.get("cursor")
            if not isinstance(following, str) or following in ("", cursor) or len(following) > _MAX_CURSOR:
                return
            cursor = following
        log.info("bluesky list longer than read method=%s pages=%s", method, max_pages)

    async def _ask(self, method: str, **asked: str | list[str]) -> dict[str, Any]:
        return await get_json(self._http, f"{self._base_url}/xrpc/{method}?{_query(asked)}")


@dataclass(slots=True)
class _Look:
    """What one observation has gathered so far, and whether the server should be asked any more."""

    posts: dict[str, Post] = field(default_factory=dict)
    resolved: dict[int, str] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    missed: dict[int, str] = field(default_factory=dict)
    missed_subjects: dict[str, str] = field(default_factory=dict)
    dids: set[str] = field(default_factory=set)
    in_a_row: int = 0
    was_answered: bool = False
    error: TemporaryError | None = None
    stopped: bool = False

    def add(self, posts: Iterable[Post]) -> None:
        """Keep `posts`; of two sightings of one post the one that knows the time stays."""
        for post in posts:
            known = self.posts.get(post.external_id)
            if known is None or (known.at is None and post.at is not None):
                self.posts[post.external_id] = post

    async def attempt(self, of: K, see: Callable[[], Awaitable[None]], *, lost: dict[K, str]) -> None:
        """Run `see`, unless the server should be left alone, and keep in `lost` why it failed."""
        if self.stopped:
            lost[of] = f"not asked: {self.error}"
            return
        try:
            await see()
            self.in_a_row, self.was_answered = 0, True
        except TemporaryError as error:
            self.in_a_row, self.error, lost[of] = self.in_a_row + 1, error, str(error)
            self.stopped = isinstance(error, RateLimited) or self.in_a_row == _PATIENCE

    def result(self) -> Observation:
        """Return the observation; raises the last error when nothing at all was answered."""
        if self.error and not self.was_answered:
            raise self.error
        return Observation(
            tuple(self.posts.values()),
            resolved=self.resolved,
            failed=self.failed,
            missed=self.missed,
            missed_subjects=self.missed_subjects,
            retry_after=self.error.retry_after if self.error else None,
        )


def _batches(uris: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for uri in uris:
        if len(batch) == MAX_URIS or len(_query({"uris": [*batch, uri]})) > _MAX_QUERY:
            yield batch
            batch = []
        batch.append(uri)
    if batch:
        yield batch


def _query(asked: Mapping[str, str | list[str]]) -> str:
    # A query may hold ":" and "/" as they are (RFC 3986, 3.4); escaped, 25 uris would not fit.
    return urlencode(asked, doseq=True, safe=":/", quote_via=quote)


def _items(answer: dict[str, Any], key: str) -> list[Any]:
    items = answer.get(key)
    if not isinstance(items, list):
        raise TemporaryError(f"answered without a list of {key}")
    return items
