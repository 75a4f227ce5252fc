"""Posts that officers gave, looked at on their network: what is due, and what was found."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from sharebot.models import PastedPost, SocialAccount
from sharebot.rules.attribution import Finding, Match, check_claim
from sharebot.rules.utm import CODE_LENGTH
from sharebot.store.posts import link_of
from sharebot.store.reshares import add_finding, build_index, claim_of, find_share
from sharebot.values.posts import PastedLink, Post, Shortfall
from sharebot.values.status import Evidence, ReshareKind

MOST_TRIES = 3
_CODE = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Za-z]{{{CODE_LENGTH}}}(?![0-9A-Za-z])")
_PAUSE = timedelta(minutes=2)
_ANSWER_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DueCheck:
    """A post to be looked at."""

    post_id: int
    link: PastedLink


def list_due(session: Session, *, now: datetime, limit: int = 20) -> list[DueCheck]:
    """Return posts to be looked at now, the longest due first, once the officer has our answer to edit."""
    due = select(PastedPost).where(
        col(PastedPost.check_at) <= now,
        col(PastedPost.delivery_id).is_not(None),
        or_(col(PastedPost.reply_id).is_not(None), col(PastedPost.pasted_at) <= now - _ANSWER_WITHIN),
    )
    rows = session.exec(due.order_by(col(PastedPost.check_at), col(PastedPost.id)).limit(limit))
    return [DueCheck(post.id or 0, link_of(post)) for post in rows]


def put_off(session: Session, post_id: int, *, now: datetime, wait: timedelta | None = None) -> bool:
    """Look again later, each time later; True when it was tried often enough and stays as it is."""
    post = session.get(PastedPost, post_id, populate_existing=True)
    if post is None or post.check_at is None:
        return False
    post.checks += 1
    is_over = post.checks >= MOST_TRIES
    post.check_at = None if is_over else now + max(_PAUSE * 2 ** (post.checks - 1), wait or timedelta(0))
    post.reason = Shortfall.NO_ANSWER.value if is_over else post.reason
    session.add(post)
    session.flush()
    return is_over


def record_look(
    session: Session, post_id: int, seen: Post | None, *, short_base: str, now: datetime
) -> Evidence | None:
    """Decide what the network's answer proves, and note it; None when the officer took the post back meanwhile.

    A post that proves nothing counts no more than the officer's word.
    """
    post = session.get(PastedPost, post_id, populate_existing=True)
    claim = claim_of(session, post.delivery_id, link=link_of(post), now=now) if post and post.delivery_id else None
    if post is None or claim is None or post.check_at is None:
        return None
    accounts = _accounts(session, claim.member_id, post, seen)
    codes = {code for link in seen.links for code in _CODE.findall(link)} if seen else set()
    index = build_index(session, short_base=short_base, codes=codes)
    verdict = check_claim(seen, claim.member_id, author_ids=accounts, index=index)
    post.check_at, post.checks = None, post.checks + 1
    if isinstance(verdict, Match) and verdict.content_id == claim.content_id and seen is not None:
        proof = Finding(
            claim.member_id, claim.content_id, verdict.kind, verdict.evidence, seen.at or claim.at,
            post.network, seen.external_id, seen.url or post.url, verdict.language,
        )  # fmt: skip
        add_finding(session, proof, delivery_id=post.delivery_id, now=now)
        share = find_share(session, proof)
        post.evidence, post.reason = (share.evidence if share else verdict.evidence), ""
    else:
        shortfall = Shortfall.OTHER_ITEM if isinstance(verdict, Match) else verdict.shortfall
        _lower(session, post, claim, now=now)
        post.evidence, post.reason = Evidence.CLAIMED, shortfall.value
    session.add(post)
    session.flush()
    return post.evidence


def _accounts(session: Session, member_id: int, post: PastedPost, seen: Post | None) -> set[str]:
    """Return the network's ids of the party's accounts there.

    An account whose id was never looked up is known by its handle, which the network has just resolved.
    """
    rows = session.exec(
        select(SocialAccount).where(SocialAccount.member_id == member_id, SocialAccount.network == post.network)
    ).all()
    named = (post.handle or "").lower()
    by_handle = any(row.external_id is None and row.handle.lower().removeprefix("@") == named for row in rows)
    return {row.external_id for row in rows if row.external_id} | ({seen.author_id} if seen and by_handle else set())


def _lower(session: Session, post: PastedPost, claim: Finding, *, now: datetime) -> None:
    """Leave of a post that proves nothing the word that it was shared; what we saw ourselves stays."""
    share = find_share(session, claim)
    if share is None or share.evidence is Evidence.OBSERVED:
        return
    session.delete(share)
    session.flush()
    word = Finding(
        claim.member_id, claim.content_id, ReshareKind.CLAIM, Evidence.CLAIMED, post.pasted_at, post.network,
        language=claim.language,
    )  # fmt: skip
    add_finding(session, word, delivery_id=post.delivery_id, now=now)
