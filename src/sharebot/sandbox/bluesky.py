"""A network like Bluesky: accounts, posts, reposts, quotes, and the public API that tells of them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sharebot.clock import Clock
from sharebot.sandbox.refusals import Refusal

_POSTS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Skeet:
    """One post. `quotes` is the address of the post it quotes."""

    uri: str
    did: str
    text: str
    at: datetime
    link: str | None = None
    quotes: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """One repost."""

    did: str
    uri: str
    at: datetime


@dataclass(slots=True)
class BlueskyNetwork:
    """Everything anybody did, in order; ids count up, so that the same play gives the same ids."""

    clock: Clock
    accounts: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Skeet] = field(default_factory=dict)
    reposts: list[Repeat] = field(default_factory=list)

    def account(self, handle: str) -> str:
        """Return the account's DID, opened on first use."""
        return self.accounts.setdefault(handle, f"did:plc:demo{len(self.accounts) + 1:020}")

    def post(self, did: str, text: str, *, link: str | None = None, quotes: str | None = None) -> str:
        """Publish; return the post's address."""
        uri = f"at://{did}/app.bsky.feed.post/3k{len(self.posts) + 1:011}"
        self.posts[uri] = Skeet(uri, did, text, self.clock.now(), link, quotes)
        return uri

    def repost(self, did: str, uri: str) -> None:
        """Repost, once."""
        if not any(one.did == did and one.uri == uri for one in self.reposts):
            self.reposts.append(Repeat(did, uri, self.clock.now()))

    def delete(self, uri: str) -> None:
        """Take a post away."""
        self.posts.pop(uri, None)

    def answer(self, method: str, query: dict[str, str]) -> dict[str, Any]:
        """Answer one XRPC query. Raises Refusal."""
        match method:
            case "com.atproto.identity.resolveHandle":
                handle = query.get("handle", "")
                if handle not in self.accounts:
                    raise Refusal(400, "Unable to resolve handle")
                return {"did": self.accounts[handle]}
            case "app.bsky.feed.getAuthorFeed":
                return self._author_feed(query)
            case "app.bsky.feed.getRepostedBy":
                uri = query.get("uri", "")
                actors = [self._actor(one.did) for one in reversed(self.reposts) if one.uri == uri]
                return {"uri": uri, **_page(actors, query, "repostedBy")}
            case "app.bsky.feed.getQuotes":
                uri = query.get("uri", "")
                quotes = [self._view(one) for one in reversed(self.posts.values()) if one.quotes == uri]
                return {"uri": uri, **_page(quotes, query, "posts")}
            case "app.bsky.feed.getPosts":
                uris = query.get("uris", "").split(",")
                if len(uris) > _POSTS_AT_ONCE:
                    raise Refusal(400, f"Error: uris must not have more than {_POSTS_AT_ONCE} elements")
                return {"posts": [self._view(self.posts[uri]) for uri in uris if uri in self.posts]}
        raise Refusal(501, "Method Not Implemented")

    def _author_feed(self, query: dict[str, str]) -> dict[str, Any]:
        did = self.accounts.get(query.get("actor", ""), query.get("actor", ""))
        if did not in self.accounts.values():
            raise Refusal(400, "Profile not found")
        entries: list[tuple[datetime, dict[str, Any]]] = [
            (one.at, {"post": self._view(one)}) for one in self.posts.values() if one.did == did
        ]
        for repeat in self.reposts:
            if repeat.did == did and repeat.uri in self.posts:
                reason = {
                    "$type": "app.bsky.feed.defs#reasonRepost",
                    "by": self._actor(did),
                    "indexedAt": _stamp(repeat.at),
                }
                entries.append((repeat.at, {"post": self._view(self.posts[repeat.uri]), "reason": reason}))
        entries.sort(key=lambda entry: entry[0], reverse=True)
        return _page([entry for _, entry in entries], query, "feed")

    def _actor(self, did: str) -> dict[str, Any]:
        handle = next((name for name, known in self.accounts.items() if known == did), "handle.invalid")
        return {"did": did, "handle": handle, "displayName": handle.partition(".")[0].title()}

    def _view(self, post: Skeet) -> dict[str, Any]:
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "text": post.text,
            "createdAt": _stamp(post.at),
        }
        if post.link:
            external = {"uri": post.link, "title": post.text, "description": ""}
            record["embed"] = {"$type": "app.bsky.embed.external", "external": external}
        if post.quotes:
            strong = {"uri": post.quotes, "cid": _cid(post.quotes)}
            record["embed"] = {"$type": "app.bsky.embed.record", "record": strong}
        return {
            "uri": post.uri,
            "cid": _cid(post.uri),
            "author": self._actor(post.did),
            "record": record,
            "indexedAt": _stamp(post.at),
            "repostCount": sum(one.uri == post.uri for one in self.reposts),
        }


def _cid(uri: str) -> str:
    return "bafyrei" + uri.rpartition("/")[2].rjust(40, "a")


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _page(rows: list[dict[str, Any]], query: dict[str, str], key: str) -> dict[str, Any]:
    try:
        limit, start = int(query.get("limit", "50")), int(query.get("cursor", "0"))
    except ValueError:
        raise Refusal(400, "Error: Params must have a valid cursor and limit") from None
    if not 1 <= limit <= 100 or start < 0:
        raise Refusal(400, "Error: limit must be between 1 and 100")
    page: dict[str, Any] = {key: rows[start : start + limit]}
    return page | ({"cursor": str(start + limit)} if start + limit < len(rows) else {})
