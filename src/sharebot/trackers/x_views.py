"""Read what X's API v2 answers; both of its vocabularies are understood (`repost_count` and `retweet_count`)."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sharebot.errors import TemporaryError
from sharebot.values.posts import Counts, Post
from sharebot.values.status import Network, PostKind
from sharebot.values.tracking import Unobservable

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)  # ids count milliseconds from here, times 2**22
_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}", re.ASCII)
_STATUS = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/[^/?#]{1,50}/status/([1-9][0-9]{0,18})\b", re.ASCII
)
_MOST_ENTITIES = 20
_LONGEST_URL = 2048
_LONGEST_TEXT = 4096
_UNSEEN = {
    "resource-not-found": Unobservable.GONE,
    "resource-unavailable": Unobservable.GONE,
    "not-authorized-for-resource": Unobservable.PROTECTED,
}


def is_id(value: object) -> bool:
    """Whether that is an id of X: 1 to 19 digits (schemas PostId and UserId)."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_handle(value: str) -> bool:
    """Whether that can be a handle, without its "@" (parameter `usernames`)."""
    return _HANDLE.fullmatch(value) is not None


def id_at(at: datetime) -> int:
    """Return the smallest id that a post of that instant may have."""
    return max(1, (at - _EPOCH) // timedelta(milliseconds=1) << 22)


def instant_of(external_id: str) -> datetime:
    """Return when the thing with that id was made."""
    return _EPOCH + timedelta(milliseconds=int(external_id) >> 22)


def items(answer: Mapping[str, Any], key: str = "data") -> list[dict[str, Any]]:
    """Return the objects of a list with an id each; an absent list is an empty one, as X leaves it out."""
    rows = answer.get(key, [])
    if not isinstance(rows, list):
        raise TemporaryError(f"answered without a list of {key}")
    return [row for row in rows if isinstance(row, dict) and is_id(row.get("id"))]


def billed(answer: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many posts and users an answer to a question for posts holds, those along with them included."""
    along = answer.get("includes")
    along = along if isinstance(along, dict) else {}
    return len(items(answer)) + sum(len(items(along, key)) for key in ("posts", "tweets")), len(items(along, "users"))


def read_post(raw: Mapping[str, Any], *, author_id: str | None = None, repeats: str | None = None) -> Post | None:
    """Return one post; None without an id or author. `repeats` is the post that it is known to repost."""
    external_id, author = raw.get("id"), author_id or raw.get("author_id")
    if not (is_id(external_id) and is_id(author)):
        return None
    at = _instant(raw.get("created_at")) or instant_of(str(external_id))
    if repeats:
        return Post(
            Network.X, str(external_id), str(author), PostKind.REPOST, at, _address(external_id), subject_id=repeats
        )
    whole = next((raw[key] for key in ("note_post", "note_tweet") if isinstance(raw.get(key), dict)), raw)
    entities = [one for one in (raw.get("entities"), whole.get("entities")) if isinstance(one, dict)]
    links = _links(entities)
    quoted = _quoted(raw, links)
    text = whole.get("text")
    return Post(
        Network.X,
        str(external_id),
        str(author),
        PostKind.QUOTE if quoted else PostKind.POST,
        at,
        _address(external_id),
        subject_id=quoted,
        links=links,
        text=text[:_LONGEST_TEXT] if isinstance(text, str) else "",
        hashtags=_words(entities, "hashtags", "tag"),
        mentions=_words(entities, "mentions", "username"),
    )


def read_counts(raw: Mapping[str, Any]) -> Counts | None:
    """Return what X counts of a post; None when it does not say."""
    metrics = raw.get("public_metrics")
    if not isinstance(metrics, dict):
        return None
    reposts = _count(metrics, "repost_count")
    return Counts(
        reposts=_count(metrics, "retweet_count") if reposts is None else reposts,
        quotes=_count(metrics, "quote_count"),
        replies=_count(metrics, "reply_count"),
        likes=_count(metrics, "like_count"),
        views=_count(metrics, "impression_count"),
    )


def read_unseen(answer: Mapping[str, Any]) -> dict[str, Unobservable]:
    """Return what a partial answer says is not there or not for us, by the id or name that was asked for."""
    errors = answer.get("errors")
    found: dict[str, Unobservable] = {}
    for error in errors if isinstance(errors, list) else []:
        kind = str(error.get("type", "")).rpartition("/")[2] if isinstance(error, dict) else ""
        if kind in _UNSEEN:
            asked = error.get("resource_id") or error.get("value")
            found[str(asked).lower()] = _UNSEEN[kind]
    return found


def next_page(answer: Mapping[str, Any]) -> str | None:
    """Return the token of the following page."""
    meta = answer.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and 0 < len(token) <= _LONGEST_URL else None


def _quoted(raw: Mapping[str, Any], links: tuple[str, ...]) -> str | None:
    for key in ("referenced_posts", "referenced_tweets"):
        told = raw.get(key)
        for one in told if isinstance(told, list) else []:
            if isinstance(one, dict) and one.get("type") == "quoted" and is_id(one.get("id")):
                return str(one["id"])
    # The address of the quoted post stands among the links.
    found = [match[1] for link in links if (match := _STATUS.match(link))]
    return found[-1] if found else None


def _links(entities: list[dict[str, Any]]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in _rows(entities, "urls"):
        for key in ("unwound_url", "expanded_url", "url"):
            url = one.get(key)
            if isinstance(url, str) and url.startswith(("http://", "https://")) and len(url) <= _LONGEST_URL:
                found[url] = None
                break
    return tuple(found)


def _words(entities: list[dict[str, Any]], key: str, name: str) -> tuple[str, ...]:
    found = (one.get(name) for one in _rows(entities, key))
    return tuple(dict.fromkeys(word for word in found if isinstance(word, str) and 0 < len(word) <= 280))


def _rows(entities: list[dict[str, Any]], key: str) -> Iterator[dict[str, Any]]:
    for entity in entities:
        rows = entity.get(key)
        yield from [row for row in (rows if isinstance(rows, list) else [])[:_MOST_ENTITIES] if isinstance(row, dict)]


def _count(metrics: Mapping[str, Any], key: str) -> int | None:
    value = metrics.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _address(external_id: object) -> str:
    return f"https://x.com/i/status/{external_id}"


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
