"""Gather what officers' messages show: many at once, since a turn of sending needs many."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound
from sharebot.models import (
    Answer,
    Asset,
    AssetFile,
    Content,
    Delivery,
    Member,
    Officer,
    QueueEntry,
    SocialAccount,
    TrackedLink,
    Variant,
)
from sharebot.rules.share_links import SHARE_ORDER, share_url
from sharebot.store.database import vault_of
from sharebot.values.cards import Card, ShareButton
from sharebot.values.feeds import Media
from sharebot.values.status import (
    AnswerKind,
    AssetKind,
    DataTier,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Network,
)

PLACES = 6
_WIDEST = 1280
_ORDER = {
    DataTier.FULL: (AssetKind.VIDEO, AssetKind.AUDIO, AssetKind.PICTURE),
    DataTier.LIGHT: (AssetKind.PICTURE,),
    DataTier.TEXT: (),
}


def _among(name: str) -> Any:
    return bindparam(name, expanding=True)


# Built once: a turn of sending asks for all of them, many times a second.
_DELIVERIES = select(Delivery).where(col(Delivery.id).in_(_among("ids"))).execution_options(populate_existing=True)
_OFFICERS = select(Officer).where(col(Officer.id).in_(_among("ids")))
_NAMED = select(Variant.content_id).where(col(Variant.id).in_(_among("ids")))
_VARIANTS = select(Variant).where(col(Variant.content_id).in_(_NAMED)).order_by(col(Variant.id))
_CONTENTS = select(Content).where(col(Content.id).in_(_among("ids")))
_WITHDRAWN = select(QueueEntry.id).where(
    col(QueueEntry.id).in_(_among("ids")), QueueEntry.status == EntryStatus.WITHDRAWN
)
_LINKS = select(TrackedLink.member_id, TrackedLink.variant_id, TrackedLink.code).where(
    col(TrackedLink.member_id).in_(_among("members")), col(TrackedLink.variant_id).in_(_among("variants"))
)
_ASSETS = select(Asset).where(col(Asset.variant_id).in_(_among("ids"))).order_by(col(Asset.id))
_FILES = select(AssetFile).where(col(AssetFile.asset_id).in_(_among("ids")))
_NETWORKS = select(SocialAccount.member_id, SocialAccount.network).where(
    col(SocialAccount.member_id).in_(_among("ids"))
)
_ANSWERS = select(Answer.delivery_id, Answer.kind).where(col(Answer.delivery_id).in_(_among("ids")))
_QUESTIONS = (
    select(Delivery.id, Delivery.status, Member.name)
    .join(Officer, col(Officer.id) == col(Delivery.officer_id))
    .join(Member, col(Member.id) == col(Officer.member_id))
    .where(col(Delivery.id).in_(_among("ids")))
)
_TAKERS = (
    select(Delivery.entry_id, Officer.member_id, Officer.id, Officer.label_sealed)
    .join(Officer, col(Delivery.officer_id) == col(Officer.id))
    .join(Answer, col(Answer.delivery_id) == col(Delivery.id))
    .where(
        col(Delivery.entry_id).in_(_among("entries")),
        col(Officer.member_id).in_(_among("members")),
        col(Answer.kind).in_([AnswerKind.TAKEN, AnswerKind.SHARED]),
    )
    .order_by(col(Answer.at))
)
T = TypeVar("T", Officer, Variant, Content)


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows that some deliveries' cards are made of, by the ids they are asked by."""

    officers: Mapping[int, Officer]
    variants: Mapping[int, Variant]
    siblings: Mapping[int, Mapping[str, Variant]]
    contents: Mapping[int, Content]
    links: Mapping[tuple[int, int], str]
    assets: Mapping[int, Sequence[Asset]]
    files: Mapping[tuple[int, int], str]
    networks: Mapping[int, frozenset[Network]]
    answers: Mapping[int, AnswerKind]
    takers: Mapping[tuple[int, int], Sequence[tuple[int, str]]]
    withdrawn: frozenset[int]
    questions: Mapping[int, tuple[DeliveryStatus, str]]


