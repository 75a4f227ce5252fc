"""Ask Bluesky's public API: single answers, and lists page by page (lexicons app.bsky.*, com.atproto.identity.*)."""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from sharebot.errors import PermanentError, TemporaryError
from sharebot.trackers import bluesky_views as views
from sharebot.trackers.answers import get_json
from sharebot.trackers.seam import Http

PAGE = 100  # the lexicons' maximum for getAuthorFeed, getRepostedBy and getQuotes
MAX_URIS = 25  # the lexicons' maximum for getPosts and getProfiles
_MAX_CURSOR = 1000
_MAX_QUERY = 1900  # of the 2,048 characters an address may have

log = logging.getLogger(__name__)


class BlueskyApi:
    """Asks `base_url`, for example https://public.api.bsky.app, without a login."""

    def __init__(self, http: Http, base_url: str) -> None:
        self._http = http
        self._base_url = base_url.rstrip("/")

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

    async def profile(self, did: str) -> dict[str, Any]:
        """Return the profile of `did`. Raises PermanentError when it is deleted, deactivated or taken down."""
        found = await self._ask("app.bsky.actor.getProfile", actor=did)
        if found.get("did") != did:
            raise TemporaryError("answered with another account")
        return found

    async def profiles(self, dids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return those of at most 25 profiles that there are, by DID."""
        answer = await self._ask("app.bsky.actor.getProfiles", actors=list(dids))
        found = [one for one in _items(answer, "profiles") if isinstance(one, dict)]
        return {one["did"]: one for one in found if one.get("did") in dids}

    async def post_views(self, uris: Sequence[str]) -> list[dict[str, Any]]:
        """Return the views of those of a batch of posts that still exist and are public."""
        found = _items(await self._ask("app.bsky.feed.getPosts", uris=list(uris)), "posts")
        return [view for view in found if isinstance(view, dict) and view.get("uri") in uris]

    async def pages(self, method: str, key: str, *, max_pages: int, **asked: str) -> AsyncIterator[list[Any]]:
        """Yield the pages of a list, the last one when there are no more or `max_pages` were read."""
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


def batches(uris: Iterable[str]) -> Iterator[list[str]]:
    """Yield the posts' addresses, each once, in as many as one question may name."""
    batch: list[str] = []
    for uri in dict.fromkeys(uri for uri in uris if views.is_post_uri(uri)):
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
