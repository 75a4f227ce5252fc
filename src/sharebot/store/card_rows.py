"""The rows that messages are made of, for many deliveries in a number of statements that does not grow with them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_
from sqlalchemy import select as select_columns  # SQLModel's own takes four at most
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.models import (
    Answer,
    Asset,
    AssetFile,
    Campaign,
    Content,
    Delivery,
    Member,
    NetworkText,
    ObservedPost,
    Officer,
    QueueEntry,
    SocialAccount,
    TrackedLink,
    Variant,
    Wording,
)
from sharebot.rules.share_links import REPOSTED
from sharebot.store.zones import zone_of
from sharebot.values.status import (
    AnswerKind,
    CampaignStatus,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Network,
    OfficerStatus,
    PostKind,
)


def _among(name: str) -> Any:
    return bindparam(name, expanding=True)


# Built once: a turn of sending asks for all of them, many times a second.
_OFFICERS = (
    select(Officer, Member.zone)
    .join(Member, col(Member.id) == col(Officer.member_id))
    .where(col(Officer.id).in_(_among("ids")))
)
_NAMED = select(Variant.content_id).where(col(Variant.id).in_(_among("ids")))
_VARIANTS = select(Variant).where(col(Variant.content_id).in_(_NAMED)).order_by(col(Variant.id))
_CONTENTS = (
    select(Content, Campaign, Member.name)
    .outerjoin(
        Campaign,
        and_(col(Campaign.id) == col(Content.campaign_id), col(Campaign.status) == CampaignStatus.RUNNING),
    )
    .outerjoin(Member, col(Member.id) == col(Content.proposed_by_id))
    .where(col(Content.id).in_(_among("ids")))
)
_STOPPED = select(QueueEntry.id, QueueEntry.status, QueueEntry.share_from).where(
    col(QueueEntry.id).in_(_among("ids")),
    or_(col(QueueEntry.status) == EntryStatus.WITHDRAWN, col(QueueEntry.share_from).is_not(None)),
)
_LINKS = (
    select(TrackedLink.member_id, TrackedLink.variant_id, TrackedLink.code, Wording.text)
    .outerjoin(Wording, col(Wording.id) == col(TrackedLink.wording_id))
    .where(col(TrackedLink.member_id).in_(_among("members")), col(TrackedLink.variant_id).in_(_among("variants")))
)
_WORDINGS = (
    select(Wording.variant_id, Wording.text)
    .where(col(Wording.variant_id).in_(_among("ids")))
    .order_by(col(Wording.position))
)
_OWN_WORDS = select(NetworkText).where(col(NetworkText.variant_id).in_(_among("ids"))).order_by(NetworkText.network)
_ASSETS = select(Asset).where(col(Asset.variant_id).in_(_among("ids"))).order_by(col(Asset.id))
_FILES = select(AssetFile).where(col(AssetFile.asset_id).in_(_among("ids")))
_OWN_POSTS = (
    select(ObservedPost)
    .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
    .where(
        col(SocialAccount.member_id).is_(None),
        col(ObservedPost.content_id).in_(_among("ids")),
        col(ObservedPost.network).in_(REPOSTED),
        ObservedPost.kind == PostKind.POST,
        col(ObservedPost.gone_at).is_(None),
    )
    .order_by(col(ObservedPost.id))
)
_ACCOUNTS = (
    select(SocialAccount.member_id, SocialAccount.network, SocialAccount.handle)
    .where(col(SocialAccount.member_id).in_(_among("ids")))
    .order_by(col(SocialAccount.id))
)
_FORWARDED = select(Delivery.entry_id, Delivery.officer_id).where(
    col(Delivery.entry_id).in_(_among("ids")),
    Delivery.kind == DeliveryKind.FORWARD,
    col(Delivery.status).not_in([DeliveryStatus.FAILED, DeliveryStatus.CANCELLED, DeliveryStatus.SUPPRESSED]),
)
_QUESTIONS = (
    select(Delivery.id, Delivery.status, Member.name)
    .join(Officer, col(Officer.id) == col(Delivery.officer_id))
    .join(Member, col(Member.id) == col(Officer.member_id))
    .where(col(Delivery.id).in_(_among("ids")))
)
_seat, _speaker = aliased(Officer), aliased(Officer)
_ANSWERS = (
    select_columns(
        col(Answer.delivery_id),
        col(Delivery.entry_id),
        col(_seat.member_id),
        col(Answer.kind),
        col(Answer.at),
        col(Answer.network),
        col(Answer.officer_id),
        col(_speaker.label_sealed),
    )
    .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
    .join(_seat, col(_seat.id) == col(Delivery.officer_id))
    .join(_speaker, col(_speaker.id) == func.coalesce(col(Answer.officer_id), col(_seat.id)))
    .order_by(col(Answer.at), col(Answer.id))
)
_OWN_ANSWERS = _ANSWERS.where(col(Answer.delivery_id).in_(_among("ids")))
_PARTY_ANSWERS = _ANSWERS.where(
    col(Delivery.entry_id).in_(_among("entries")),
    col(_seat.member_id).in_(_among("members")),
    col(Answer.kind).in_([AnswerKind.TAKEN, AnswerKind.SHARED]),
    col(_speaker.status) != OfficerStatus.GONE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A party's short link of a variant, and the text it was dealt to post with it."""

    code: str
    wording: str | None


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said of a delivery; their label is sealed still."""

    delivery_id: int
    kind: AnswerKind
    at: datetime
    network: Network | None
    officer_id: int | None
    label_sealed: str


@dataclass(frozen=True, slots=True)
class ItemRows:
    """What items are made of, whoever gets them; by the ids of contents, variants and assets.

    `own_words` are the texts for single networks; `proposers` names the party that a content comes from.
    """

    siblings: Mapping[int, Mapping[str, Variant]]
    contents: Mapping[int, Content]
    campaigns: Mapping[int, Campaign]
    proposers: Mapping[int, str]
    wordings: Mapping[int, str]
    own_words: Mapping[int, Sequence[tuple[Network, str]]]
    assets: Mapping[int, Sequence[Asset]]
    files: Mapping[tuple[int, int], str]
    own_posts: Mapping[int, Sequence[ObservedPost]]


@dataclass(frozen=True, slots=True)
class Rows:
    """What some deliveries' cards are made of, by the ids they are asked by.

    `withdrawn` are entries, and `share_from` says from when one may be shared.
    """

    items: ItemRows
    officers: Mapping[int, Officer]
    zones: Mapping[int, str]
    variants: Mapping[int, Variant]
    links: Mapping[tuple[int, int], Link]
    accounts: Mapping[int, Mapping[Network, str]]
    answers: Mapping[int, Word]
    party_answers: Mapping[tuple[int, int], Sequence[Word]]
    withdrawn: frozenset[int]
    share_from: Mapping[int, datetime]
    questions: Mapping[int, tuple[DeliveryStatus, str]]
    forwarded: frozenset[tuple[int, int]]


def gather(session: Session, deliveries: Sequence[Delivery]) -> Rows:
    """Return all rows that the deliveries' cards need."""
    seats = session.exec(_OFFICERS, params={"ids": _known(one.officer_id for one in deliveries)}).all()
    officers = {officer.id or 0: officer for officer, _ in seats}
    named = session.exec(_VARIANTS, params={"ids": _known(one.variant_id for one in deliveries)}).all()
    variants = {one.id or 0: one for one in named}
    members = _known(one.member_id for one in officers.values())
    entries = _known(one.entry_id for one in deliveries)
    stopped = session.exec(_STOPPED, params={"ids": entries}).all()
    return Rows(
        gather_items(session, named),
        officers,
        {officer.id or 0: zone_of(officer.zone, zone) for officer, zone in seats},
        variants,
        _links(session, members, list(variants)),
        _accounts(session, members),
        {word.delivery_id: word for _, word in _words(session, _OWN_ANSWERS, ids=_known(d.id for d in deliveries))},
        _party_answers(session, entries, members),
        frozenset(entry or 0 for entry, status, _ in stopped if status is EntryStatus.WITHDRAWN),
        {entry or 0: share_from for entry, _, share_from in stopped if share_from is not None},
        _questions(session, _known(one.about_id for one in deliveries)),
        _forwarded(session, entries, named),
    )


