"""Bluesky over its public API, without a login (lexicons app.bsky.feed.*, com.atproto.identity.*)."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sharebot.config.settings import Settings
from sharebot.errors import PermanentError, TemporaryError
from sharebot.trackers import bluesky_views as views
from sharebot.trackers.answers import read_instant
from sharebot.trackers.bluesky_api import PAGE, BlueskyApi, batches
from sharebot.trackers.bluesky_identity import identify
from sharebot.trackers.jetstream import CURSOR, Jetstream, TooOld, restart
from sharebot.trackers.patience import Part, Patience
from sharebot.trackers.seam import Http, Identity, Look, Observation, Purse, Watched
from sharebot.values.posts import Counts, KnownPost, PastedLink, Post
from sharebot.values.status import PostKind
from sharebot.values.tracking import Unobservable

MAX_PAGES = 5
OVERLAP = timedelta(minutes=15)
OWN_OVERLAP = timedelta(days=2)  # an own post may be seen before the content it spreads has arrived
FEED_EVERY = timedelta(days=1)  # while Jetstream tells of posts, feeds are read to find what it may have missed
_SUBJECT_PAGES = 20
_MAX_KEY = 200

log = logging.getLogger(__name__)


def open_tracker(settings: Settings, http: Http, _purse: Purse) -> "BlueskyTracker | None":
    """Return the tracker when Bluesky is switched on."""
    part = settings.bluesky
    if not part.enabled:
        return None
    stream = Jetstream(part.jetstream_url) if part.jetstream_url else None
    return BlueskyTracker(http, part.base_url, every=timedelta(minutes=part.every_minutes), stream=stream)


class Hidden(PermanentError):
    """The account wants to be shown to logged-in people only."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a subject counted when its reposts and quotes were last read, and the day they were last read whole."""

    reposts: int = -1
    quotes: int = -1
    day: str = ""

    @classmethod
    def read(cls, cursor: str) -> "_Known":
        words = cursor.split(" ")
        is_whole = len(words) == 3 and words[0].isdecimal() and words[1].isdecimal()
        return cls(int(words[0]), int(words[1]), words[2]) if is_whole else cls()


