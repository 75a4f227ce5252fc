"""Which content a post spreads, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sharebot.rules.links import normalise_url
from sharebot.values.posts import Post
from sharebot.values.status import Evidence, PostKind, ReshareKind

STRENGTH = tuple(Evidence)  # weakest first


@dataclass(frozen=True, slots=True)
class Target:
    """A content that links or posts can point at; nothing before `released_at` counts."""

    content_id: int
    language: str | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """What can be recognised: normalised links, and ids of the Alliance's own posts."""

    links: Mapping[str, Target] = field(default_factory=dict)
    posts: Mapping[str, Target] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """The finding that a post spreads a content."""

    content_id: int
    kind: ReshareKind
    language: str | None


def match_post(post: Post, index: Index) -> Match | None:
    """Return what `post` spreads, or None. A repeated post of ours goes before a link in the text."""
    if post.subject_id and (target := index.posts.get(post.subject_id)) and _counts(post, target):
        kind = ReshareKind.REPOST if post.kind is PostKind.REPOST else ReshareKind.QUOTE
        return Match(target.content_id, kind, target.language)
    for link in post.links:
        target = index.links.get(normalise_url(link) or "")
        if target and _counts(post, target):
            return Match(target.content_id, ReshareKind.LINK, target.language)
    return None


def _counts(post: Post, target: Target) -> bool:
    return post.at is None or target.released_at is None or post.at >= target.released_at


def is_stronger(new: Evidence, old: Evidence) -> bool:
    """Whether `new` evidence is worth more than `old`."""
    return STRENGTH.index(new) > STRENGTH.index(old)
