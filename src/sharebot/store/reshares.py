"""Findings that a member spread a content: claimed, given, checked or observed; one post counts once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.models import (
    Content,
    Member,
    ObservedPost,
    Officer,
    Reshare,
    SocialAccount,
    TrackedLink,
    Variant,
)
from sharebot.rules.attribution import (
    Code,
    Finding,
    Index,
    Match,
    Target,
    index_targets,
    is_same_post,
    match,
    merge,
)
from sharebot.store.deliveries import get_delivery
from sharebot.store.members import add_alliance_account
from sharebot.store.webhooks import note_event
from sharebot.trackers.seam import Watched
from sharebot.values.api import WebhookEvent
from sharebot.values.posts import PastedLink, Post
from sharebot.values.status import AccountStatus, Evidence, Network, ReshareKind


@dataclass(frozen=True, slots=True)
class Added:
    """What a look at a network changed."""

    posts: int
    reshares: int


def record_claim(session: Session, delivery_id: int, *, link: PastedLink | None, now: datetime) -> bool:
    """Note that the officer of a delivery says their party shared it; True when that is new or stronger."""
    finding = claim_of(session, delivery_id, link=link, now=now)
    return finding is not None and add_finding(session, finding, delivery_id=delivery_id, now=now)


def claim_of(session: Session, delivery_id: int, *, link: PastedLink | None, now: datetime) -> Finding | None:
    """Return what the officer of a delivery claims; None when it brought no item, or its officer is gone."""
    delivery = get_delivery(session, delivery_id)
    officer = session.get(Officer, delivery.officer_id)
    variant = session.get(Variant, delivery.variant_id) if delivery.variant_id else None
    if officer is None or variant is None:
        return None
    return Finding(
        member_id=officer.member_id,
        content_id=variant.content_id,
        kind=ReshareKind.LINK if link else ReshareKind.CLAIM,
        evidence=Evidence.LINK_GIVEN if link else Evidence.CLAIMED,
        at=now,
        network=link.network if link else None,
        post_id=link.external_id if link else None,
        url=link.url if link else None,
        language=variant.language,
    )


def find_share(session: Session, finding: Finding) -> Reshare | None:
    """Return the row in which the post of `finding` counts for its member and content, or None."""
    rows = select(Reshare).where(Reshare.member_id == finding.member_id, Reshare.content_id == finding.content_id)
    return next((row for row in session.exec(rows) if is_same_post(_finding(row), finding)), None)


def add_finding(session: Session, finding: Finding, *, now: datetime, delivery_id: int | None = None) -> bool:
    """Add a finding, or strengthen the one it repeats; False when it adds nothing or is another's post."""
    if _counts_elsewhere(session, finding):
        return False
    rows = session.exec(select(Reshare).where(Reshare.content_id == finding.content_id)).all()
    for row in rows:
        known = _finding(row)
        if row.member_id != finding.member_id and is_same_post(known, finding):
            return False
        merged = merge(known, finding)
        if merged is not None:
            return _strengthen(session, row, merged)
    reshare = Reshare(
        key=finding.key,
        member_id=finding.member_id,
        content_id=finding.content_id,
        delivery_id=delivery_id,
        network=finding.network,
        kind=finding.kind,
        evidence=finding.evidence,
        language=finding.language,
        url=finding.url,
        at=finding.at,
        created_at=now,
    )
    session.add(reshare)
    session.flush()
    _note_event(session, reshare, now=now)
    return True


def _note_event(session: Session, reshare: Reshare, *, now: datetime) -> None:
    data = {
        "reshare_id": reshare.id,
        "content_id": reshare.content_id,
        "member": session.exec(select(Member.code).where(Member.id == reshare.member_id)).one(),
        "network": reshare.network,
        "evidence": reshare.evidence,
    }
    note_event(session, WebhookEvent.RESHARE_FOUND, str(reshare.id), data, now=now)


def _counts_elsewhere(session: Session, finding: Finding) -> bool:
    """Whether its post counts for another content already; a weaker word about the post gives way."""
    other = select(Reshare).where(Reshare.key == finding.key, Reshare.content_id != finding.content_id)
    row = session.exec(other).first()
    levels = list(Evidence)
    if row is None or levels.index(row.evidence) >= levels.index(finding.evidence):
        return row is not None
    session.delete(row)
    session.flush()
    return False


def _strengthen(session: Session, row: Reshare, merged: Finding) -> bool:
    stronger = row.evidence is not merged.evidence or row.url != merged.url
    row.key, row.network, row.kind = merged.key, merged.network, merged.kind
    row.evidence, row.url, row.language = merged.evidence, merged.url, merged.language
    session.add(row)
    session.flush()
    return stronger


def _finding(row: Reshare) -> Finding:
    network, _, post_id = row.key.removeprefix("post:").partition(":")
    return Finding(
        row.member_id,
        row.content_id,
        row.kind,
        row.evidence,
        row.at,
        row.network,
        post_id if row.key.startswith("post:") and network else None,
        row.url,
        row.language,
    )


def watch_alliance(session: Session, handles: Sequence[str]) -> None:
    """Watch the Alliance's own Bluesky accounts, as the settings name them."""
    for handle in handles:
        add_alliance_account(session, Network.BLUESKY, handle)


