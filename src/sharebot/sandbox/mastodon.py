"""Servers of the Fediverse: accounts, statuses and boosts, each told by its own server as Mastodon's API tells them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape
from typing import Any

from sharebot.clock import Clock
from sharebot.sandbox.limits import Limit
from sharebot.sandbox.refusals import Refusal

_FIRST_ID = 115_000_000_000_000_000
_MOST = {"statuses": 40, "reblogged_by": 80, "quotes": 40, "notifications": 80}


@dataclass(frozen=True, slots=True)
class Actor:
    """One account. `number` is its id on its own server."""

    number: int
    name: str
    server: str

    @property
    def uri(self) -> str:
        """Its ActivityPub address."""
        return f"https://{self.server}/users/{self.name}"


@dataclass(frozen=True, slots=True)
class Toot:
    """One status, or a boost of `boosts`. `number` is its id on its own server."""

    number: int
    actor: Actor
    html: str
    at: datetime
    visibility: str = "public"
    link: str | None = None
    tags: tuple[str, ...] = ()
    mentions: tuple[Actor, ...] = ()
    boosts: str | None = None
    quotes: str | None = None

    @property
    def uri(self) -> str:
        """Its ActivityPub address."""
        return f"{self.actor.uri}/statuses/{self.number}{'/activity' if self.boosts else ''}"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, and the place in the list where the next page begins."""

    body: Any
    next_id: str | None = None