def _forwarded(session: Session, entries: list[int], variants: Sequence[Variant]) -> frozenset[tuple[int, int]]:
    """Return by entry and officer who gets the Alliance's own post ahead of the item."""
    if not any(one.channel_message_id for one in variants):
        return frozenset()
    return frozenset((entry or 0, officer or 0) for entry, officer in session.exec(_FORWARDED, params={"ids": entries}))


def gather_items(session: Session, variants: Sequence[Variant]) -> ItemRows:
    """Return what the items of these language versions are made of."""
    siblings: dict[int, dict[str, Variant]] = defaultdict(dict)
    for variant in variants:
        if variant.url:
            siblings[variant.content_id][variant.language] = variant
    ids, content_ids = _known(one.id for one in variants), _known(one.content_id for one in variants)
    contents = session.exec(_CONTENTS, params={"ids": content_ids}).all()
    wordings: dict[int, str] = {}
    for variant_id, text in session.exec(_WORDINGS, params={"ids": ids}):
        wordings.setdefault(variant_id, text)
    own_words: dict[int, list[tuple[Network, str]]] = defaultdict(list)
    for one in session.exec(_OWN_WORDS, params={"ids": ids}):
        own_words[one.variant_id].append((one.network, one.text))
    assets: dict[int, list[Asset]] = defaultdict(list)
    for asset in session.exec(_ASSETS, params={"ids": ids}):
        assets[asset.variant_id].append(asset)
    return ItemRows(
        siblings,
        {content.id or 0: content for content, _, _ in contents},
        {content.id or 0: campaign for content, campaign, _ in contents if campaign is not None},
        {content.id or 0: name for content, _, name in contents if name is not None},
        wordings,
        own_words,
        assets,
        _files(session, assets),
        list_own_posts(session, content_ids),
    )


