"""What is found of one share, and how several findings about it become one."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sharebot.rules.pasted_links import recognise
from sharebot.values.page_urls import normalise_url
from sharebot.values.status import Evidence, Network, ReshareKind

_STRENGTH = {level: rank for rank, level in enumerate(Evidence)}  # declared weakest first
_TELLING = (  # of two sightings at one level, the one that tells more
    ReshareKind.REPOST,
    ReshareKind.QUOTE,
    ReshareKind.LINK,
    ReshareKind.TAG,
    ReshareKind.COPY,
    ReshareKind.CLAIM,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """That a member spread a content. `post_id` is the network's id of the post, where one is known."""

    member_id: int
    content_id: int
    kind: ReshareKind
    evidence: Evidence
    at: datetime
    network: Network | None = None
    post_id: str | None = None
    url: str | None = None
    language: str | None = None

    @property
    def key(self) -> str:
        """The same for every sighting of one post, and for every claim without a post; at most 600 long."""
        if self.network and self.post_id:
            return f"post:{self.network.value}:{self.post_id}"
        if self.url:
            plain = normalise_url(self.url) or self.url
            return f"link:{hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()}"
        return f"claim:{self.member_id}:{self.content_id}:{self.network.value if self.network else ''}"


def is_same_post(one: Finding, other: Finding) -> bool:
    """Whether two findings are sightings of one post; with different members, the second must be refused."""
    if one.network is not other.network or one.network is None:
        return False
    if one.post_id and other.post_id:
        return _bare_id(one.post_id) == _bare_id(other.post_id) and (
            one.member_id == other.member_id or one.key == other.key
        )
    names = set(_names(one))
    return any(name in names for name in _names(other))


def merge(existing: Finding, new: Finding) -> Finding | None:
    """Return the one finding that `existing` and `new` are together; None when they are two shares.

    A claim without a post gives way to any sighting on its network (or on any, when it named none), and a
    claim beside a known post adds nothing. Sightings of one post are one, at the strongest level, in whatever
    order they came; what the strongest does not tell is taken from the weaker.
    """
    if (existing.member_id, existing.content_id) != (new.member_id, new.content_id):
        return None
    if not is_same_post(existing, new) and not (_claims(existing, new) or _claims(new, existing)):
        return None
    strong, weak = (new, existing) if _rank(new) > _rank(existing) else (existing, new)
    return replace(
        strong,
        network=strong.network or weak.network,
        url=strong.url or weak.url,
        language=strong.language or weak.language,
    )


def _claims(claim: Finding, other: Finding) -> bool:
    is_bare = claim.post_id is None and claim.url is None
    return is_bare and claim.network in {None, other.network}


def _rank(finding: Finding) -> tuple[int, bool, int, float, str]:
    telling = -_TELLING.index(finding.kind)
    return _STRENGTH[finding.evidence], finding.post_id is not None, telling, -finding.at.timestamp(), finding.key


def _names(finding: Finding) -> Iterator[str]:
    """Yield what a post is known by: its id, the id its address tells, its address."""
    if finding.post_id:
        yield _bare_id(finding.post_id)
    link = recognise(finding.url) if finding.url else None
    if link and link.external_id and link.network is finding.network:
        yield _bare_id(link.external_id)
    if plain := normalise_url(finding.url or ""):
        yield plain


def _bare_id(post_id: str) -> str:
    # A pasted Bluesky link may name the author by handle, a tracker by DID; the record key is one author's.
    return post_id.rpartition("/")[2] if post_id.startswith("at://") else post_id
