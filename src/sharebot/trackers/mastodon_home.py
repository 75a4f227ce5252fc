"""Ask the Alliance's own server who boosted and quoted the Alliance's statuses."""

import logging
from collections.abc import AsyncGenerator, Mapping, Sequence

from sharebot.errors import PermanentError, TemporaryError
from sharebot.trackers import mastodon_views as views
from sharebot.trackers.answers import read_instant
from sharebot.trackers.mastodon_api import Server
from sharebot.trackers.seam import Look, Observation
from sharebot.values.posts import Counts, KnownPost, Post

PAGE = 80  # the most that /reblogged_by gives
_PAGES = 20
_NEWS_PAGES = 10
_MAX_KEY = 200
_NEWS = ["reblog", "quote", "mention"]

log = logging.getLogger(__name__)


class Home:
    """The Alliance's own server; with a token it also tells of quotes, and when somebody boosted.

    Cursors: `t:<server>` the newest notification, `n:<status>` its boosts and quotes when it was last asked who
    they are of, and the day when everything was last read.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    async def observe(self, look: Look) -> AsyncGenerator[Observation, None]:
        """Yield what is new of the subjects on this server. A subject that fails stops no other."""
        if self._server.has_token and look.accounts:
            try:
                yield await self._news(look)
            except (PermanentError, TemporaryError) as error:
                log.warning("mastodon notifications not read: %s", error)
        for subject in look.subjects:
            uri = subject.external_id
            if views.host_of(uri) not in {self._server.name, views.host_of(self._server.base_url)}:
                continue
            try:
                yield await self._see_subject(uri, look)
            except (PermanentError, TemporaryError) as error:
                log.info("mastodon status not read, perhaps deleted uri=%s: %s", uri, error)

    async def recheck(self, boosts: Sequence[KnownPost]) -> dict[str, bool]:
        """Say of boosts of the Alliance's statuses whether they are still there; what is not known is left out."""
        found: dict[str, bool] = {}
        for subject in dict.fromkeys(post.subject_id for post in boosts if post.subject_id):
            key = views.status_id(subject)
            if key is None or views.host_of(subject) not in {self._server.name, views.host_of(self._server.base_url)}:
                continue
            try:
                pages = await self._boosters(key)
            except (PermanentError, TemporaryError) as error:
                log.info("mastodon boosts not looked for uri=%s: %s", subject, error)
                continue
            there, is_whole = {actor for page in pages for actor in page}, len(pages) < _PAGES
            asked = [post for post in boosts if post.subject_id == subject]
            found |= {
                post.external_id: post.author_id in there for post in asked if is_whole or post.author_id in there
            }
        return found

    async def _see_subject(self, uri: str, look: Look) -> Observation:
        key = views.status_id(uri)
        status = await self._server.get(f"statuses/{key}") if key else None
        if status is None or status.get("uri") != uri:
            return Observation()
        counts, today = views.read_counts(status), f"{look.now.date()}"
        before = look.cursors.get(f"n:{uri}", "")
        now = f"{counts.reposts or 0} {counts.quotes or 0} {today}"
        if not look.watched or (now == before and counts.reposts is not None):
            return Observation(counts={uri: counts})
        posts = await self._repeats(key or "", uri, counts, before, today)
        mine = {post.external_id: post for post in posts if post.author_id in look.watched}
        cursors = {f"n:{uri}": now} if len(uri) + 2 <= _MAX_KEY else {}
        return Observation(tuple(mine.values()), cursors, counts={uri: counts})

    async def _repeats(self, key: str, uri: str, counts: Counts, before: str, today: str) -> list[Post]:
        """Read what is new by the counts, and a page more for what was undone meanwhile; once a day everything."""
        words = before.split(" ")
        is_whole = words[-1] != today or not words[0].isdecimal() or counts.reposts is None
        at_least = None if is_whole else max((counts.reposts or 0) - int(words[0]), 0) + PAGE
        actors = [actor for page in await self._boosters(key, at_least=at_least) for actor in page]
        found = [views.boost(actor, uri) for actor in actors]
        if self._server.has_token and counts.quotes:
            path = f"statuses/{key}/quotes"
            async for page in self._server.pages(path, max_pages=_PAGES, limit=f"{PAGE // 2}"):
                told = [views.read_status(status, server=self._server.name) for status in page]
                found += [post for post in told if post and post.subject_id == uri]
        return found

    async def _boosters(self, key: str, *, at_least: int | None = None) -> list[list[str]]:
        read: list[list[str]] = []
        path = f"statuses/{key}/reblogged_by"
        async for page in self._server.pages(path, max_pages=_PAGES, limit=f"{PAGE}"):
            read.append([actor for one in page if (actor := views.actor_uri(one))])
            if at_least is not None and sum(map(len, read)) >= at_least:
                break
        return read

    async def _news(self, look: Look) -> Observation:
        cursor = f"t:{self._server.name}"[:_MAX_KEY]
        since = look.cursors.get(cursor)
        asked: dict[str, str | list[str]] = {"types[]": _NEWS, "limit": f"{PAGE}"}
        found, newest = dict[str, Post](), None
        pages = self._server.pages(
            "notifications", max_pages=_NEWS_PAGES, **asked, **({"since_id": since} if since else {})
        )
        async for page in pages:
            newest = newest or next((one for news in page if (one := views.read_id(news))), None)
            told = [post for news in page if (post := _read_news(news, server=self._server.name))]
            posts = [post for post in told if post.at and post.at >= look.since]
            found |= {post.external_id: post for post in posts if post.author_id in look.watched}
            if len(posts) < len(told):
                break
        return Observation(tuple(found.values()), {cursor: newest} if newest else {})


def _read_news(news: object, *, server: str) -> Post | None:
    fields: Mapping[str, object] = news if isinstance(news, dict) else {}
    actor, status = views.actor_uri(fields.get("account")), fields.get("status")
    if actor is None or not isinstance(status, dict):
        return None
    if fields.get("type") != "reblog":
        post = views.read_status(status, server=server)
        return post if post and post.author_id == actor else None
    uri, at = status.get("uri"), read_instant(fields.get("created_at"))
    return views.boost(actor, uri, at=at) if isinstance(uri, str) and views.is_uri(uri) and at else None
