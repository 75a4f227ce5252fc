"""Bluesky's Jetstream: what watched accounts wrote, repeated and deleted, from where the last look went.

The stream's own words are those of network.bsky.jetstream.subscribeEvents (a commit flat in the `payload`, counted
by `seq`); the older protocol (a commit of its own, counted by `time_us`) is read as well, at an address that
ends in /subscribe.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp

from sharebot.errors import TemporaryError
from sharebot.trackers import bluesky_views as views
from sharebot.trackers.answers import parse_json, read_instant
from sharebot.trackers.seam import Look, Observation
from sharebot.values.posts import Post

CURSOR = "j"
OVERLAP = timedelta(minutes=15)
REPOSTS = "app.bsky.feed.repost"
MAX_MESSAGE = 1_500_000  # bytes; a record has 1 MiB at most
_EVENTS_A_PART = 200
_EVENTS_A_LOOK = 20_000
_MAX_URL = 8000
_MAX_KEY = 200
_TOO_OLD = {"CursorTooOld", "OutdatedCursor"}
_PATIENCE = aiohttp.ClientTimeout(connect=15, sock_read=30)
_PROTOCOL = "xrpc.v1.json"

log = logging.getLogger(__name__)


class TooOld(TemporaryError):
    """The stream does not reach back to the cursor."""


@dataclass(frozen=True, slots=True)
class _Event:
    """One commit; `cursor` is its place in the stream."""

    cursor: int
    at: datetime
    did: str
    collection: str
    key: str
    is_delete: bool
    record: object


@dataclass(slots=True)
class _Part:
    """What was read since the last part was told."""

    posts: dict[str, Post] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)

    def told(self, *, seen: tuple[int, ...] = ()) -> Observation:
        return Observation(tuple(self.posts.values()), self.cursors, seen, gone=tuple(self.gone))


class Jetstream:
    """Reads what is there at `url`, for `seconds` at most, until nothing came for `idle_seconds`.

    `url` is the whole address of the subscription, as the operator set it; nothing in a post ever changes it.
    """

    def __init__(self, url: str, *, idle_seconds: float = 5, seconds: float = 120) -> None:
        self._url = url
        self._idle_seconds, self._seconds = idle_seconds, seconds

    async def read(self, look: Look) -> AsyncGenerator[Observation, None]:
        """Yield what the stream tells from the cursor `j` up to the look's `now`, at least once.

        Without a cursor it begins shortly before the look. Reposts are told of the Alliance's posts only, and
        `r:<did>/<key>` remembers which one a repost repeats, as the record of its undoing does not say. Raises
        TooOld, and TemporaryError when the stream does not answer.
        """
        own = {one.external_id for one in look.accounts if one.is_own}
        known, part, count = dict(look.cursors), _Part(), 0
        start = known.get(CURSOR) or restart(look)
        part.cursors[CURSOR] = start
        async with aclosing(self._events(look, start)) as events:
            async for event in events:
                _note(part, event, known, own)
                count += 1
                if count % _EVENTS_A_PART == 0:
                    yield part.told()
                    part = _Part()
                if count == _EVENTS_A_LOOK or event.at >= look.now:
                    break
        yield part.told(seen=tuple(one.account_id for one in look.accounts if one.external_id))

    async def _events(self, look: Look, start: str) -> AsyncGenerator[_Event, None]:
        url = _address(self._url, sorted(look.watched), start)
        if len(url) > _MAX_URL:
            raise TemporaryError("too many accounts for one subscription")
        until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with (
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=_PATIENCE) as session,
                session.ws_connect(url, protocols=(_PROTOCOL,), max_msg_size=MAX_MESSAGE, heartbeat=30) as socket,
            ):
                while asyncio.get_running_loop().time() < until and (text := await self._next(socket)):
                    event = _read_event(text)
                    if event and event.did in look.watched:
                        yield event
        except aiohttp.WSServerHandshakeError as error:
            # Both protocols refuse a cursor they cannot serve before the stream begins.
            kind = TooOld if error.status == 400 else TemporaryError
            raise kind(f"stream answered {error.status}") from error
        except (aiohttp.ClientError, OSError) as error:
            raise TemporaryError(f"stream not reached: {type(error).__name__}") from error

    async def _next(self, socket: aiohttp.ClientWebSocketResponse) -> str | None:
        """Return the next text; None when there is none for now."""
        try:
            message = await socket.receive(timeout=self._idle_seconds)
        except TimeoutError:
            return None
        if message.type is aiohttp.WSMsgType.ERROR:
            raise TemporaryError("stream broke off")
        if message.type is aiohttp.WSMsgType.TEXT:
            return str(message.data) or "{}"
        return "{}" if message.type is aiohttp.WSMsgType.BINARY else None


def restart(look: Look) -> str:
    """Return the cursor of shortly before a look: an instant in microseconds."""
    return f"{int((look.now - OVERLAP).timestamp() * 1_000_000)}"


def _address(url: str, dids: list[str], start: str) -> str:
    collections = [views.POSTS, REPOSTS]
    asked: dict[str, list[str]] = {"dids": dids, "collections": collections, "kinds": ["commit"], "cursor": [start]}
    if urlsplit(url).path.endswith("/subscribe"):
        asked = {"wantedDids": dids, "wantedCollections": collections, "cursor": [start]}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(asked, doseq=True, safe=':')}"


def _read_event(text: str) -> _Event | None:
    """Return a commit; None for anything else. Raises TooOld and TemporaryError when the stream says so."""
    try:
        message = parse_json(text)
    except (ValueError, RecursionError) as error:
        raise TemporaryError("stream told something that is not JSON") from error
    told = _dict(_dict(message).get("payload")) or _dict(message)
    name = told.get("error") or _dict(message).get("error")
    if isinstance(name, str):
        raise (TooOld if name in _TOO_OLD else TemporaryError)("stream refused")
    commit = _dict(told.get("commit")) or told
    cursor, did = told.get("seq", told.get("time_us")), told.get("did")
    key, collection = commit.get("rkey"), commit.get("collection")
    at = read_instant(told.get("time")) or _microseconds(told.get("time_us"))
    if not isinstance(cursor, int) or not isinstance(key, str) or not isinstance(did, str) or at is None:
        return None
    if (
        not isinstance(collection, str)
        or collection not in {views.POSTS, REPOSTS}
        or not views.is_did(did)
        or not 0 <= cursor < 2**63
    ):
        return None
    return _Event(cursor, at, did, collection, key, commit.get("operation") == "delete", commit.get("record"))


def _note(part: _Part, event: _Event, known: dict[str, str], own: set[str | None]) -> None:
    part.cursors[CURSOR] = f"{event.cursor}"
    if event.collection == views.POSTS:
        uri = f"at://{event.did}/{views.POSTS}/{event.key}"
        if event.is_delete and views.is_post_uri(uri):
            part.posts.pop(uri, None)
            part.gone[uri] = None
        elif post := views.read_record(event.did, event.key, event.record, seen_at=event.at):
            part.posts[uri] = post
        return
    memory = f"r:{event.did}/{event.key}"
    if event.is_delete:
        undone = views.repost(event.did, known.get(memory, "")).external_id
        if known.get(memory):
            part.posts.pop(undone, None)
            part.gone[undone] = None
        return
    repost = views.read_repost_record(event.did, event.record, seen_at=event.at)
    if repost and views.author_id(repost.subject_id) in own and len(memory) <= _MAX_KEY:
        part.posts[repost.external_id] = repost
        part.gone.pop(repost.external_id, None)
        part.cursors[memory] = known[memory] = repost.subject_id or ""


def _microseconds(value: object) -> datetime | None:
    if not isinstance(value, int) or not 0 <= value < 2**53:
        return None
    return views.EPOCH + timedelta(microseconds=value)


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