def list_watched(session: Session, network: Network) -> list[Watched]:
    """Return the accounts to look at, the Alliance's own first."""
    watched = select(SocialAccount).where(
        SocialAccount.network == network, SocialAccount.status != AccountStatus.UNOBSERVABLE
    )
    watched = watched.order_by(col(SocialAccount.member_id).is_not(None), col(SocialAccount.id))
    return [Watched(row.id or 0, row.handle, row.external_id) for row in session.exec(watched)]


def list_subjects(session: Session, network: Network, *, since: datetime) -> list[str]:
    """Return the ids of the Alliance's own posts that spread a content and are young enough to watch."""
    own = (
        select(ObservedPost.external_id)
        .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
        .where(
            ObservedPost.network == network,
            col(SocialAccount.member_id).is_(None),
            col(ObservedPost.content_id).is_not(None),
            col(ObservedPost.seen_at) >= since,
        )
    )
    return list(session.exec(own.order_by(col(ObservedPost.id))))


def record_accounts(session: Session, resolved: dict[int, str], failed: dict[int, str], *, now: datetime) -> None:
    """Note which accounts answered, their network ids, and which failed and why."""
    for account_id, external_id in resolved.items():
        session.execute(
            update(SocialAccount)
            .where(col(SocialAccount.id) == account_id)
            .values(external_id=external_id, tracked_at=now, error=None, status=AccountStatus.WATCHED)
        )
    for account_id, reason in failed.items():
        session.execute(
            update(SocialAccount)
            .where(col(SocialAccount.id) == account_id)
            .values(tracked_at=now, error=reason[:300], status=AccountStatus.BROKEN)
        )


def add_posts(session: Session, posts: Sequence[Post], *, short_base: str, now: datetime) -> Added:
    """Store observed posts of known accounts and add a finding for each that spreads a content.

    Posts seen before are left out, so that looking twice changes nothing.
    """
    accounts = {
        (row.network, row.external_id): row
        for row in session.exec(select(SocialAccount).where(col(SocialAccount.external_id).is_not(None)))
    }
    ids = [post.external_id for post in posts]
    seen = set(session.exec(select(ObservedPost.external_id).where(col(ObservedPost.external_id).in_(ids))))
    mine = [post for post in posts if (post.network, post.author_id) in accounts and post.external_id not in seen]
    # The Alliance's own posts first: members' reposts point at them.
    mine.sort(key=lambda post: accounts[(post.network, post.author_id)].member_id is not None)
    index = build_index(session, short_base=short_base)
    own = dict(index.own_posts)
    reshares = 0
    for post in mine:
        account = accounts[(post.network, post.author_id)]
        found = match(post, account.member_id or 0, index=Index(index.targets, index.codes, own, short_base, {}))
        released = index.released_at.get(found.content_id) if isinstance(found, Match) else None
        if isinstance(found, Match) and released and post.at and post.at < released and account.member_id:
            found = None
        hit = found if isinstance(found, Match) else None
        _add_post(session, post, account, hit, now=now)
        if hit and account.member_id is None:
            own[(post.network, post.external_id)] = Target(hit.content_id, None, hit.language)
        elif hit and account.member_id is not None:
            reshares += add_finding(session, _observed(post, account.member_id, hit, now), now=now)
    return Added(len(mine), reshares)


def _add_post(session: Session, post: Post, account: SocialAccount, found: Match | None, *, now: datetime) -> None:
    session.add(
        ObservedPost(
            account_id=account.id or 0,
            network=post.network,
            external_id=post.external_id,
            kind=post.kind,
            url=post.url,
            subject_id=post.subject_id,
            links="\n".join(post.links),
            content_id=found.content_id if found else None,
            language=found.language if found else None,
            at=post.at,
            seen_at=now,
        )
    )
    session.flush()


def _observed(post: Post, member_id: int, found: Match, now: datetime) -> Finding:
    return Finding(
        member_id,
        found.content_id,
        found.kind,
        found.evidence,
        post.at or now,
        post.network,
        post.external_id,
        post.url,
        found.language,
    )


def build_index(session: Session, *, short_base: str, codes: Collection[str] | None = None) -> Index:
    """Return everything a post is compared with: pages, short links, the Alliance's own posts.

    `codes` are the only short links that matter, when they are known: there are very many.
    """
    variants = session.exec(select(Variant).where(col(Variant.url).is_not(None))).all()
    targets = {v.id: Target(v.content_id, v.id, v.language) for v in variants}
    of_codes = select(TrackedLink) if codes is None else select(TrackedLink).where(col(TrackedLink.code).in_(codes))
    links = session.exec(of_codes).all()
    own = select(ObservedPost, SocialAccount).join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
    own = own.where(col(SocialAccount.member_id).is_(None), col(ObservedPost.content_id).is_not(None))
    released = select(Content.id, Content.released_at).where(col(Content.released_at).is_not(None))
    return Index(
        targets=index_targets((v.url or "", targets[v.id]) for v in variants),
        codes={
            link.code: Code(link.member_id, targets[link.variant_id]) for link in links if link.variant_id in targets
        },
        own_posts={
            (post.network, post.external_id): Target(post.content_id or 0, None, post.language)
            for post, _account in session.exec(own)
        },
        short_base=short_base,
        released_at={content_id: at for content_id, at in session.exec(released) if content_id and at},
    )
