"""Posts that were deleted and reposts that were undone: what they proved counts no more, and is known still."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from sharebot.models import Answer, Delivery, LostReshare, ObservedPost, Officer, Reshare, SocialAccount, Variant
from sharebot.rules.findings import Finding
from sharebot.store.chunks import in_chunks
from sharebot.store.findings import Proof, add_finding, add_findings, finding_of
from sharebot.values.status import AnswerKind, Evidence, Network, PostKind, ReshareKind


def lose_posts(session: Session, network: Network, external_ids: Collection[str], *, now: datetime) -> int:
    """Note that observed posts are gone; return how many reshares were lost.

    A repost that went with the Alliance's own post was not undone by its party, and counts on.
    """
    posts = [row for row in _find_posts(session, network, external_ids) if row.gone_at is None]
    for post in posts:
        # Of what its author took back we keep that it was there.
        post.gone_at, post.links = now, ""
        session.add(post)
    session.flush()
    spared = _own_gone(session, network, [post.subject_id for post in posts if post.subject_id])
    lost = [post for post in posts if post.kind is not PostKind.REPOST or post.subject_id not in spared]
    shares = _find_shares(session, network, [post.external_id for post in lost])
    for share in shares:
        lose_share(session, share, now=now)
    return len(shares)


def lose_share(session: Session, share: Reshare, *, now: datetime) -> None:
    """Let a reshare count no more.

    The word of the party's officer that they shared the item stays, where nothing else proves it.
    """
    row = share.model_dump()
    earlier = session.exec(select(LostReshare).where(LostReshare.key == share.key)).first()
    if earlier is not None:
        session.delete(earlier)
    session.delete(share)
    session.flush()
    session.add(LostReshare(reshare_id=row.pop("id"), gone_at=now, **row))
    session.flush()
    _leave_word(session, share.member_id, share.content_id, now=now)


def find_again(session: Session, network: Network, external_ids: Collection[str], *, now: datetime) -> int:
    """Note that posts which had gone are there; return how many reshares count again, under their old numbers."""
    back = [row for row in _find_posts(session, network, external_ids) if row.gone_at is not None]
    for post in back:
        post.gone_at = None
        session.add(post)
    session.flush()
    proofs: list[Proof] = []
    for keys in in_chunks([_key(network, post.external_id) for post in back]):
        rows = session.exec(select(LostReshare).where(col(LostReshare.key).in_(keys)))
        proofs += [Proof(finding_of(row), row.ground, row.delivery_id) for row in rows]
    return add_findings(session, proofs, now=now)


def _find_posts(session: Session, network: Network, external_ids: Collection[str]) -> list[ObservedPost]:
    found: list[ObservedPost] = []
    for some in in_chunks(external_ids):
        rows = select(ObservedPost).where(ObservedPost.network == network, col(ObservedPost.external_id).in_(some))
        found += session.exec(rows)
    return found


def _find_shares(session: Session, network: Network, external_ids: Collection[str]) -> list[Reshare]:
    found: list[Reshare] = []
    for some in in_chunks([_key(network, one) for one in external_ids]):
        found += session.exec(select(Reshare).where(col(Reshare.key).in_(some)))
    return found


def _own_gone(session: Session, network: Network, external_ids: Collection[str]) -> set[str]:
    """Return which of these posts are the Alliance's own and gone."""
    found: set[str] = set()
    for some in in_chunks(external_ids):
        rows = (
            select(ObservedPost.external_id)
            .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
            .where(
                ObservedPost.network == network,
                col(ObservedPost.external_id).in_(some),
                col(ObservedPost.gone_at).is_not(None),
                col(SocialAccount.member_id).is_(None),
            )
        )
        found |= set(session.exec(rows))
    return found


def _key(network: Network, external_id: str) -> str:
    return f"post:{network.value}:{external_id}"


def _leave_word(session: Session, member_id: int, content_id: int, *, now: datetime) -> None:
    other = select(Reshare.id).where(Reshare.member_id == member_id, Reshare.content_id == content_id)
    if session.exec(other).first() is not None:
        return
    said: Any = (
        select(Answer, Variant.language)
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .join(Officer, col(Officer.id) == col(Delivery.officer_id))
        .join(Variant, col(Variant.id) == col(Delivery.variant_id))
        .where(Answer.kind == AnswerKind.SHARED, Officer.member_id == member_id, Variant.content_id == content_id)
    )
    found = session.exec(said.order_by(col(Answer.at))).first()
    if found is None:
        return
    answer, language = found
    word = Finding(
        member_id, content_id, ReshareKind.CLAIM, Evidence.CLAIMED, answer.at, answer.network, language=language
    )  # fmt: skip
    add_finding(session, word, delivery_id=answer.delivery_id, now=now)
