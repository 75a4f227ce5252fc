"""Decide whether a post proves what an officer claims of it."""

from collections.abc import Collection
from dataclasses import dataclass

from sharebot.rules.attribution import Index, Match, NotCounted, match
from sharebot.rules.own_links import is_no_post
from sharebot.values.posts import PastedLink, Post, Shortfall
from sharebot.values.status import Evidence, Network


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was claimed beside the post itself, as far as it is known.

    `link` is what the officer gave, `content_id` the item it is said to spread, `counts_for` the member whose
    share the post is noted as already.
    """

    link: PastedLink | None = None
    content_id: int | None = None
    counts_for: int | None = None


def check_claim(
    post: Post | None,
    member_id: int,
    *,
    author_ids: Collection[str],
    index: Index,
    claimed: Claimed | None = None,
) -> Match | NotCounted:
    """Decide whether the post behind a pasted link proves what was claimed.

    `post` is None when it is gone or hidden; `author_ids` are the network's ids of the member's registered
    accounts there, so that a handle which somebody else took meanwhile proves nothing.
    """
    claim = claimed or Claimed()
    if claim.link and is_no_post(claim.link):
        return NotCounted(Shortfall.NO_POST, "the address is a profile's or a start page's")
    if post is None:
        return NotCounted(Shortfall.GONE, "the post does not exist or is not public")
    if claim.link and not _is_of(claim.link, post):
        return NotCounted(Shortfall.OTHER_POST, "what the network showed is not the post of the address")
    if (post.network, post.author_id.lower()) in index.our_names:
        return NotCounted(Shortfall.OUR_POST, "it is the Alliance's own post")
    if post.author_id not in author_ids:
        return NotCounted(Shortfall.FOREIGN, "posted by an account that is not registered for this party")
    if claim.counts_for not in {None, member_id}:
        return NotCounted(Shortfall.OTHER_PARTY, "the post counts for another party already")
    return _judge(post, member_id, index, claim.content_id)


def _is_of(link: PastedLink, post: Post) -> bool:
    """Whether a post can be the one of an address; where the id has no name in it, its last part must agree."""
    if post.network is not link.network:
        return False
    numbers = link.external_id and post.network in {Network.X, Network.YOUTUBE, Network.BLUESKY, Network.TELEGRAM}
    return not numbers or _last(link.external_id or "") == _last(post.external_id)


def _last(external_id: str) -> str:
    return external_id.rpartition("/")[2]


def _judge(post: Post, member_id: int, index: Index, content_id: int | None) -> Match | NotCounted:
    verdict = match(post, member_id, index=index, evidence=Evidence.LINK_CHECKED)
    if isinstance(verdict, Match) and content_id not in {None, verdict.content_id}:
        return NotCounted(
            Shortfall.OTHER_ITEM, f"it {verdict.reason} of another item", verdict.content_id, verdict.ground
        )
    return verdict or NotCounted(
        Shortfall.NOT_OURS, "the post has no link to anything of ours and repeats none of our posts"
    )
