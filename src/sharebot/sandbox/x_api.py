"""The answers of the stand-in for X's API v2, in the shapes that X documents."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sharebot.sandbox.x import Account, Tweet, XNetwork
from sharebot.sandbox.x_search import BadQuery, authors_of, compile_query

_PROBLEMS = "https://api.x.com/2/problems/"
_ROUTES = (
    ("/2/tweets", re.compile(r"/2/tweets")),
    ("/2/tweets/search/recent", re.compile(r"/2/tweets/search/recent")),
    ("/2/tweets/:id/retweets", re.compile(r"/2/tweets/(\d+)/retweets")),
    ("/2/tweets/:id/quote_tweets", re.compile(r"/2/tweets/(\d+)/quote_tweets")),
    ("/2/users", re.compile(r"/2/users")),
    ("/2/users/by", re.compile(r"/2/users/by")),
    ("/2/users/:id/tweets", re.compile(r"/2/users/(\d+)/tweets")),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


class _No(Exception):
    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail


def answer(network: XNetwork, path: str, query: Mapping[str, str], *, authorization: str) -> Reply:
    """Answer one GET request, count it and charge for it."""
    route, number = next(
        ((name, found.groups()) for name, shape in _ROUTES if (found := shape.fullmatch(path))), ("", ())
    )
    bears, headers = network.count_request(route)
    try:
        if authorization != f"Bearer {network.token}":
            raise _No(401, "about:blank", "Unauthorized")
        if not bears:
            raise _No(429, "about:blank", "Too Many Requests")
        return Reply(200, headers, _Question(network, query).answer(route, "".join(number)))
    except BadQuery as error:
        return _refuse(_No(400, "invalid-request", str(error)), headers)
    except _No as refusal:
        return _refuse(refusal, headers)


def _refuse(refusal: _No, headers: Mapping[str, str]) -> Reply:
    kind = refusal.kind if ":" in refusal.kind else _PROBLEMS + refusal.kind
    body = {"title": refusal.detail[:40], "detail": refusal.detail, "type": kind, "status": refusal.status}
    return Reply(refusal.status, headers, body)


class _Question:
    def __init__(self, network: XNetwork, query: Mapping[str, str]) -> None:
        self.network, self.query = network, query
        self.is_old = "tweet.fields" in query
        asked = query.get("tweet.fields", query.get("post.fields", ""))
        self.fields = set(asked.split(","))
        self.expansions = set(query.get("expansions", "").split(","))

    def answer(self, route: str, number: str) -> dict[str, Any]:
        match route:
            case "/2/tweets":
                return self._by_ids()
            case "/2/tweets/search/recent":
                return self._recent()
            case "/2/tweets/:id/retweets":
                return self._page(list(self._known(number).values()), least=1, usual=100)
            case "/2/tweets/:id/quote_tweets":
                self._known(number)
                quotes = [self.network.posts[one] for one in self.network.quotes[number] if one in self.network.posts]
                return self._page(quotes, least=10, usual=10)
            case "/2/users":
                return self._users("ids", self.network.accounts.get)
            case "/2/users/by":
                return self._users("usernames", self.network.find)
            case "/2/users/:id/tweets":
                return self._timeline(number)
        raise _No(404, "resource-not-found", "no such route")

    def _known(self, external_id: str) -> dict[str, Tweet]:
        if external_id not in self.network.posts:
            raise _No(404, "resource-not-found", f"Could not find tweet with id: [{external_id}].")
        return self.network.reposts[external_id]

    def _by_ids(self) -> dict[str, Any]:
        found, errors = [], []
        for one in self._list("ids"):
            post = self.network.find_post(one)
            if post and self.network.is_public(post.author):
                found.append(post)
            else:
                is_hidden = post and self.network.accounts[post.author].is_protected
                kind = "not-authorized-for-resource" if is_hidden else "resource-not-found"
                errors.append(_error(kind, "tweet", "ids", one))
        return self._body(found) | ({"errors": errors} if errors else {})

    def _recent(self) -> dict[str, Any]:
        now, query = self.network.clock.now(), self.query.get("query", "")
        test = compile_query(self.network, query)
        oldest = now - timedelta(days=7)
        first = self._instant("start_time") or oldest
        if first < oldest - timedelta(minutes=1):
            raise _No(400, "invalid-request", "'start_time' must be within the last 7 days")
        since = int(self.query.get("since_id", "0"))
        if since and "start_time" in self.query:
            raise _No(400, "invalid-request", "only one of since_id and start_time")
        found = [
            post
            for author in authors_of(self.network, query)
            for one in self.network.by_author[author]
            if (post := self.network.posts.get(one))
            and int(one) > since
            and first <= post.at <= now - self.network.lag
            and test(post)
        ]
        return self._page(found, least=10, usual=10, following="next_token")

    def _timeline(self, author: str) -> dict[str, Any]:
        there = self.network.accounts.get(author)
        if there is None or not self.network.is_public(author):
            kind = "not-authorized-for-resource" if there and there.is_protected else "resource-not-found"
            return {"errors": [_error(kind, "user", "id", author)]}
        since, first = int(self.query.get("since_id", "0")), self._instant("start_time")
        posts = [self.network.posts[one] for one in self.network.by_author[author] if one in self.network.posts]
        found = [one for one in posts if int(one.id) > since and (first is None or one.at >= first)]
        return self._page(found, least=5, usual=10)

    def _page(
        self, posts: Sequence[Tweet], *, least: int, usual: int, following: str = "pagination_token"
    ) -> dict[str, Any]:
        size, start = self._number("max_results", usual), self.query.get(following, "0")
        if not least <= size <= 100 or not start.isdigit():
            raise _No(400, "invalid-request", f"The `max_results` query parameter value [{size}] is not valid")
        public = [one for one in posts if self.network.is_public(one.author)]
        rows = sorted(public, key=lambda one: int(one.id), reverse=True)
        page = rows[int(start) : int(start) + size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page and following == "next_token":
            meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if int(start) + size < len(rows):
            meta["next_token"] = str(int(start) + size)
        return self._body(page) | {"meta": meta}

    def _body(self, posts: Sequence[Tweet]) -> dict[str, Any]:
        self.network.charge("posts", [one.id for one in posts])
        body: dict[str, Any] = {"data": [self._view(one) for one in posts]} if posts else {}
        if "author_id" in self.expansions and posts:
            authors = list(dict.fromkeys(one.author for one in posts))
            self.network.charge("users", authors)
            body["includes"] = {"users": [_user(self.network.accounts[one], set()) for one in authors]}
        return body

    def _view(self, post: Tweet) -> dict[str, Any]:
        view: dict[str, Any] = {"id": post.id, "text": post.text, **self._edits(post)}
        if "author_id" in self.expansions or (self.is_old and "author_id" in self.fields):
            view["author_id"] = post.author
        if "created_at" in self.fields:
            view["created_at"] = post.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        if "entities" in self.fields and post.reposts is None:
            view |= _entities(self.network, post)
        if "public_metrics" in self.fields:
            view["public_metrics"] = self._metrics(post)
        if (self.is_old and "referenced_tweets" in self.fields) and post.quotes:
            view["referenced_tweets"] = [{"type": "quoted", "id": post.quotes}]
        return view

    def _edits(self, post: Tweet) -> dict[str, Any]:
        return {"edit_history_tweet_ids" if self.is_old else "edit_history_post_ids": [post.id]}

    def _metrics(self, post: Tweet) -> dict[str, int]:
        public = sum(self.network.is_public(one) for one in self.network.reposts.get(post.id, {}))
        quotes = sum(one in self.network.posts for one in self.network.quotes.get(post.id, []))
        counts = {"reply_count": 0, "like_count": 2 * public, "quote_count": quotes}
        counts |= {"bookmark_count": 0, "impression_count": 50 * public}
        return {"retweet_count" if self.is_old else "repost_count": public, **counts}

    def _users(self, parameter: str, find: Any) -> dict[str, Any]:
        found: list[Account] = []
        errors = []
        for one in self._list(parameter):
            there = find(one)
            if there and not there.is_gone:
                found.append(there)
            else:
                errors.append(_error("resource-not-found", "user", parameter, one))
        self.network.charge("users", [one.id for one in found])
        fields = set(self.query.get("user.fields", "").split(","))
        body: dict[str, Any] = {"data": [_user(one, fields) for one in found]} if found else {}
        return body | ({"errors": errors} if errors else {})

    def _list(self, parameter: str) -> list[str]:
        asked = [one for one in self.query.get(parameter, "").split(",") if one]
        if not 1 <= len(asked) <= 100:
            raise _No(400, "invalid-request", f"The number of values in `{parameter}` must be between 1 and 100")
        return asked

    def _number(self, parameter: str, usual: int) -> int:
        value = self.query.get(parameter, str(usual))
        return int(value) if value.isdigit() else -1

    def _instant(self, parameter: str) -> datetime | None:
        value = self.query.get(parameter)
        try:
            return datetime.fromisoformat(value).astimezone(UTC) if value else None
        except ValueError:
            raise _No(400, "invalid-request", f"`{parameter}` is no time") from None


def _user(account: Account, fields: set[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": account.id, "name": account.handle, "username": account.handle}
    return shown | ({"protected": account.is_protected} if "protected" in fields else {})


def _entities(network: XNetwork, post: Tweet) -> dict[str, Any]:
    text = post.text
    entities: dict[str, list[dict[str, Any]]] = {
        "hashtags": [{"start": one.start(), "end": one.end(), "tag": one[1]} for one in re.finditer(r"#(\w+)", text)],
        "mentions": [
            {"start": one.start(), "end": one.end(), "username": one[1]}
            | ({"id": known.id} if (known := network.find(one[1])) else {})
            for one in re.finditer(r"@(\w{1,15})", text)
        ],
        "urls": [
            {"start": len(text), "end": len(text) + 23, "url": f"https://t.co/{post.id[-10:]}", "expanded_url": link}
            for link in post.links
        ],
    }
    there = {name: rows for name, rows in entities.items() if rows}
    return {"entities": there} if there else {}


def _error(kind: str, resource: str, parameter: str, value: str) -> dict[str, Any]:
    shown = "ids" if parameter == "id" else parameter
    return {
        "type": _PROBLEMS + kind,
        "title": "Not Found Error" if kind == "resource-not-found" else "Authorization Error",
        "detail": f"Could not find {resource} with {shown}: [{value}].",
        "resource_type": resource,
        "resource_id": value,
        "parameter": parameter,
        "value": value,
    }
