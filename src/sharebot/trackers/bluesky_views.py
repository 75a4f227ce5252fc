"""Read Bluesky's views and records into posts, trusting nothing in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sharebot.trackers.answers import read_instant
from sharebot.values.posts import Counts, Post
from sharebot.values.status import Network, PostKind

MAX_TEXT = 3000  # lexicon app.bsky.feed.post
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_LINKS = 20
_MAX_WORDS = 30
_MAX_COUNT = 2**31 - 1
_MAX_WORD = 640  # bytes, lexicon app.bsky.richtext.facet
_FOR_MEMBERS_ONLY = "!no-unauthenticated"  # the label by which an account asks to be shown to logged-in people alone
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


def is_hidden(profile: object) -> bool:
    """Whether an account asks not to be shown to anybody who is not logged in, as we are not."""
    labels = _list(_dict(profile).get("labels"))
    return any(_dict(label).get("val") == _FOR_MEMBERS_ONLY and not _dict(label).get("neg") for label in labels)


def author_of(view: object) -> dict[str, Any]:
    """Return the profile in a postView; empty when there is none."""
    return _dict(_dict(view).get("author"))


def author_id(uri: str | None) -> str | None:
    """Return the DID in a post's at-uri; None when it is none."""
    match = _URI.fullmatch(uri or "")
    return match[1] if match else None


def actor_of(item: object) -> dict[str, Any]:
    """Return whose feed an item stands in by its own word: who reposted, else who wrote."""
    reason = _dict(_dict(item).get("reason"))
    return _dict(reason.get("by")) or author_of(_dict(item).get("post"))


def read_counts(view: object) -> Counts:
    """Return what a postView counts."""
    names = ("repostCount", "quoteCount", "replyCount", "likeCount")
    return Counts(*(_count(_dict(view).get(name)) for name in names))


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
        hashtags=_hashtags(record),
        mentions=_mentions(record),
    )


def read_record(did: str, key: str, record: object, *, seen_at: datetime) -> Post | None:
    """Return the post of a record as it was written; None for a damaged one, or one of another kind."""
    uri = f"at://{did}/{POSTS}/{key}"
    return read_post({"uri": uri, "author": {"did": did}, "indexedAt": seen_at.isoformat(), "record": record})


def read_repost_record(did: str, record: object, *, seen_at: datetime) -> Post | None:
    """Return the repost of a record as it was written; None for a damaged one, or one of something else."""
    subject = _dict(_dict(record).get("subject")).get("uri")
    if not is_did(did) or not isinstance(subject, str) or not is_post_uri(subject):
        return None
    created_at = read_instant(_dict(record).get("createdAt")) or seen_at
    return repost(did, subject, at=min(created_at, seen_at))


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
    yield from _features(record, "uri")


def _features(record: dict[str, Any], key: str) -> Iterator[object]:
    for facet in _list(record.get("facets")):
        for feature in _list(_dict(facet).get("features")):
            yield _dict(feature).get(key)


def _hashtags(record: dict[str, Any]) -> tuple[str, ...]:
    words = (*_features(record, "tag"), *_list(record.get("tags")))
    tags = (word.removeprefix("#") for word in words if isinstance(word, str) and len(word) <= _MAX_WORD)
    return tuple(dict.fromkeys(tag for tag in tags if tag and tag.isprintable()))[:_MAX_WORDS]


def _mentions(record: dict[str, Any]) -> tuple[str, ...]:
    dids = (did for did in _features(record, "did") if isinstance(did, str) and is_did(did))
    return tuple(dict.fromkeys(dids))[:_MAX_WORDS]


def _count(value: object) -> int | None:
    return min(value, _MAX_COUNT) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _is_link(url: str) -> bool:
    is_web = url.lower().startswith(("https://", "http://"))
    return is_web and len(url) <= _MAX_URL and url.isprintable() and " " not in url


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