def get_card(
    session: Session, delivery_id: int, *, settings: Settings, now: datetime, language: str | None = None
) -> Card:
    """Return the card of a delivery; `language` shows the item in another of its languages. Raises NotFound."""
    cards = get_cards(session, [delivery_id], settings=settings, now=now, language=language)
    if delivery_id not in cards:
        raise NotFound(f"there is no delivery {delivery_id}")
    return cards[delivery_id]


def get_cards(
    session: Session, delivery_ids: Sequence[int], *, settings: Settings, now: datetime, language: str | None = None
) -> dict[int, Card]:
    """Return the cards of deliveries by their ids, in a number of statements that does not grow with them."""
    deliveries = session.exec(_DELIVERIES, params={"ids": list(delivery_ids)}).all()
    rows = _gather(session, deliveries)
    return {one.id or 0: _card(session, one, rows, settings, language) for one in deliveries}


def _gather(session: Session, deliveries: Sequence[Delivery]) -> _Rows:
    ids = [one.id or 0 for one in deliveries]
    officers = _by_id(session.exec(_OFFICERS, params={"ids": _known(one.officer_id for one in deliveries)}))
    variants = _by_id(session.exec(_VARIANTS, params={"ids": _known(one.variant_id for one in deliveries)}))
    siblings: dict[int, dict[str, Variant]] = defaultdict(dict)
    for variant in variants.values():
        if variant.url:
            siblings[variant.content_id][variant.language] = variant
    contents = _known(one.content_id for one in variants.values())
    members = _known(one.member_id for one in officers.values())
    entries = _known(one.entry_id for one in deliveries)
    assets = _assets(session, list(variants))
    return _Rows(
        officers,
        variants,
        siblings,
        _by_id(session.exec(_CONTENTS, params={"ids": contents})),
        _links(session, members, list(variants)),
        assets,
        _files(session, assets),
        _networks(session, members),
        _answers(session, ids),
        _takers(session, entries, members),
        frozenset(_known(session.exec(_WITHDRAWN, params={"ids": entries}))),
        _questions(session, _known(one.about_id for one in deliveries)),
    )


def _by_id(rows: Iterable[T]) -> dict[int, T]:
    return {row.id: row for row in rows if row.id is not None}


def _known(ids: Iterable[Any]) -> list[int]:
    return sorted({one for one in ids if one is not None})


def _links(session: Session, members: list[int], variants: list[int]) -> dict[tuple[int, int], str]:
    rows = session.exec(_LINKS, params={"members": members, "variants": variants})
    return {(member_id, variant_id): code for member_id, variant_id, code in rows}


def _assets(session: Session, variants: list[int]) -> dict[int, list[Asset]]:
    found: dict[int, list[Asset]] = defaultdict(list)
    for asset in session.exec(_ASSETS, params={"ids": variants}):
        found[asset.variant_id].append(asset)
    return found


def _files(session: Session, assets: Mapping[int, Sequence[Asset]]) -> dict[tuple[int, int], str]:
    ids = _known(asset.id for some in assets.values() for asset in some)
    files = session.exec(_FILES, params={"ids": ids}) if ids else ()
    return {(one.asset_id, one.bot_id): one.file_id for one in files}


def _networks(session: Session, members: list[int]) -> dict[int, frozenset[Network]]:
    found: dict[int, set[Network]] = defaultdict(set)
    for member_id, network in session.exec(_NETWORKS, params={"ids": members}):
        found[member_id or 0].add(Network(network))
    return {member_id: frozenset(networks) for member_id, networks in found.items()}


def _answers(session: Session, ids: list[int]) -> dict[int, AnswerKind]:
    return {number: AnswerKind(kind) for number, kind in session.exec(_ANSWERS, params={"ids": ids})}


def _questions(session: Session, ids: list[int]) -> dict[int, tuple[DeliveryStatus, str]]:
    rows = session.exec(_QUESTIONS, params={"ids": ids}) if ids else ()
    return {delivery_id: (DeliveryStatus(status), name) for delivery_id, status, name in rows if delivery_id}


