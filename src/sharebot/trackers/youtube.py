"""YouTube's Data API: the Alliance's own new videos, and what is counted of them. Nobody can see there who shared."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from sharebot.config.settings import Settings
from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.trackers import youtube_views as views
from sharebot.trackers.seam import Http, Identity, Look, Observation, Purse, Watched
from sharebot.trackers.youtube_api import Api, NothingThere
from sharebot.values.posts import KnownPost, PastedLink, Post
from sharebot.values.tracking import Unobservable

AT_ONCE = 50  # ids in one call, and items in one answer
_MAX_PAGES = 4
_HANDLE = re.compile(r"[\w.·-]{3,30}")


def open_tracker(settings: Settings, http: Http, purse: Purse) -> "YouTubeTracker | None":
    """Return the tracker when there is an API key."""
    part = settings.youtube
    if part.api_key is None or not part.api_key.get_secret_value():
        return None
    key = part.api_key.get_secret_value()
    api = Api(http, purse, base_url=part.base_url, key=key, daily_units=part.daily_units)
    return YouTubeTracker(api, every=timedelta(minutes=part.every_minutes))


class YouTubeTracker:
    """Channels are known by their ids: handles change. Only our own channels are looked at."""

    identify_every = timedelta(days=7)

    def __init__(self, api: Api, *, every: timedelta = timedelta(hours=6)) -> None:
        self._api, self.every = api, every

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        """See `seam.Tracker`. A video that is no longer listed under its id is told as gone."""
        self._api.begin(look.cursors, look.now)
        own = [one for one in look.accounts if one.is_own and one.external_id]
        subjects = [one.external_id for one in look.subjects if views.is_video_id(one.external_id)]
        parts: list[tuple[int | None, Callable[[], Awaitable[Observation]]]] = [
            *((one.account_id, partial(self._see_channel, one, look)) for one in own),
            *((None, partial(self._count, some)) for some in _batches(subjects)),
        ]
        failures: list[TemporaryError] = []
        for account_id, ask in parts:
            try:
                seen = await ask()
            except (RateLimited, Spent):
                raise
            except TemporaryError as error:
                failures.append(error)
                seen = Observation(missed={account_id: str(error)} if account_id is not None else {})
            yield seen
        if failures and len(failures) == len(parts):
            raise failures[-1]

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        """See `seam.Tracker`. Ids are asked for fifty at a time, handles one by one."""
        by_id = {one.account_id: channel for one in accounts if (channel := _channel_of(one))}
        found: dict[int, Identity] = {}
        wanted = list(dict.fromkeys(by_id.values()))
        for some in _batches(wanted):
            items = await self._api.ask("channels", part="snippet", id=",".join(some))
            there = {str(item.get("id")): item for item in items}
            for one in accounts:
                if by_id.get(one.account_id) in some:
                    found[one.account_id] = _identity(one, there.get(by_id[one.account_id]))
        for one in accounts:
            if one.account_id not in by_id:
                found[one.account_id] = await self._resolve(one)
        return found

    async def look_up(self, link: PastedLink, _accounts: Sequence[Watched]) -> Post | None:
        """See `seam.Tracker`."""
        if not views.is_video_id(link.external_id):
            return None
        items = await self._api.ask("videos", part="snippet", id=link.external_id or "")
        return next((post for item in items if (post := views.read_video(item))), None)

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        """See `seam.Tracker`. A video that was made private counts as gone."""
        wanted = [post.external_id for post in posts if views.is_video_id(post.external_id)]
        found: dict[str, bool] = {}
        for some in _batches(wanted):
            items = await self._api.ask("videos", part="id", id=",".join(some))
            there = {f"{item.get('id')}" for item in items}
            found |= {one: one in there for one in some}
        return found

    async def _see_channel(self, account: Watched, look: Look) -> Observation:
        """Return the uploads since the look's beginning, read page by page until an older one comes."""
        channel = account.external_id or ""
        posts: list[Post] = []
        token: str | None = None
        for _ in range(_MAX_PAGES):
            more = {"pageToken": token} if token else {}
            try:
                items, token = await self._api.ask_page(
                    "playlistItems", part="snippet,contentDetails", playlistId=views.uploads_of(channel), **more
                )
            except NothingThere:
                return await self._see_empty(account)
            read = [post for item in items if (post := views.read_upload(item, channel))]
            posts += [post for post in read if post.at is None or post.at >= look.since]
            if token is None or any(post.at is not None and post.at < look.since for post in read):
                break
        return Observation(tuple(posts), self._api.cursor, seen=(account.account_id,))

    async def _see_empty(self, account: Watched) -> Observation:
        """Tell a channel without any upload, which has no list of them, from one that is closed."""
        items = await self._api.ask("channels", part="id", id=account.external_id or "")
        if items:
            return Observation(cursors=self._api.cursor, seen=(account.account_id,))
        return Observation(cursors=self._api.cursor, failed={account.account_id: Unobservable.GONE})

    async def _count(self, videos: Sequence[str]) -> Observation:
        items = await self._api.ask("videos", part="snippet,statistics", id=",".join(videos))
        counts = {str(item["id"]): views.read_counts(item) for item in items if item.get("id") in videos}
        gone = tuple(one for one in videos if one not in counts)
        return Observation(cursors=self._api.cursor, counts=counts, gone=gone)

    async def _resolve(self, account: Watched) -> Identity:
        name = account.handle.strip().removeprefix("@")
        if not _HANDLE.fullmatch(name):
            return Identity(None, account.handle, Unobservable.NOT_FOUND)
        items = await self._api.ask("channels", part="snippet", forHandle=f"@{name}")
        found = next((item for item in items if views.is_channel_id(item.get("id"))), None)
        return _identity(account, found)


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def _channel_of(account: Watched) -> str | None:
    """Return the channel's id when it is known, or was registered instead of a handle."""
    known = (account.external_id or account.handle).strip()
    return known if views.is_channel_id(known) else None


def _identity(account: Watched, channel: Mapping[str, object] | None) -> Identity:
    if channel is None:
        reason = Unobservable.GONE if account.external_id else Unobservable.NOT_FOUND
        return Identity(account.external_id, account.handle, reason)
    # Whoever registered an id wants to see it there.
    name = None if views.is_channel_id(account.handle) else views.handle_of(channel)
    return Identity(str(channel["id"]), name or account.handle)
