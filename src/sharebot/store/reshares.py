"""Posts that were seen: stored once, compared with what we published, and counted for their party."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from sharebot.models import Member, ObservedPost, SocialAccount
from sharebot.rules.attribution import Index, Match, NotCounted, Target, match
from sharebot.rules.findings import Finding
from sharebot.rules.tracking import next_check
from sharebot.store.chunks import in_chunks
from sharebot.store.findings import Proof, add_findings
from sharebot.store.lost import find_again
from sharebot.store.match_index import build_index
from sharebot.store.sites import leave_others
from sharebot.store.upsert import insert_ignore
from sharebot.values.posts import Post
from sharebot.values.status import AccountStatus, MemberKind, MemberStatus, Network

MAX_ID, MAX_URL = 500, 2048  # what the columns take
_Author = tuple[Network, str]


@dataclass(frozen=True, slots=True)
class Added:
    """What a look at a network changed: `posts` were stored, `reshares` are new, stronger, or there again."""

    posts: int
    reshares: int


@dataclass(frozen=True, slots=True)
class _Owner:
    account_id: int
    member_id: int | None


@dataclass(frozen=True, slots=True)
class _Seen:
    post: Post
    owner: _Owner
    verdict: Match | NotCounted | None

    @property
    def hit(self) -> Match | None:
        return self.verdict if isinstance(self.verdict, Match) else None

    @property
    def is_kept(self) -> bool:
        """Whether the post is stored: of members we keep what has to do with us, and nothing else."""
        is_near = isinstance(self.verdict, NotCounted) and self.verdict.content_id is not None
        return self.owner.member_id is None or self.hit is not None or is_near


def may_be_watched() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on an account, joined to its member, under which its posts may be looked at.

    A person's own account, and any on X, has to be confirmed by its party first; see `rules.observing`.
    """
    is_own = col(SocialAccount.member_id).is_(None)
    is_confirmed = col(SocialAccount.confirmed_at).is_not(None)
    is_free = (col(SocialAccount.network) != Network.X) & (col(Member.kind) != MemberKind.PERSONALITY)
    return (
        col(SocialAccount.status) != AccountStatus.UNOBSERVABLE,
        is_own | is_confirmed | is_free,
        is_own | (col(Member.status) != MemberStatus.LEFT),
    )


def add_posts(session: Session, posts: Sequence[Post], *, short_base: str, now: datetime) -> Added:
    """Store observed posts of watched accounts and add a finding for each that spreads a content.

    Posts seen before are left out, so that looking twice changes nothing; those that had gone count again. Of members
    only posts are kept that spread something of ours or nearly do.
    """
    fitting = [_tidy(post, now) for post in posts if post.external_id and _fits(post.external_id, MAX_ID)]
    posts = leave_others(session, fitting)
    owners = _find_owners(session, posts)
    watched = {(post.network, post.external_id): post for post in reversed(posts) if _author(post) in owners}
    known = _find_known(session, watched.keys())
    again = _restore(session, known, now=now)
    fresh = [post for key, post in watched.items() if key not in known]
    if not fresh:
        return Added(0, again)
    index = build_index(session, fresh, short_base=short_base, now=now)
    kept = [one for one in _judge(fresh, owners, index) if one.is_kept]
    insert_ignore(session, ObservedPost, [_row(one, now) for one in kept])
    proofs = [proof for one in kept if (proof := _proof(one, now))]
    return Added(len(kept), again + add_findings(session, proofs, now=now))


def _tidy(post: Post, now: datetime) -> Post:
    """Return a post as our columns can hold it, and no younger than we are: what is seen now was written by now."""
    return replace(
        post,
        at=min(post.at, now) if post.at else None,
        url=post.url if post.url and _fits(post.url, MAX_URL) else None,
        subject_id=post.subject_id if post.subject_id and _fits(post.subject_id, MAX_ID) else None,
        links=tuple(link for link in post.links if _fits(link, MAX_URL)),
    )


def _fits(text: str, longest: int) -> bool:
    """Whether a column takes it: PostgreSQL takes no NUL, and neither takes half a character or what is endless."""
    return len(text) <= longest and "\0" not in text and not any("\ud800" <= mark <= "\udfff" for mark in text)


