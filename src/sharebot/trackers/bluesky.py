"""Bluesky over its public API, without a login (lexicons app.bsky.feed.*, com.atproto.identity.*)."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.trackers.seam import Http, Observation, Watched
from sharebot.values.posts import Post
from sharebot.values.status import Network, PostKind

PAGE = 100  # the lexicons' maximum for getAuthorFeed, getRepostedBy and getQuotes
MAX_PAGES = 5
_REPOST = "app.bsky.feed.defs#reasonRepost"


class BlueskyTracker:
    """Asks `base_url`, for example https://public.api.bsky.app."""

    def __init__(self, http: Http, base_url: str) -> None:
        self._http = http
        self._base_url = base_url

    async def observe(
        self, accounts: Sequence[Watched], *, subjects: Sequence[str], since: datetime
    ) -> Observation:
        """See `seam.Tracker`. Accounts are asked for their own feed, subjects for who repeated them."""
        posts: list[Post] = []
        resolved: dict[int, str] = {}
        failed: dict[int, str] = {}
        for account in accounts:
            try:
                did = account.external_id or await self._resolve(account.handle)
                resolved[account.account_id] = did
                posts += await self._author_feed(did, since=since)
            except PermanentError as error:
                failed[account.account_id] = str(error)
        for uri in subjects:
            posts += await self._repeats(uri)
        unique = {post.external_id: post for post in reversed(posts)}
        return Observation(tuple(reversed(unique.values())), resolved, failed)

    async def _resolve(self, handle: str) -> str:
        answer = await self._ask("com.atproto.identity.resolveHandle", handle=handle)
        did = answer.get("did")
        if not isinstance(did, str) or not did.startswith("did:"):
            raise PermanentError(f"{handle} has no id")
        return did

    async def _author_feed(self, did: str, *, since: datetime) -> list[Post]:
        """Return the account's posts and reposts, newest first, back to `since` or five pages."""
        posts: list[Post] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await self._ask("app.bsky.feed.getAuthorFeed", actor=did, limit=PAGE, cursor=cursor)
            found = [_feed_post(entry, did) for entry in _objects(page.get("feed"))]
            new = [post for post in found if post and (post.at is None or post.at >= since)]
            posts += new
            cursor = _text(page, "cursor")
            if not cursor or len(new) < len(found):
                break
        return posts

    async def _repeats(self, uri: str) -> list[Post]:
        """Return who reposted or quoted the post; a deleted or hidden one has none."""
        try:
            reposts = await self._pages("app.bsky.feed.getRepostedBy", "repostedBy", uri)
            quotes = await self._pages("app.bsky.feed.getQuotes", "posts", uri)
        except PermanentError:
            return []
        dids = [did for actor in reposts if (did := _text(actor, "did"))]
        posts = [_repost(did, uri, at=None) for did in dids]
        return posts + [post for view in quotes if (post := _view_post(view)) is not None]

    async def _pages(self, method: str, key: str, uri: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await self._ask(method, uri=uri, limit=PAGE, cursor=cursor)
            rows += _objects(page.get(key))
            cursor = _text(page, "cursor")
            if not cursor:
                break
        return rows

    async def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        query = urlencode({name: value for name, value in parameters.items() if value is not None})
        answer = await self._http.get(f"{self._base_url}/xrpc/{method}?{query}")
        try:
            data = json.loads(answer.body)
        except ValueError:
            raise TemporaryError("Bluesky's answer cannot be read") from None
        if answer.status == 429:
            raise RateLimited("Bluesky asks to wait")
        if answer.status >= 400 or not isinstance(data, dict):
            reason = _text(data, "message") if isinstance(data, dict) else None
            raise PermanentError((reason or f"Bluesky answers {answer.status}")[:200])
        return data


def _feed_post(entry: Mapping[str, Any], did: str) -> Post | None:
    view, reason = entry.get("post"), entry.get("reason")
    if not isinstance(view, dict):
        return None
    if isinstance(reason, dict) and reason.get("$type") == _REPOST:
        uri = _text(view, "uri")
        return _repost(did, uri, at=_date(_text(reason, "indexedAt"))) if uri else None
    post = _view_post(view)
    return post if post and post.author_id == did else None


def _repost(did: str, uri: str, *, at: datetime | None) -> Post:
    # The public views do not tell the repost record's own id, and an account can repost a post once only.
    return Post(
        Network.BLUESKY,
        f"repost:{did}:{uri}",
        did,
        PostKind.REPOST,
        at=at,
        url=f"https://bsky.app/profile/{did}",
        subject_id=uri,
    )


def _view_post(view: Mapping[str, Any]) -> Post | None:
    uri, author, record = _text(view, "uri"), view.get("author"), view.get("record")
    if not uri or not isinstance(author, dict) or not isinstance(record, dict):
        return None
    did = _text(author, "did")
    if not did or not uri.startswith(f"at://{did}/"):
        return None
    subject = _quoted(record.get("embed"))
    return Post(
        Network.BLUESKY,
        uri,
        did,
        PostKind.QUOTE if subject else PostKind.POST,
        at=_record_date(record, view),
        url=f"https://bsky.app/profile/{did}/post/{uri.rpartition('/')[2]}",
        subject_id=subject,
        links=tuple(_links(record)),
        text=(_text(record, "text") or "")[:3000],
    )


def _quoted(embed: object) -> str | None:
    if not isinstance(embed, dict):
        return None
    record = embed.get("record")
    if isinstance(record, dict) and isinstance(record.get("record"), dict):
        record = record["record"]  # app.bsky.embed.recordWithMedia
    return _text(record, "uri") if isinstance(record, dict) else None


def _links(record: Mapping[str, Any]) -> list[str]:
    links = []
    embed = record.get("embed")
    if isinstance(embed, dict) and isinstance(embed.get("external"), dict):
        links.append(_text(embed["external"], "uri"))
    for facet in _objects(record.get("facets")):
        links += [_text(feature, "uri") for feature in _objects(facet.get("features"))]
    found = [
        link for link in links if link and link.startswith(("http://", "https://")) and len(link) <= 2048
    ]
    return list(dict.fromkeys(found))


def _record_date(record: Mapping[str, Any], view: Mapping[str, Any]) -> datetime | None:
    """Return the author's date unless it lies after the server's: then it cannot be true."""
    created, indexed = _date(_text(record, "createdAt")), _date(_text(view, "indexedAt"))
    return min(created, indexed) if created and indexed else indexed or created


def _date(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) else None


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
