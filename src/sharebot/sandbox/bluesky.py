"""A network like Bluesky: accounts, posts, reposts, quotes, and the public API that tells of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sharebot.clock import Clock
from sharebot.sandbox.limits import Limit
from sharebot.sandbox.refusals import Refusal

_AT_ONCE = 25


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
    """Everything anybody did, in order; ids count up, so that the same play gives the same ids.

    `page` is how many items an answer has at most. Counts of posts lag `count_lag` behind, as the real ones do.
    `lost` accounts are deactivated, `hidden` ones want to be shown to logged-in people only.
    """

    clock: Clock
    page: int = 100
    count_lag: timedelta = timedelta(0)
    limit: Limit | None = None
    accounts: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Skeet] = field(default_factory=dict)
    reposts: list[Repeat] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    written: int = 0

    def account(self, handle: str) -> str:
        """Return the account's DID, opened on first use."""
        return self.accounts.setdefault(handle, f"did:plc:demo{len(self.accounts) + 1:020}")

    def rename(self, handle: str, *, to: str) -> None:
        """Give an account another handle; the old one leads nowhere."""
        self.accounts = {to if name == handle else name: did for name, did in self.accounts.items()}

    def post(self, did: str, text: str, *, link: str | None = None, quotes: str | None = None) -> str:
        """Publish; return the post's address."""
        self.written += 1
        uri = f"at://{did}/app.bsky.feed.post/3k{self.written:011}"
        self.posts[uri] = Skeet(uri, did, text, self.clock.now(), link, quotes)
        return uri

    def repost(self, did: str, uri: str) -> None:
        """Repost, once."""
        if not any(one.did == did and one.uri == uri for one in self.reposts):
            self.reposts.append(Repeat(did, uri, self.clock.now()))

    def delete(self, uri: str) -> None:
        """Take a post away."""
        self.posts.pop(uri, None)

    def undo_repost(self, did: str, uri: str) -> None:
        """Take a repost back."""
        self.reposts = [one for one in self.reposts if (one.did, one.uri) != (did, uri)]

    def answer(self, method: str, query: dict[str, str]) -> dict[str, Any]:
        """Answer one XRPC query. Raises Refusal."""
        if self.limit:
            self.limit.take(self.clock.now())
        answers: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
            "com.atproto.identity.resolveHandle": self._resolve,
            "app.bsky.actor.getProfile": self._profile,
            "app.bsky.actor.getProfiles": self._profiles,
            "app.bsky.feed.getAuthorFeed": self._author_feed,
            "app.bsky.feed.getRepostedBy": self._reposted_by,
            "app.bsky.feed.getQuotes": self._quotes,
            "app.bsky.feed.getPosts": self._posts,
        }
        if method == "app.bsky.feed.searchPosts":
            raise Refusal(403, "Forbidden")
        if method not in answers:
            raise Refusal(501, "Method Not Implemented")
        return answers[method](query)

    def _resolve(self, query: dict[str, str]) -> dict[str, Any]:
        handle = query.get("handle", "")
        if handle not in self.accounts:
            raise Refusal(400, "Unable to resolve handle")
        return {"did": self.accounts[handle]}

    def _profile(self, query: dict[str, str]) -> dict[str, Any]:
        return self._actor(self._known(query.get("actor", "")))

    def _profiles(self, query: dict[str, str]) -> dict[str, Any]:
        actors = query.get("actors", "").split(",")
        if len(actors) > _AT_ONCE:
            raise Refusal(400, f"Error: actors must not have more than {_AT_ONCE} elements")
        dids = [self.accounts.get(actor, actor) for actor in actors]
        there = [did for did in dids if did in self.accounts.values() and did not in self.lost]
        return {"profiles": [self._actor(did) for did in there]}

    def _reposted_by(self, query: dict[str, str]) -> dict[str, Any]:
        uri = query.get("uri", "")
        actors = [self._actor(one.did) for one in reversed(self.reposts) if one.uri == uri and one.did not in self.lost]
        return {"uri": uri, **self._page(actors, query, "repostedBy")}

    def _quotes(self, query: dict[str, str]) -> dict[str, Any]:
        uri = query.get("uri", "")
        quotes = [one for one in reversed(self.posts.values()) if one.quotes == uri and one.did not in self.lost]
        return {"uri": uri, **self._page([self.view(one) for one in quotes], query, "posts")}

    def _posts(self, query: dict[str, str]) -> dict[str, Any]:
        uris = query.get("uris", "").split(",")
        if len(uris) > _AT_ONCE:
            raise Refusal(400, f"Error: uris must not have more than {_AT_ONCE} elements")
        there = [self.posts[uri] for uri in uris if uri in self.posts]
        return {"posts": [self.view(one) for one in there if one.did not in self.lost]}

    def _known(self, actor: str) -> str:
        did = self.accounts.get(actor, actor)
        if did in self.lost:
            raise Refusal(400, "Account is deactivated")
        if did not in self.accounts.values():
            raise Refusal(400, "Profile not found")
        return did

    def _author_feed(self, query: dict[str, str]) -> dict[str, Any]:
        did = self._known(query.get("actor", ""))
        entries: list[tuple[datetime, dict[str, Any]]] = [
            (one.at, {"post": self.view(one)}) for one in self.posts.values() if one.did == did
        ]
        for repeat in self.reposts:
            if repeat.did == did and repeat.uri in self.posts:
                reason = {
                    "$type": "app.bsky.feed.defs#reasonRepost",
                    "by": self._actor(did),
                    "indexedAt": _stamp(repeat.at),
                }
                entries.append((repeat.at, {"post": self.view(self.posts[repeat.uri]), "reason": reason}))
        entries.sort(key=lambda entry: entry[0], reverse=True)
        return self._page([entry for _, entry in entries], query, "feed")

    def _actor(self, did: str) -> dict[str, Any]:
        handle = next((name for name, known in self.accounts.items() if known == did), "handle.invalid")
        labels = {"labels": [_hidden_label(did, self.clock.now())]} if did in self.hidden else {}
        return {"did": did, "handle": handle, "displayName": handle.partition(".")[0].title(), **labels}

    def view(self, post: Skeet) -> dict[str, Any]:
        """Return a post as the API shows it."""
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
            **self._counts(post.uri),
        }

    def _counts(self, uri: str) -> dict[str, int]:
        by = self.clock.now() - self.count_lag
        reposts = sum(one.uri == uri and one.at <= by for one in self.reposts)
        quotes = sum(one.quotes == uri and one.at <= by for one in self.posts.values())
        return {"repostCount": reposts, "quoteCount": quotes, "replyCount": 0, "likeCount": 0}

    def _page(self, rows: Sequence[dict[str, Any]], query: dict[str, str], key: str) -> dict[str, Any]:
        try:
            limit, start = int(query.get("limit", "50")), int(query.get("cursor", "0"))
        except ValueError:
            raise Refusal(400, "Error: Params must have a valid cursor and limit") from None
        if not 1 <= limit <= 100 or start < 0:
            raise Refusal(400, "Error: limit must be between 1 and 100")
        end = start + min(limit, self.page)
        return {key: rows[start:end]} | ({"cursor": str(end)} if end < len(rows) else {})


def _cid(uri: str) -> str:
    return "bafyrei" + uri.rpartition("/")[2].rjust(40, "a")


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _hidden_label(did: str, at: datetime) -> dict[str, Any]:
    uri = f"at://{did}/app.bsky.actor.profile/self"
    return {"src": did, "uri": uri, "val": "!no-unauthenticated", "cts": _stamp(at)}