class BlueskyTracker:
    """Accounts are known by DID: handles change. With a `stream`, feeds are read once a day only."""

    identify_every = timedelta(days=7)

    def __init__(
        self,
        http: Http,
        base_url: str,
        *,
        every: timedelta = timedelta(minutes=30),
        stream: Jetstream | None = None,
    ) -> None:
        self._api = BlueskyApi(http, base_url)
        self._stream = stream
        self.every = every

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        """See `seam.Tracker`. Accounts are asked for their own feed, subjects for who repeated them.

        Cursors: `a:<did>` the newest instant of a feed that was read to its known end, `f:<did>` when that was
        last done, `n:<uri>` a subject's counts when its reposts and quotes were read, and the stream's own. When the
        stream does not answer, or not from where the last look went, the feeds are read as without one. Other
        people's reposts and quotes are dropped. After a 429, or three failures in a row that may pass, the rest is
        not asked for.
        """
        patience = Patience()
        accounts, after = look.accounts, Observation()
        if self._stream and look.accounts:
            try:
                async with aclosing(self._stream.read(look)) as told:
                    async for part in told:
                        yield part
                accounts = [one for one in accounts if _is_feed_due(one, look)]
            except TooOld:
                after = Observation(cursors={CURSOR: restart(look)})
            except TemporaryError as error:
                log.warning("bluesky stream not read, feeds are: %s", error)
        async with aclosing(patience.in_order(self._feeds(accounts, look))) as seen:
            async for part in seen:
                yield part
        if after.cursors:
            yield after
        async with aclosing(self._see_subjects(look, patience)) as repeated:
            async for part in repeated:
                yield part

    async def resolve(self, handle: str) -> str:
        """Return the DID of `handle`. Raises PermanentError when there is no such account."""
        return await self._api.resolve(handle)

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        """See `seam.Tracker`."""
        return await identify(self._api, accounts)

    async def look_up(self, link: PastedLink, _accounts: Sequence[Watched]) -> Post | None:
        """See `seam.Tracker`. The author of a pasted address is a handle or a DID; the post is known by the DID."""
        author, _, key = (link.external_id or "").removeprefix("at://").partition(f"/{views.POSTS}/")
        if not author or not key:
            return None
        try:
            did = await self._api.resolve(author)
            uri = f"at://{did}/{views.POSTS}/{key}"
            shown = await self._api.post_views([uri]) if views.is_post_uri(uri) else []
        except PermanentError:
            return None
        return next((views.read_post(view) for view in shown if not views.is_hidden(views.author_of(view))), None)

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        """See `seam.Tracker`. Reposts have no page of their own: they are looked for in who reposted."""
        found: dict[str, bool] = {}
        try:
            async for some in self._recheck(posts):
                found |= some
        except TemporaryError:
            if not found:
                raise
        return found

    async def author_feed(self, did: str, *, since: datetime | None = None, max_pages: int = MAX_PAGES) -> list[Post]:
        """Return the posts, quotes and reposts of `did` from `since` on, newest first.

        Reads at most `max_pages` pages of 100, so a very busy account may have more. Raises PermanentError when
        the account is gone, and `Hidden` when it does not want to be read by us.
        """
        return [item.post for item in await self._feed(did, since=since, max_pages=max_pages)]

    async def reposted_by(self, uri: str, *, at_least: int | None = None) -> list[Post]:
        """Return the reposts of the post `uri` by anybody, without their times, which the network hides.

        They come newest first: with `at_least`, the list is left after so many.
        """
        profiles = [one for page in await self._reposters(uri, at_least=at_least) for one in page]
        shown = [one for one in profiles if isinstance(one, dict) and not views.is_hidden(one)]
        return [views.repost(one["did"], uri) for one in shown if views.is_did(one.get("did"))]

    async def quotes(self, uri: str, *, at_least: int | None = None) -> list[Post]:
        """Return the posts by anybody that quote the post `uri`; see `reposted_by`."""
        found, read = list[Post](), 0
        async for page in self._api.pages("app.bsky.feed.getQuotes", "posts", max_pages=_SUBJECT_PAGES, uri=uri):
            read += len(page)
            shown = [view for view in page if not views.is_hidden(views.author_of(view))]
            found += [post for view in shown if (post := views.read_post(view)) and post.subject_id == uri]
            if at_least is not None and read >= at_least:
                break
        return found

    async def get_posts(self, uris: Sequence[str]) -> list[Post]:
        """Return those of the posts `uris` that still exist and are public."""
        shown = [view for batch in batches(uris) for view in await self._api.post_views(batch)]
        return [post for view in shown if (post := views.read_post(view))]

    def _feeds(self, accounts: Sequence[Watched], look: Look) -> Iterator[Part]:
        for account in accounts:
            if account.external_id and views.is_did(account.external_id):
                yield account.account_id, partial(self._see_account, account, account.external_id, look)

    async def _see_account(self, account: Watched, did: str, look: Look) -> Observation:
        known, account_id = read_instant(look.cursors.get(f"a:{did}")), account.account_id
        overlap = OWN_OVERLAP if account.is_own else OVERLAP
        since = max(look.since, min(known, look.now) - overlap) if known else look.since
        try:
            items = await self._feed(did, since=since)
        except Hidden:
            return Observation(failed={account_id: Unobservable.PROTECTED})
        except PermanentError:
            return Observation(failed={account_id: Unobservable.GONE})
        newest = min(max((item.sorted_at for item in items), default=since), look.now)
        cursors = {f"a:{did}": newest.isoformat()} | ({f"f:{did}": look.now.isoformat()} if self._stream else {})
        return Observation(tuple(item.post for item in items), _fitting(cursors), seen=(account_id,))

    async def _feed(
        self, did: str, *, since: datetime | None = None, max_pages: int = MAX_PAGES
    ) -> list[views.FeedItem]:
        found: list[views.FeedItem] = []
        async for page in self._api.pages("app.bsky.feed.getAuthorFeed", "feed", max_pages=max_pages, actor=did):
            if any(views.is_hidden(who) for raw in page if (who := views.actor_of(raw)).get("did") == did):
                raise Hidden("shown to logged-in people only")
            items = [item for raw in page if (item := views.read_feed_item(raw, did=did))]
            found += [item for item in items if since is None or item.sorted_at >= since]
            if since and items and items[-1].sorted_at < since:
                break
        return list({item.post.external_id: item for item in reversed(found)}.values())[::-1]

    async def _see_subjects(self, look: Look, patience: Patience) -> AsyncGenerator[Observation, None]:
        for batch in batches(subject.external_id for subject in look.subjects):
            counted = await patience.attempt(self._count(batch))
            yield counted
            async with aclosing(patience.in_order(self._risen(counted.counts, look))) as repeated:
                async for part in repeated:
                    yield part

    async def _count(self, uris: Sequence[str]) -> Observation:
        return Observation(counts={view["uri"]: views.read_counts(view) for view in await self._api.post_views(uris)})

    def _risen(self, counts: Mapping[str, Counts], look: Look) -> Iterator[Part]:
        for uri, now in counts.items() if look.watched else ():
            before = _Known.read(look.cursors.get(f"n:{uri}", ""))
            has_any = now.reposts != 0 or now.quotes != 0
            has_risen = None in {now.reposts, now.quotes} or (now.reposts, now.quotes) != (
                before.reposts,
                before.quotes,
            )
            if has_any and (has_risen or before.day != f"{look.now.date()}"):
                yield None, partial(self._see_subject, uri, now, before, look)

    async def _see_subject(self, uri: str, now: Counts, before: _Known, look: Look) -> Observation:
        """Read what is new by the counts, and a page more for what was undone meanwhile; once a day everything."""
        today = f"{look.now.date()}"
        is_whole = before.day != today
        try:
            reposts = await self.reposted_by(uri, at_least=_wanted(now.reposts, before.reposts, is_whole=is_whole))
            quotes = await self.quotes(uri, at_least=_wanted(now.quotes, before.quotes, is_whole=is_whole))
        except PermanentError:
            log.info("bluesky post refused, probably deleted uri=%s", uri)
            return Observation()
        posts = {post.external_id: post for post in (*reposts, *quotes) if post.author_id in look.watched}
        cursors = {f"n:{uri}": f"{now.reposts or 0} {now.quotes or 0} {today}"}
        return Observation(tuple(posts.values()), _fitting(cursors))

    async def _recheck(self, posts: Sequence[KnownPost]) -> AsyncIterator[dict[str, bool]]:
        for batch in batches(post.external_id for post in posts if post.kind is not PostKind.REPOST):
            there = {view["uri"] for view in await self._api.post_views(batch)}
            yield {uri: uri in there for uri in batch}
        reposts = [post for post in posts if post.kind is PostKind.REPOST]
        for subject in dict.fromkeys(post.subject_id for post in reposts if views.is_post_uri(post.subject_id)):
            try:
                pages = await self._reposters(subject or "")
            except PermanentError:
                continue
            dids = {f"{one.get('did')}" for page in pages for one in page if isinstance(one, dict)}
            for post in reposts:
                if post.subject_id == subject and (post.author_id in dids or len(pages) < _SUBJECT_PAGES):
                    yield {post.external_id: post.author_id in dids}

    async def _reposters(self, uri: str, *, at_least: int | None = None) -> list[list[Any]]:
        read: list[list[Any]] = []
        method = "app.bsky.feed.getRepostedBy"
        async for page in self._api.pages(method, "repostedBy", max_pages=_SUBJECT_PAGES, uri=uri):
            read.append(page)
            if at_least is not None and sum(map(len, read)) >= at_least:
                break
        return read


def _is_feed_due(account: Watched, look: Look) -> bool:
    read_at = read_instant(look.cursors.get(f"f:{account.external_id}"))
    return read_at is None or read_at <= look.now - FEED_EVERY


def _wanted(now: int | None, before: int, *, is_whole: bool) -> int | None:
    return None if is_whole or now is None or before < 0 else max(now - before, 0) + PAGE


def _fitting(cursors: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in cursors.items() if len(key) <= _MAX_KEY}
