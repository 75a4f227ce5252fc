"""Posts that officers gave, looked at on their network: what is due, and what was found."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from sharebot.models import Officer, PastedPost, Reshare, SocialAccount
from sharebot.rules.attribution import Match, NotCounted
from sharebot.rules.claims import Claimed, check_claim
from sharebot.rules.findings import Finding
from sharebot.rules.tracking import next_check
from sharebot.store.findings import add_finding, claim_of, find_share
from sharebot.store.lost import lose_share
from sharebot.store.match_index import build_index
from sharebot.store.posts import link_of
from sharebot.store.sites import leave_others
from sharebot.trackers.seam import Watched
from sharebot.values.posts import PastedLink, Post, Shortfall
from sharebot.values.status import AccountStatus, Evidence, ReshareKind

MOST_TRIES = 3
_SURE = (Evidence.LINK_CHECKED, Evidence.OBSERVED)
_PAUSE = timedelta(minutes=2)
_ANSWER_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DueCheck:
    """A post to be looked at, and the accounts there of the party that gave it."""

    post_id: int
    link: PastedLink
    accounts: tuple[Watched, ...] = ()


def list_due(session: Session, *, now: datetime, limit: int = 20) -> list[DueCheck]:
    """Return posts to be looked at now, the longest due first, once the officer has our answer to edit."""
    due = select(PastedPost).where(
        col(PastedPost.check_at) <= now,
        col(PastedPost.delivery_id).is_not(None),
        or_(col(PastedPost.reply_id).is_not(None), col(PastedPost.pasted_at) <= now - _ANSWER_WITHIN),
    )
    rows = session.exec(due.order_by(col(PastedPost.check_at), col(PastedPost.id)).limit(limit))
    return [DueCheck(post.id or 0, link_of(post), _accounts_of(session, post)) for post in rows]


def _accounts_of(session: Session, post: PastedPost) -> tuple[Watched, ...]:
    member_id = select(Officer.member_id).where(Officer.id == post.officer_id).scalar_subquery()
    own = select(SocialAccount).where(SocialAccount.member_id == member_id, SocialAccount.network == post.network)
    theirs = own.where(SocialAccount.status != AccountStatus.UNOBSERVABLE)  # declined: not theirs
    return tuple(Watched(one.id or 0, one.handle, one.external_id) for one in session.exec(theirs))


def put_off(session: Session, post_id: int, *, now: datetime, wait: timedelta | None = None) -> bool:
    """Look again later, each time later; True when the officer is to hear that it could not be looked at.

    A post that was confirmed once stays so while its network does not answer.
    """
    post = session.get(PastedPost, post_id, populate_existing=True)
    if post is None or post.check_at is None:
        return False
    post.checks += 1
    is_over = post.checks >= MOST_TRIES
    post.check_at = None if is_over else now + max(_PAUSE * 2 ** (post.checks - 1), wait or timedelta(0))
    is_told = is_over and post.evidence not in _SURE
    if is_over and not is_told:
        post.check_at, post.checks = next_check(post.pasted_at, now=now), 0
    post.reason = Shortfall.NO_ANSWER.value if is_told else post.reason
    session.add(post)
    session.flush()
    return is_told


def record_look(
    session: Session, post_id: int, seen: Post | None, *, short_base: str, now: datetime, by_handle: bool = False
) -> Evidence | None:
    """Decide what the network's answer proves, and note it; None when there is nothing to tell of it.

    `by_handle`: it was asked of somebody who tells authors by handle, in lower case.

    A post that proves nothing counts no more than the officer's word. One that was confirmed is looked for again
    after a day and after a week; when it is gone then, its reshare is lost.
    """
    post = session.get(PastedPost, post_id, populate_existing=True)
    claim = claim_of(session, post.delivery_id, link=link_of(post), now=now) if post and post.delivery_id else None
    if post is None or claim is None or post.check_at is None or post.check_at > now:
        return None
    had = post.evidence, post.reason
    is_anothers = seen is not None and not leave_others(session, [seen])
    authors = set[str]() if is_anothers else _list_authors(session, post, by_handle=by_handle)
    index = build_index(session, [seen] if seen else [], short_base=short_base, now=now)
    claimed = Claimed(link_of(post), claim.content_id, _counts_for(session, seen) if seen else None)
    verdict = check_claim(seen, claim.member_id, author_ids=authors, index=index, claimed=claimed)
    if isinstance(verdict, Match) and seen is not None:
        post.evidence, post.reason = _confirm(session, post, claim, seen, verdict, now=now)
        post.check_at, post.checks = next_check(post.pasted_at, now=now), 0
    else:
        assert isinstance(verdict, NotCounted)  # noqa: S101 - a match needs a post
        _lower(session, post, claim, now=now)
        post.evidence, post.reason = Evidence.CLAIMED, verdict.shortfall.value
        post.check_at, post.checks = None, post.checks + 1
    session.add(post)
    session.flush()
    return post.evidence if had != (post.evidence, post.reason) else None


def _list_authors(session: Session, post: PastedPost, *, by_handle: bool) -> set[str]:
    """Return what authors of the party's posts are called by the network.

    Where it tells ids, they alone count, and where it does not, handles of accounts whose id nobody ever knew: a
    handle may have become somebody else's.
    """
    accounts = _accounts_of(session, post)
    unknown = [one.handle.lower().removeprefix("@") for one in accounts if one.external_id is None]
    return {one.external_id for one in accounts if one.external_id} | set(unknown if by_handle else ())


def _counts_for(session: Session, seen: Post) -> int | None:
    """Return whose share the post is noted as by what is worth as much as a check."""
    key = f"post:{seen.network.value}:{seen.external_id}"
    sure = select(Reshare.member_id).where(Reshare.key == key, col(Reshare.evidence).in_(_SURE))
    return session.exec(sure).first()


def _confirm(
    session: Session, post: PastedPost, claim: Finding, seen: Post, verdict: Match, *, now: datetime
) -> tuple[Evidence, str]:
    proof = Finding(
        claim.member_id, claim.content_id, verdict.kind, verdict.evidence, min(seen.at or claim.at, now),
        post.network, seen.external_id, seen.url or post.url, verdict.language,
    )  # fmt: skip
    add_finding(session, proof, delivery_id=post.delivery_id, ground=verdict.ground, now=now)
    share = find_share(session, proof)
    if share is None:
        return Evidence.CLAIMED, Shortfall.OTHER_ITEM.value  # it was seen to spread another item of ours
    return share.evidence, ""


def _lower(session: Session, post: PastedPost, claim: Finding, *, now: datetime) -> None:
    """Leave of a post that proves nothing the word that it was shared; what we saw ourselves stays."""
    share = find_share(session, claim)
    if share is None or share.evidence is Evidence.OBSERVED:
        return
    if share.evidence is Evidence.LINK_CHECKED:
        lose_share(session, share, now=now)
    else:
        session.delete(share)
        session.flush()
    word = Finding(
        claim.member_id, claim.content_id, ReshareKind.CLAIM, Evidence.CLAIMED, post.pasted_at, post.network,
        language=claim.language,
    )  # fmt: skip
    add_finding(session, word, delivery_id=post.delivery_id, now=now)