def _author(post: Post) -> _Author:
    return post.network, post.author_id


def _find_owners(session: Session, posts: Iterable[Post]) -> dict[_Author, _Owner]:
    ids: dict[Network, set[str]] = defaultdict(set)
    for post in posts:
        ids[post.network].add(post.author_id)
    found: dict[_Author, _Owner] = {}
    for network, some in ((network, some) for network, authors in ids.items() for some in in_chunks(authors)):
        rows: Any = (
            select(SocialAccount.external_id, SocialAccount.id, SocialAccount.member_id)
            .outerjoin(Member, col(Member.id) == col(SocialAccount.member_id))
            .where(SocialAccount.network == network, col(SocialAccount.external_id).in_(some), *may_be_watched())
        )
        found |= {(network, external_id): _Owner(number, member) for external_id, number, member in session.exec(rows)}
    return found


def _find_known(session: Session, keys: Iterable[_Author]) -> dict[_Author, bool]:
    """Return the posts that were seen before, and whether they had gone."""
    ids: dict[Network, list[str]] = defaultdict(list)
    for network, external_id in keys:
        ids[network].append(external_id)
    found: dict[_Author, bool] = {}
    for network, some in ((network, some) for network, posts in ids.items() for some in in_chunks(posts)):
        rows = select(ObservedPost.external_id, ObservedPost.gone_at).where(
            ObservedPost.network == network, col(ObservedPost.external_id).in_(some)
        )
        found |= {(network, external_id): gone_at is not None for external_id, gone_at in session.exec(rows)}
    return found


def _restore(session: Session, known: dict[_Author, bool], *, now: datetime) -> int:
    back: dict[Network, list[str]] = defaultdict(list)
    for (network, external_id), had_gone in known.items():
        if had_gone:
            back[network].append(external_id)
    return sum(find_again(session, network, ids, now=now) for network, ids in back.items())


def _judge(posts: Sequence[Post], owners: dict[_Author, _Owner], index: Index) -> list[_Seen]:
    """Match all posts, the Alliance's own first and in their order: members' reposts point at them."""
    own = sorted((post for post in posts if owners[_author(post)].member_id is None), key=_when)
    # Our own post may be out before the item was released to the parties.
    at_any_time = replace(index, released_at={}, own_posts=(presented := dict(index.own_posts)))
    seen = []
    for post in own:
        verdict = match(post, 0, index=at_any_time)
        if isinstance(verdict, Match):
            presented[post.network, post.external_id] = Target(verdict.content_id, None, verdict.language)
        seen.append(_Seen(post, owners[_author(post)], verdict))
    whole = replace(index, own_posts=presented)
    for post in posts:
        owner = owners[_author(post)]
        if owner.member_id is not None:
            seen.append(_Seen(post, owner, match(post, owner.member_id, index=whole)))
    return seen


def _when(post: Post) -> tuple[bool, str]:
    return post.at is not None, post.at.isoformat() if post.at else ""


def _row(seen: _Seen, now: datetime) -> dict[str, object]:
    post, hit = seen.post, seen.hit
    return {
        "account_id": seen.owner.account_id,
        "network": post.network,
        "external_id": post.external_id,
        "kind": post.kind,
        "url": post.url,
        "subject_id": post.subject_id,
        "links": "\n".join(post.links),
        "content_id": hit.content_id if hit else None,
        "language": hit.language if hit else None,
        "at": post.at,
        "seen_at": now,
        "ground": seen.verdict.ground if seen.verdict else None,
        "check_at": next_check(now, now=now) if hit else None,
        "checks": 0,
    }


def _proof(seen: _Seen, now: datetime) -> Proof | None:
    post, hit = seen.post, seen.hit
    if hit is None or seen.owner.member_id is None:
        return None
    finding = Finding(
        seen.owner.member_id,
        hit.content_id,
        hit.kind,
        hit.evidence,
        post.at or now,
        post.network,
        post.external_id,
        post.url,
        hit.language,
    )
    return Proof(finding, hit.ground)