@dataclass(slots=True)
class Fediverse:
    """Everything anybody did on any server, in order. What happens on one reaches the others `lag` later.

    `page` is how many items an answer has at most. Servers in `closed` want a login for everything; `lost` accounts
    are deleted, `moved` ones went elsewhere. `tokens` lets somebody in, by server, as the account given.
    """

    clock: Clock
    page: int = 80
    lag: timedelta = timedelta(0)
    accounts: dict[str, Actor] = field(default_factory=dict)
    toots: dict[str, Toot] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    locked: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    written: int = 0

    def account(self, handle: str) -> Actor:
        """Return the account "name@server", opened on first use."""
        name, _, server = handle.partition("@")
        return self.accounts.setdefault(handle, Actor(len(self.accounts) + 1, name, server))

    def post(
        self,
        handle: str,
        text: str,
        *,
        link: str | None = None,
        tags: Sequence[str] = (),
        mentions: Sequence[str] = (),
        quotes: str | None = None,
    ) -> str:
        """Publish; return the status's address."""
        named = tuple(self.account(one) for one in mentions)
        html = _html(text, link, tags, named)
        return self._add(handle, html, link=link, tags=tuple(tags), mentions=named, quotes=quotes)

    def boost(self, handle: str, uri: str) -> None:
        """Boost, once."""
        if not any(one.boosts == uri for one in self.toots.values() if one.actor == self.account(handle)):
            self._add(handle, "", boosts=uri)

    def undo_boost(self, handle: str, uri: str) -> None:
        """Take a boost back."""
        actor = self.account(handle)
        self.toots = {key: one for key, one in self.toots.items() if (one.actor, one.boosts) != (actor, uri)}

    def hide(self, uri: str, visibility: str = "private") -> None:
        """Show a status to few."""
        self.toots[uri] = replace(self.toots[uri], visibility=visibility)

    def delete(self, uri: str) -> None:
        """Take a status away, and the boosts of it."""
        self.toots = {key: one for key, one in self.toots.items() if uri not in {key, one.boosts}}

    def answer(self, server: str, path: str, query: dict[str, str], *, token: str = "") -> Page:
        """Answer GET /api/v1/`path` as one server. Raises Refusal."""
        if server in self.limits:
            self.limits[server].take(self.clock.now())
        viewer = self.tokens.get((server, token))
        if server in self.closed and viewer is None:
            raise Refusal(401, "This API requires an authenticated user")
        match path.split("/"):
            case ["accounts", "lookup"]:
                return Page(self._profile(self._named(server, query.get("acct", "")), server))
            case ["accounts", number, "statuses"]:
                return self._statuses(server, number, query)
            case ["statuses", number]:
                return Page(self._status(self._found(server, number), server))
            case ["statuses", number, "reblogged_by"]:
                boosts = self._boosts(self._found(server, number).uri, server)
                return self._listed("reblogged_by", boosts, query, server)
            case ["statuses", number, "quotes"]:
                self._demand(viewer)
                uri = self._found(server, number).uri
                quotes = [one for one in self._arrived(server) if one.quotes == uri]
                return self._listed("quotes", quotes, query, server)
            case ["notifications"]:
                return self._listed("notifications", self._news(self._demand(viewer), server), query, server)
        raise Refusal(404, "Not Found")

    def _add(self, handle: str, html: str, **more: Any) -> str:
        self.written += 1
        toot = Toot(_FIRST_ID + self.written * 10, self.account(handle), html, self.clock.now(), **more)
        self.toots[toot.uri] = toot
        return toot.uri

    def _named(self, server: str, acct: str) -> Actor:
        name = acct.removeprefix("@").removesuffix(f"@{server}").lower()
        found = next((one for one in self.accounts.values() if (one.name, one.server) == (name, server)), None)
        if found is None or found.uri in self.lost:
            raise Refusal(404, "Record not found")
        return found

    def _found(self, server: str, number: str) -> Toot:
        found = (one for one in self._arrived(server) if _id(one, server) == number)
        if toot := next(found, None):
            return toot
        raise Refusal(404, "Record not found")

    def _arrived(self, server: str) -> list[Toot]:
        """Return what a server knows by now and shows to anybody, newest first."""
        by = self.clock.now() - self.lag
        there = [one for one in self.toots.values() if one.actor.server == server or one.at <= by]
        shown = [one for one in there if one.visibility in {"public", "unlisted"}]
        return [one for one in reversed(shown) if one.actor.uri not in self.lost]

    def _boosts(self, uri: str, server: str) -> list[Toot]:
        return [one for one in self._arrived(server) if one.boosts == uri]

    def _statuses(self, server: str, number: str, query: dict[str, str]) -> Page:
        actor = next((one for one in self.accounts.values() if (f"{one.number}", one.server) == (number, server)), None)
        if actor is None or actor.uri in self.lost:
            raise Refusal(404, "Record not found")
        return self._listed("statuses", [one for one in self._arrived(server) if one.actor == actor], query, server)

    def _news(self, viewer: str, server: str) -> list[Toot]:
        """Return what concerns an account: boosts and quotes of its statuses, and mentions of it."""
        me = self.account(viewer)
        mine = {one.uri for one in self.toots.values() if one.actor == me}
        arrived = [one for one in self._arrived(server) if one.actor != me]
        return [one for one in arrived if one.boosts in mine or one.quotes in mine or me in one.mentions]

    def _listed(self, kind: str, toots: Sequence[Toot], query: dict[str, str], server: str) -> Page:
        try:
            limit = min(int(query.get("limit", "20")), _MOST[kind], self.page)
            before, after = int(query.get("max_id", "0")), int(query.get("since_id", "0"))
        except ValueError:
            raise Refusal(400, "Invalid parameters") from None
        wanted = [one for one in toots if (not before or int(_id(one, server)) < before)]
        wanted = [one for one in wanted if int(_id(one, server)) > after]
        tell = {"reblogged_by": self._booster, "notifications": self._one_news}.get(kind, self._status)
        there = wanted[:limit]
        following = _id(there[-1], server) if there and len(wanted) > limit else None
        return Page([tell(one, server) for one in there], following)

    def _booster(self, toot: Toot, server: str) -> dict[str, Any]:
        return self._profile(toot.actor, server)

    def _one_news(self, toot: Toot, server: str) -> dict[str, Any]:
        kind = "reblog" if toot.boosts else "quote" if toot.quotes else "mention"
        status = self.toots[toot.boosts] if toot.boosts else toot
        told = {"id": _id(toot, server), "type": kind, "created_at": _stamp(toot.at)}
        return told | {"account": self._profile(toot.actor, server), "status": self._status(status, server)}

    def _profile(self, actor: Actor, server: str) -> dict[str, Any]:
        is_own = actor.server == server
        profile: dict[str, Any] = {
            "id": f"{actor.number}" if is_own else f"9{actor.number:05}",
            "username": actor.name,
            "acct": actor.name if is_own else f"{actor.name}@{actor.server}",
            "uri": actor.uri,
            "url": f"https://{actor.server}/@{actor.name}",
            "locked": actor.uri in self.locked,
        }
        gone_to = self.moved.get(actor.uri)
        return profile | ({"moved": {"acct": gone_to}} if gone_to else {})

    def _status(self, toot: Toot, server: str) -> dict[str, Any]:
        repeated = self.toots.get(toot.boosts) if toot.boosts else None
        quoted = self.toots.get(toot.quotes) if toot.quotes else None
        known = self._arrived(server)
        return {
            "id": _id(toot, server),
            "uri": toot.uri,
            "url": f"https://{toot.actor.server}/@{toot.actor.name}/{toot.number}",
            "created_at": _stamp(toot.at),
            "visibility": toot.visibility,
            "account": self._profile(toot.actor, server),
            "content": toot.html,
            "tags": [{"name": tag.lower()} for tag in toot.tags],
            "mentions": [{"acct": self._profile(one, server)["acct"]} for one in toot.mentions],
            "card": {"url": toot.link} if toot.link else None,
            "reblog": self._status(repeated, server) if repeated else None,
            "quote": {"state": "accepted", "quoted_status": self._status(quoted, server)} if quoted else None,
            "reblogs_count": sum(one.boosts == toot.uri for one in known),
            "quotes_count": sum(one.quotes == toot.uri for one in known),
            "replies_count": 0,
            "favourites_count": 0,
        }

    def _demand(self, viewer: str | None) -> str:
        if viewer is None:
            raise Refusal(401, "The access token is invalid")
        return viewer


def _id(toot: Toot, server: str) -> str:
    """Return what a server calls a status: each has its own ids, in the order of time."""
    return f"{toot.number + (toot.actor.server != server)}"


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _html(text: str, link: str | None, tags: Sequence[str], mentions: Sequence[Actor]) -> str:
    words = [escape(text)]
    if link:
        words.append(f'<a href="{escape(link)}" rel="nofollow noopener"><span>{escape(link)}</span></a>')
    for tag in tags:
        words.append(f'<a href="https://tags.example/{tag}" class="mention hashtag" rel="tag">#{tag}</a>')
    for one in mentions:
        words.append(f'<a href="https://{one.server}/@{one.name}" class="u-url mention">@{one.name}</a>')
    return f"<p>{' '.join(words)}</p>"
