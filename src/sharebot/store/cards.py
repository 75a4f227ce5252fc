"""Gather what one officer's message shows."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Answer, Asset, Content, Delivery, Officer, SocialAccount, TrackedLink, Variant
from sharebot.rules.share_links import SHARE_ORDER, share_url
from sharebot.store.answers import is_withdrawn
from sharebot.store.contents import list_variants
from sharebot.store.database import vault_of
from sharebot.store.deliveries import get_delivery
from sharebot.values.cards import Card, ShareButton
from sharebot.values.feeds import Media
from sharebot.values.status import AnswerKind, AssetKind, DataTier, DeliveryKind, DeliveryStatus, Network

PLACES = 6
_WIDEST = 1280
_ORDER = {
    DataTier.FULL: (AssetKind.VIDEO, AssetKind.AUDIO, AssetKind.PICTURE),
    DataTier.LIGHT: (AssetKind.PICTURE,),
    DataTier.TEXT: (),
}


def get_card(session: Session, delivery_id: int, *, settings: Settings, language: str | None = None) -> Card:
    """Return the card of a delivery; `language` shows the item in another of its languages."""
    delivery = get_delivery(session, delivery_id)
    officer = session.get(Officer, delivery.officer_id)
    assert officer is not None  # noqa: S101 - a foreign key
    plain = Card(
        delivery_id=delivery_id,
        kind=delivery.kind,
        language=officer.language,
        organisation=settings.organisation.name,
        tier=officer.tier,
        high_risk=officer.high_risk,
        # While it is being sent, its own copy is not counted yet.
        copies=delivery.copies - (delivery.status is not DeliveryStatus.SENDING and delivery.copies > 0),
    )
    variant = session.get(Variant, delivery.variant_id) if delivery.kind is DeliveryKind.ITEM else None
    if variant is None:
        return plain
    siblings = {one.language: one for one in list_variants(session, variant.content_id) if one.url}
    shown = siblings.get(language or variant.language, variant)
    return _item_card(session, plain, delivery, officer, shown, sorted(siblings), settings)


def _item_card(  # noqa: PLR0913, PLR0917 - one value made of many rows
    session: Session,
    plain: Card,
    delivery: Delivery,
    officer: Officer,
    variant: Variant,
    languages: Sequence[str],
    settings: Settings,
) -> Card:
    url = _short_url(session, officer.member_id, variant, settings)
    content = session.get(Content, variant.content_id)
    asset = _choose_asset(session, variant, officer.tier)
    return Card(
        delivery_id=plain.delivery_id,
        kind=plain.kind,
        language=plain.language,
        organisation=plain.organisation,
        tier=plain.tier,
        high_risk=plain.high_risk,
        copies=plain.copies,
        item_kind=content.kind if content else plain.item_kind,
        item_language=variant.language,
        title=variant.title,
        text=variant.text,
        url=url,
        published_at=content.published_at if content else None,
        media=_media(asset) if asset else None,
        file_id=asset.file_id if asset else None,
        shares=_shares(session, officer.member_id, variant.title, url) if url else (),
        other_languages=tuple(one for one in languages if one != variant.language),
        answer=_answer(session, delivery.id or 0),
        taken_by=_taken_by(session, delivery, officer),
        withdrawn=is_withdrawn(session, delivery),
    )


def _short_url(session: Session, member_id: int, variant: Variant, settings: Settings) -> str | None:
    link = select(TrackedLink.code).where(TrackedLink.member_id == member_id, TrackedLink.variant_id == variant.id)
    code = session.exec(link).first()
    return f"{settings.web.public_url}/r/{code}" if code else variant.url


def _choose_asset(session: Session, variant: Variant, tier: DataTier) -> Asset | None:
    """Return the best media for the officer's connection: the widest picture that is not huge."""
    assets = session.exec(select(Asset).where(Asset.variant_id == variant.id).order_by(col(Asset.id))).all()
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


def _shares(session: Session, member_id: int, title: str, url: str) -> tuple[ShareButton, ...]:
    """Return where to share, the networks the party is on first."""
    accounts = select(SocialAccount.network).where(SocialAccount.member_id == member_id)
    own = set(session.exec(accounts))
    order: list[Network] = sorted(SHARE_ORDER, key=lambda place: place not in own)
    made = ((place, share_url(place, text=title, url=url)) for place in order[:PLACES])
    return tuple(ShareButton(place.value, address) for place, address in made if address)


def _answer(session: Session, delivery_id: int) -> AnswerKind | None:
    answer = session.exec(select(Answer).where(Answer.delivery_id == delivery_id)).first()
    return answer.kind if answer else None


def _taken_by(session: Session, delivery: Delivery, officer: Officer) -> str | None:
    """Return the label of the colleague who took or shared it first, or None."""
    first = (
        select(Officer.label_sealed)
        .join(Delivery, col(Delivery.officer_id) == col(Officer.id))
        .join(Answer, col(Answer.delivery_id) == col(Delivery.id))
        .where(
            Delivery.entry_id == delivery.entry_id,
            col(Answer.kind).in_([AnswerKind.TAKEN, AnswerKind.SHARED]),
            Officer.member_id == officer.member_id,
            Officer.id != officer.id,
        )
        .order_by(col(Answer.at))
    )
    sealed = session.exec(first).first()
    return vault_of(session).open(sealed) if sealed else None
