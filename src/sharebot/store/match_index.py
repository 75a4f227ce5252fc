"""What posts are compared with, as far as some posts need it: that grows with them, not with what was seen before."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sharebot.models import (
    Asset,
    AssetFile,
    Campaign,
    Content,
    NetworkText,
    ObservedPost,
    SocialAccount,
    TrackedLink,
    Variant,
    Wording,
)
from sharebot.rules.attribution import Code, Index, Target, index_targets
from sharebot.rules.pasted_links import recognise
from sharebot.rules.post_texts import find_addresses
from sharebot.store.chunks import in_chunks
from sharebot.values.page_urls import normalise_url
from sharebot.values.posts import Post
from sharebot.values.status import CampaignStatus, Network
from sharebot.values.tracking import Unobservable

WORDS_FOR = timedelta(days=30)
_CODE = re.compile(r"/([0-9A-Za-z]+)", re.ASCII)
_PostId = tuple[Network, str]
_Names = frozenset[tuple[Network, str]]


def build_index(session: Session, posts: Sequence[Post], *, short_base: str, now: datetime) -> Index:
    """Return what these posts are compared with: our pages, and of short links and own posts those they mention.

    Texts are those of contents that were released in the last 30 days.
    """
    addresses = {url for post in posts for url in (*post.links, *find_addresses(post.text))}
    names = _our_names(session)
    pages = select(Variant.id, Variant.content_id, Variant.language, Variant.url)
    rows = session.exec(pages.where(col(Variant.url).is_not(None)).order_by(col(Variant.id))).all()
    targets = {variant_id or 0: Target(content_id, variant_id, lang) for variant_id, content_id, lang, _ in rows}
    return Index(
        targets=index_targets((url or "", targets[variant_id or 0]) for variant_id, _, _, url in rows),
        codes=_codes(session, addresses, short_base, targets),
        own_posts=list_own_posts(session, _ids_in(posts, addresses, names)),
        short_base=short_base,
        released_at=_released_at(session),
        tags=_tags(session),
        our_names=names,
        files=_files(session, {file for post in posts for file in post.files}),
        words=_words(session, since=now - WORDS_FOR) if any(post.text for post in posts) else (),
    )


def _our_names(session: Session) -> _Names:
    own = session.exec(select(SocialAccount).where(col(SocialAccount.member_id).is_(None))).all()
    # The name of an account that somebody took over is theirs.
    handles = [(one.network, one.handle) for one in own if one.reason is not Unobservable.TAKEN_OVER]
    named = handles + [(one.network, one.external_id) for one in own if one.external_id]
    return frozenset((network, name.lower().removeprefix("@")) for network, name in named)


def _codes(
    session: Session, addresses: Iterable[str], short_base: str, targets: Mapping[int, Target]
) -> dict[str, Code]:
    base = normalise_url(short_base) or ""
    behind = [plain.removeprefix(base) for url in addresses if (plain := normalise_url(url)) and plain.startswith(base)]
    codes = {told[1] for one in behind if (told := _CODE.match(one))} if base else set()
    found: dict[str, Code] = {}
    for some in in_chunks(codes):
        links = select(TrackedLink.code, TrackedLink.member_id, TrackedLink.variant_id)
        for code, member_id, variant_id in session.exec(links.where(col(TrackedLink.code).in_(some))):
            if variant_id in targets:
                found[code] = Code(member_id, targets[variant_id])
    return found


def _ids_in(posts: Iterable[Post], addresses: Iterable[str], names: _Names) -> set[_PostId]:
    """Return the ids of all posts that these ones are, repeat or link to."""
    ids = {(post.network, name) for post in posts for name in (post.external_id, post.subject_id) if name}
    for url in addresses:
        link = recognise(url)
        if link is None or not link.external_id:
            continue
        ids.add((link.network, link.external_id))
        handle = (link.handle or "").lower()
        if handle and (link.network, handle) in names:
            # An address may name us where the network's id has a number.
            own = [name for network, name in names if network is link.network]
            ids |= {(link.network, link.external_id.replace(link.handle or "", name, 1)) for name in own}
            ids |= {(link.network, link.external_id.replace(handle, name, 1)) for name in own}
    return ids


def list_own_posts(session: Session, ids: Collection[_PostId]) -> dict[_PostId, Target]:
    """Return those of these posts that are the Alliance's own and present a content."""
    by_network: dict[Network, list[str]] = defaultdict(list)
    for network, external_id in ids:
        by_network[network].append(external_id)
    found: dict[_PostId, Target] = {}
    for network, some in ((network, some) for network, all_ids in by_network.items() for some in in_chunks(all_ids)):
        own = (
            select(ObservedPost.external_id, ObservedPost.content_id, ObservedPost.language)
            .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
            .where(ObservedPost.network == network, col(ObservedPost.external_id).in_(some))
            .where(col(SocialAccount.member_id).is_(None), col(ObservedPost.content_id).is_not(None))
        )
        for external_id, content_id, language in session.exec(own):
            found[network, external_id] = Target(content_id or 0, None, language)
    return found | _channel_posts(session, by_network[Network.TELEGRAM])