def list_own_posts(session: Session, content_ids: Sequence[int]) -> dict[int, list[ObservedPost]]:
    """Return the Alliance's own posts of contents that can be passed on, by content."""
    found: dict[int, list[ObservedPost]] = defaultdict(list)
    for post in session.exec(_OWN_POSTS, params={"ids": list(content_ids)}):
        found[post.content_id or 0].append(post)
    return found


def join_hashtags(campaign: Campaign | None, content: Content | None) -> str:
    """Return the hashtags that go into what is posted: the running campaign's first, then the content's own."""
    named = (campaign.hashtag if campaign else "", content.hashtags if content else "")
    return " ".join(one for one in named if one)


def _known(ids: Iterable[Any]) -> list[int]:
    return sorted({one for one in ids if one is not None})


def _links(session: Session, members: list[int], variants: list[int]) -> dict[tuple[int, int], Link]:
    rows = session.exec(_LINKS, params={"members": members, "variants": variants})
    return {(member_id, variant_id): Link(code, text) for member_id, variant_id, code, text in rows}


def _files(session: Session, assets: Mapping[int, Sequence[Asset]]) -> dict[tuple[int, int], str]:
    ids = _known(asset.id for some in assets.values() for asset in some)
    files = session.exec(_FILES, params={"ids": ids}) if ids else ()
    return {(one.asset_id, one.bot_id): one.file_id for one in files}


def _accounts(session: Session, members: list[int]) -> dict[int, dict[Network, str]]:
    found: dict[int, dict[Network, str]] = defaultdict(dict)
    for member_id, network, handle in session.exec(_ACCOUNTS, params={"ids": members}):
        found[member_id or 0].setdefault(Network(network), handle)
    return found


def _words(session: Session, asked: Any, **params: list[int]) -> list[tuple[tuple[int, int], Word]]:
    return [
        ((entry_id or 0, member_id), Word(delivery_id, AnswerKind(kind), at, network, officer_id, label))
        for delivery_id, entry_id, member_id, kind, at, network, officer_id, label in session.execute(asked, params)
    ]


def _party_answers(session: Session, entries: list[int], members: list[int]) -> dict[tuple[int, int], list[Word]]:
    """Return who took or shared an entry within a member, first come first, by entry and member."""
    found: dict[tuple[int, int], list[Word]] = defaultdict(list)
    for place, word in _words(session, _PARTY_ANSWERS, entries=entries, members=members):
        found[place].append(word)
    return found


def _questions(session: Session, ids: list[int]) -> dict[int, tuple[DeliveryStatus, str]]:
    rows = session.exec(_QUESTIONS, params={"ids": ids}) if ids else ()
    return {delivery_id: (DeliveryStatus(status), name) for delivery_id, status, name in rows if delivery_id}