def _takers(session: Session, entries: list[int], members: list[int]) -> dict[tuple[int, int], list[tuple[int, str]]]:
    """Return who took or shared an entry within a member, first come first: officer ids and sealed labels."""
    found: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    rows = session.exec(_TAKERS, params={"entries": entries, "members": members})
    for entry_id, member_id, officer_id, sealed in rows:
        found[entry_id or 0, member_id].append((officer_id or 0, sealed))
    return found


def _card(session: Session, delivery: Delivery, rows: _Rows, settings: Settings, language: str | None) -> Card:
    officer = rows.officers.get(delivery.officer_id or 0)
    asked_about = rows.questions.get(delivery.about_id or 0, (None, ""))
    plain = Card(
        delivery_id=delivery.id or 0,
        kind=delivery.kind,
        language=officer.language if officer else settings.organisation.languages[0],
        organisation=settings.organisation.name,
        tier=officer.tier if officer else DataTier.FULL,
        high_risk=officer is not None and officer.high_risk,
        # While it is being sent, its own copy is not counted yet.
        copies=delivery.copies - (delivery.status is not DeliveryStatus.SENDING and delivery.copies > 0),
        about_id=delivery.about_id or 0,
        about_party=asked_about[1],
        about_open=asked_about[0] is DeliveryStatus.NEEDS_REVIEW,
    )
    variant = rows.variants.get(delivery.variant_id or 0)
    if variant is None or delivery.kind is DeliveryKind.WELCOME:
        return plain
    siblings = rows.siblings[variant.content_id]
    shown = siblings.get(language or variant.language, variant)
    card = _with_item(plain, delivery, shown, rows, settings)
    if officer is None:
        return card
    return replace(
        card,
        other_languages=tuple(one for one in sorted(siblings) if one != shown.language),
        answer=rows.answers.get(delivery.id or 0),
        taken_by=_taken_by(session, delivery, officer, rows),
    )


def _with_item(plain: Card, delivery: Delivery, variant: Variant, rows: _Rows, settings: Settings) -> Card:
    officer = rows.officers.get(delivery.officer_id or 0)
    member_id = officer.member_id if officer else 0
    code = rows.links.get((member_id, variant.id or 0))
    url = f"{settings.web.public_url}/r/{code}" if code else variant.url
    content = rows.contents.get(variant.content_id)
    asset = _choose_asset(rows.assets.get(variant.id or 0, ()), plain.tier)
    return replace(
        plain,
        item_kind=content.kind if content else plain.item_kind,
        item_language=variant.language,
        title=variant.title,
        text=variant.text,
        url=url,
        published_at=content.published_at if content else None,
        media=_media(asset) if asset else None,
        file_id=rows.files.get((asset.id or 0, delivery.bot_id)) if asset else None,
        shares=_shares(rows.networks.get(member_id, frozenset()), variant.title, url) if url else (),
        withdrawn=delivery.entry_id in rows.withdrawn,
    )


def _choose_asset(assets: Sequence[Asset], tier: DataTier) -> Asset | None:
    """Return the best media for the officer's connection: the widest picture that is not huge."""
    for kind in _ORDER[tier]:
        fitting = [one for one in assets if one.kind is kind and (one.width or 0) <= _WIDEST]
        if fitting:
            return max(fitting, key=lambda one: (one.width or 0, -(one.id or 0)))
    return None


def _media(asset: Asset) -> Media:
    return Media(
        asset.kind,
        asset.url,
        asset.mime,
        asset.size_bytes,
        asset.duration_s,
        asset.width,
        asset.height,
        asset.alt,
    )


def _shares(own: frozenset[Network], title: str, url: str) -> tuple[ShareButton, ...]:
    """Return where to share, the networks the party is on first."""
    order: list[Network] = sorted(SHARE_ORDER, key=lambda place: place not in own)
    made = ((place, share_url(place, text=title, url=url)) for place in order[:PLACES])
    return tuple(ShareButton(place.value, address) for place, address in made if address)


def _taken_by(session: Session, delivery: Delivery, officer: Officer, rows: _Rows) -> str | None:
    """Return the label of the colleague who took or shared it first, or None."""
    takers = rows.takers.get((delivery.entry_id or 0, officer.member_id), ())
    sealed = next((label for officer_id, label in takers if officer_id != officer.id), None)
    return vault_of(session).open(sealed) if sealed else None