def _channel_posts(session: Session, ids: Collection[str]) -> dict[_PostId, Target]:
    """Return those of these Telegram posts by which the Alliance's own channel presented a content."""
    numbers = {int(number) for one in ids if (number := one.rpartition("/")[2]).isdecimal() and len(number) < 12}
    found: dict[_PostId, Target] = {}
    for some in in_chunks(numbers):
        own = select(Variant).where(col(Variant.channel_message_id).in_(some))
        for one in session.exec(own):
            key = Network.TELEGRAM, f"{one.channel_id}/{one.channel_message_id}"
            found[key] = Target(one.content_id, one.id, one.language)
    return {key: target for key, target in found.items() if key[1] in ids}


def _released_at(session: Session) -> dict[int, datetime]:
    rows = select(Content.id, Content.released_at).where(col(Content.released_at).is_not(None))
    return {content_id: at for content_id, at in session.exec(rows) if content_id and at}


def _files(session: Session, unique_ids: Collection[str]) -> dict[str, Target]:
    """Return which of these files of Telegram's are ours, and of what."""
    found: dict[str, Target] = {}
    for some in in_chunks(unique_ids):
        ours = (
            select(AssetFile.unique_id, Variant)
            .join(Asset, col(Asset.id) == col(AssetFile.asset_id))
            .join(Variant, col(Variant.id) == col(Asset.variant_id))
            .where(col(AssetFile.unique_id).in_(some))
        )
        for unique_id, variant in session.exec(ours):
            found[unique_id or ""] = Target(variant.content_id, variant.id, variant.language)
    return found


def _tags(session: Session) -> dict[str, frozenset[int]]:
    """Return what was released of campaigns that run or have ended, by hashtag."""
    rows = (
        select(Campaign.hashtag, Content.id)
        .join(Content, col(Content.campaign_id) == col(Campaign.id))
        .where(
            col(Campaign.status).in_((CampaignStatus.RUNNING, CampaignStatus.ENDED)),
            Campaign.hashtag != "",
            col(Content.released_at).is_not(None),
        )
    )
    tags: dict[str, set[int]] = defaultdict(set)
    for hashtag, content_id in session.exec(rows):
        tags[hashtag.removeprefix("#").lower()].add(content_id or 0)
    return {tag: frozenset(ids) for tag, ids in tags.items()}


def _words(session: Session, *, since: datetime) -> list[tuple[Target, str]]:
    fresh = select(Variant).join(Content, col(Content.id) == col(Variant.content_id))
    variants = session.exec(fresh.where(col(Content.released_at) >= since).order_by(col(Variant.id))).all()
    targets = {one.id or 0: Target(one.content_id, one.id, one.language) for one in variants}
    words = [(targets[one.id or 0], one.text) for one in variants]
    for some in in_chunks(targets):
        wordings = select(Wording.variant_id, Wording.text).where(col(Wording.variant_id).in_(some))
        others = select(NetworkText.variant_id, NetworkText.text).where(col(NetworkText.variant_id).in_(some))
        words += [(targets[one], text) for one, text in (*session.exec(wordings), *session.exec(others))]
    return [(target, text) for target, text in words if text]
