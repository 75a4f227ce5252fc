"""Whose is a post that somebody gave: the Alliance's own, another party's, or known already?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import ObservedPost, Officer, PastedPost, Reshare, SocialAccount, Variant
from sharebot.rules.own_links import Own
from sharebot.rules.pasted_links import post_key
from sharebot.values.page_urls import normalise_url
from sharebot.values.posts import Objection, PastedLink, Shortfall


@dataclass(frozen=True, slots=True)
class Seen:
    """What a tracker saw of a post; `member_id` is whose account it is by, None for the Alliance's own."""

    content_id: int | None
    member_id: int | None


def own_places(session: Session, links: Sequence[PastedLink], settings: Settings) -> Own:
    """Return what is the Alliance's own, as far as these links could touch it."""
    accounts = select(SocialAccount).where(col(SocialAccount.member_id).is_(None))
    rows = session.exec(accounts).all()
    hosts = {urlsplit(normalise_url(link.url) or "").hostname or "" for link in links} - {""}
    of_host = select(Variant.url)
    pages = [session.exec(of_host.where(col(Variant.url).contains(host, autoescape=True))) for host in hosts]
    names = [(row.network, name.lower()) for row in rows for name in (row.handle, row.external_id) if name]
    return Own(
        short_base=f"{settings.web.public_url}/r",
        hosts=home_hosts(settings),
        pages={plain for some in pages for url in some if url and (plain := normalise_url(url))},
        accounts={(network, name.removeprefix("@")) for network, name in names},
    )


def home_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts that the Alliance publishes on."""
    own = urlsplit(settings.organisation.url).hostname or ""
    return frozenset({own.removeprefix("www."), *settings.sources.link_hosts} - {""})


def find_claimed(session: Session, officer: Officer, link: PastedLink) -> Objection | None:
    """Return why a link cannot be a new post of the officer's party, as our rows know it; None when it can."""
    seen = find_observed(session, link)
    if seen is not None and seen.member_id != officer.member_id:
        return Objection.OUR_POST if seen.member_id is None else Objection.OTHER_PARTY
    owners = _find_owners(session, link)
    same = (
        select(PastedPost.officer_id, Officer.member_id)
        .join(Officer, col(Officer.id) == col(PastedPost.officer_id))
        .where(PastedPost.url_sha256 == link_sha256(link), PastedPost.reason != Shortfall.FOREIGN.value)
    )
    for officer_id, member_id in session.exec(same):
        # Who gives a party's post before it does keeps it from nobody: the post is by the party's own account.
        if member_id != officer.member_id and officer.member_id not in owners:
            return Objection.OTHER_PARTY
        if member_id == officer.member_id and officer_id != officer.id:
            return Objection.COLLEAGUE
    return Objection.OTHER_PARTY if _is_anothers(session, officer, link, owners) else None


def _find_owners(session: Session, link: PastedLink) -> set[int | None]:
    """Return whose account the address names; None among them stands for the Alliance."""
    if not link.handle:
        return set()
    names = [link.handle.lower(), f"@{link.handle.lower()}"]
    by = select(SocialAccount.member_id).where(
        SocialAccount.network == link.network,
        or_(func.lower(SocialAccount.handle).in_(names), col(SocialAccount.external_id) == link.handle),
    )
    return set(session.exec(by))


def _is_anothers(session: Session, officer: Officer, link: PastedLink, owners: set[int | None]) -> bool:
    """Whether the post is by an account of another party, or counts for one."""
    if owners:
        return officer.member_id not in owners
    key = f"post:{link.network.value}:{link.external_id}"
    counted = select(Reshare.id).where(Reshare.key == key, Reshare.member_id != officer.member_id)
    return link.external_id is not None and session.exec(counted).first() is not None


def find_observed(session: Session, link: PastedLink) -> Seen | None:
    """Return what a tracker saw of the post, or None."""
    if link.external_id is None:
        return None
    # A pasted address may name the author by handle, a tracker by the network's own id.
    key = link.external_id.rpartition("/")[2]
    by_handle = (func.lower(SocialAccount.handle) == (link.handle or "").lower()) & col(
        ObservedPost.external_id
    ).endswith(f"/{key}", autoescape=True)
    seen = (
        select(ObservedPost.content_id, SocialAccount.member_id)
        .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
        .where(ObservedPost.network == link.network, or_(col(ObservedPost.external_id) == link.external_id, by_handle))
    )
    row = session.exec(seen).first()
    return Seen(*row) if row else None


def link_sha256(link: PastedLink) -> str:
    """Return the name under which a pasted link is kept: the same for all addresses of one post."""
    return hashlib.sha256(post_key(link).encode("utf-8", "replace")).hexdigest()
