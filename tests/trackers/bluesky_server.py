"""A small Bluesky AppView on loopback, and a plain client for it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sharebot.errors import TemporaryError
from tests.loopback import serving_app

NORTH, SOUTH, STRANGER = "did:plc:north", "did:plc:south", "did:web:stranger.example"
ALLIANCE = "did:plc:alliance"
HANDLES = {
    "north.example": NORTH,
    "south.example": SOUTH,
    "alliance.example": ALLIANCE,
    "stranger.example": STRANGER,
}
_CID = "bafyreihzmkdoda3jijnuhtttl7zdgu25rby7n4fdk2qjhgqjxglezvrhom"


def uri(did: str, rkey: str) -> str:
    return f"at://{did}/app.bsky.feed.post/{rkey}"


def profile(did: str) -> dict[str, Any]:
    handle = next((name for name, known in HANDLES.items() if known == did), "handle.invalid")
    return {"did": did, "handle": handle}


def view(
    did: str, rkey: str, *, at: str, created: str | None = None, text: str = "Hello", **record: Any
) -> dict[str, Any]:
    body = {"$type": "app.bsky.feed.post", "text": text, "createdAt": created or at, **record}
    return {"uri": uri(did, rkey), "cid": _CID, "author": profile(did), "record": body, "indexedAt": at}


def link_card(url: str) -> dict[str, Any]:
    external = {"uri": url, "title": "A page", "description": ""}
    return {"$type": "app.bsky.embed.external", "external": external}


def link_facet(url: str) -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": url}
    return {"index": {"byteStart": 0, "byteEnd": 5}, "features": [feature]}


def quote_of(subject: str) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.record", "record": {"uri": subject, "cid": _CID}}


def quote_with_card(subject: str, url: str) -> dict[str, Any]:
    return {
        "$type": "app.bsky.embed.recordWithMedia",
        "record": quote_of(subject),
        "media": link_card(url),
    }


def reposted(post: dict[str, Any], *, by: str, at: str) -> dict[str, Any]:
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": profile(by), "indexedAt": at}
    return {"post": post, "reason": reason}


@dataclass
class World:
    """What the server knows, what it is told to answer instead, and what it was asked and answered."""

    feeds: dict[str, list[Any]] = field(default_factory=dict)
    reposts: dict[str, list[Any]] = field(default_factory=dict)
    quotes: dict[str, list[Any]] = field(default_factory=dict)
    posts: dict[str, Any] = field(default_factory=dict)
    page_size: int = 2
    lost: set[str] = field(default_factory=set)
    profiles: dict[str, dict[str, Any]] = field(default_factory=dict)
    instead: dict[str, Response] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    answered: list[tuple[str, Any]] = field(default_factory=list)

    def calls(self, method: str) -> list[dict[str, list[str]]]:
        return [params for name, params in self.asked if name.endswith(method)]

    async def answer(self, request: Request) -> Response:
        method = request.path_params["method"]
        params = {name: request.query_params.getlist(name) for name in request.query_params}
        self.asked.append((method, params))
        keys = (method, *(value for values in params.values() for value in values))
        replaced = next((self.instead[key] for key in keys if key in self.instead), None)
        response = replaced or self._know(method, params)
        if isinstance(response, Response):
            return response
        self.answered.append((method, response))
        return JSONResponse(response)

    def _know(self, method: str, params: dict[str, list[str]]) -> Response | dict[str, Any]:
        match method.rpartition(".")[2]:
            case "resolveHandle":
                did = HANDLES.get(params["handle"][0])
                return {"did": did} if did else refusal("InvalidRequest", "Unable to resolve handle")
            case "getProfile":
                return self._profile(params["actor"][0])
            case "getProfiles":
                told = [self._profile(one) for one in params["actors"]]
                return {"profiles": [one for one in told if isinstance(one, dict)]}
            case "getAuthorFeed":
                known = self.feeds.get(params["actor"][0])
                if known is None:
                    return refusal("InvalidRequest", "Profile not found")
                return self._page("feed", known, params)
            case "getRepostedBy":
                subject = params["uri"][0]
                return {"uri": subject, **self._page("repostedBy", self.reposts.get(subject, []), params)}
            case "getQuotes":
                subject = params["uri"][0]
                return {"uri": subject, **self._page("posts", self.quotes.get(subject, []), params)}
            case "getPosts":
                if len(params["uris"]) > 25:
                    return refusal("InvalidRequest", "uris must not have more than 25 elements")
                return {"posts": [self.posts[one] for one in params["uris"] if one in self.posts]}
        return Response(status_code=404)

    def _profile(self, did: str) -> Response | dict[str, Any]:
        if did in self.lost or did not in HANDLES.values():
            return refusal("InvalidRequest", "Profile not found")
        return {**profile(did), **self.profiles.get(did, {})}

    def _page(self, key: str, items: list[Any], params: dict[str, list[str]]) -> dict[str, Any]:
        start = int(params.get("cursor", ["0"])[0])
        end = start + min(self.page_size, int(params["limit"][0]))
        more = {"cursor": str(end)} if end < len(items) else {}
        return {key: items[start:end], **more}


def refusal(error: str, message: str) -> Response:
    return JSONResponse({"error": error, "message": message}, status_code=400)


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[str]:
    """Serve `world` and give its base URL."""
    async with serving_app(Starlette(routes=[Route("/xrpc/{method}", world.answer)])) as base_url:
        yield base_url


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """The least that satisfies `trackers.seam.Http`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        try:
            response = await self._client.get(url, headers=headers)
        except httpx.TransportError as error:
            raise TemporaryError(type(error).__name__) from error
        return Answer(response.status_code, response.headers, response.content)
