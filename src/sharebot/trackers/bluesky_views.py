"""Read Bluesky's views and records into posts, trusting nothing in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sharebot.values.posts import Post
from sharebot.values.status import Network, PostKind

MAX_TEXT = 3000  # lexicon app.bsky.feed.post
_MAX_LINKS = 20
_MAX_URL = 2048
POSTS = "app.bsky.feed.post"
# Syntax of atproto.com/specs/did and /record-key, shortened so that every id of ours fits its column.
_DID = re.compile(r"did:[a-z]{1,20}:[A-Za-z0-9._:%-]{0,170}[A-Za-z0-9._-]", re.ASCII)
_URI = re.compile(rf"at://({_DID.pattern})/{re.escape(POSTS)}/([A-Za-z0-9._:~-]{{1,64}})", re.ASCII)
_HANDLE = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item of an author's feed, and the instant the server sorts it by."""

    post: Post
    sorted_at: datetime


def is_did(value: object) -> bool:
    """Whether `value` is a DID."""
    return isinstance(value, str) and _DID.fullmatch(value) is not None


def is_handle(value: str) -> bool:
    """Whether `value` is a Bluesky handle, in lower case."""
    return _HANDLE.fullmatch(value) is not None


def is_post_uri(value: object) -> bool:
    """Whether `value` is the at-uri of a post, with the author's DID."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def repost(did: str, subject: str, *, at: datetime | None = None, links: tuple[str, ...] = ()) -> Post:
    """Return the repost of `subject` by `did`, under the same external id wherever it was seen."""
    return Post(
        network=Network.BLUESKY,
        external_id=f"repost:{did}:{subject}",
        author_id=did,
        kind=PostKind.REPOST,
        at=at,
        url=page_url(subject),
        subject_id=subject,
        links=links,
    )


def page_url(uri: str) -> str | None:
    """Return the web page of the post `uri`; None when it is no post's at-uri."""
    match = _URI.fullmatch(uri)
    return f"https://bsky.app/profile/{match[1]}/post/{match[2]}" if match else None


def read_feed_item(item: object, *, did: str) -> FeedItem | None:
    """Return what `did` did in one item of its feed; None when it is damaged or somebody else's."""
    view = _dict(_dict(item).get("post"))
    post = read_post(view)
    if post is None:
        return None
    reason = _dict(_dict(item).get("reason"))
    if reason.get("$type") == "app.bsky.feed.defs#reasonRepost":
        at = read_instant(reason.get("indexedAt"))
        if at is None or _dict(reason.get("by")).get("did") != did:
            return None
        return FeedItem(repost(did, post.external_id, at=at, links=post.links), at)
    if post.author_id != did or post.at is None:
        return None
    return FeedItem(post, post.at)


def read_post(view: object) -> Post | None:
    """Return the post of a postView; None for a blocked, missing or damaged one.

    The time is the author's own, unless that lies after the server first saw the post.
    """
    fields = _dict(view)
    uri, author = fields.get("uri"), _dict(fields.get("author")).get("did")
    match = _URI.fullmatch(uri) if isinstance(uri, str) else None
    indexed_at = read_instant(fields.get("indexedAt"))
    record = _dict(fields.get("record"))
    if match is None or match[1] != author or indexed_at is None or not record:
        return None
    created_at = read_instant(record.get("createdAt")) or indexed_at
    text = record.get("text")
    subject = _quoted(record)
    return Post(
        network=Network.BLUESKY,
        external_id=match[0],
        author_id=match[1],
        kind=PostKind.QUOTE if subject else PostKind.POST,
        at=min(created_at, indexed_at),
        url=page_url(match[0]),
        subject_id=subject,
        links=_links(record),
        text=text[:MAX_TEXT] if isinstance(text, str) else "",
    )


def read_instant(value: object) -> datetime | None:
    """Return an RFC 3339 time with an offset as aware UTC; None for anything else."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _quoted(record: dict[str, Any]) -> str | None:
    # A plain quote names the post in `record`; one with media wraps that once more.
    inner = _dict(_dict(record.get("embed")).get("record"))
    uri = inner.get("uri") or _dict(inner.get("record")).get("uri")
    return uri if isinstance(uri, str) and is_post_uri(uri) else None


def _links(record: dict[str, Any]) -> tuple[str, ...]:
    urls = (url for url in _addresses(record) if isinstance(url, str) and _is_link(url))
    return tuple(dict.fromkeys(urls))[:_MAX_LINKS]


def _addresses(record: dict[str, Any]) -> Iterator[object]:
    embed = _dict(record.get("embed"))
    yield _dict(embed.get("external")).get("uri")
    yield _dict(_dict(embed.get("media")).get("external")).get("uri")
    for facet in _list(record.get("facets")):
        for feature in _list(_dict(facet).get("features")):
            yield _dict(feature).get("uri")


def _is_link(url: str) -> bool:
    is_web = url.lower().startswith(("https://", "http://"))
    return is_web and len(url) <= _MAX_URL and url.isprintable() and " " not in url


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
