"""What the kit of an item holds: all that is needed to post it by hand."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Asset, Delivery, Variant
from sharebot.rules.share_links import SHARE_ORDER, pasted_text
from sharebot.store.cards import get_card
from sharebot.store.renditions import OURS
from sharebot.values.cards import Card, Kit, KitText
from sharebot.values.status import AssetKind, Network

_PASTED = (*SHARE_ORDER, Network.INSTAGRAM)  # Instagram has no share button, so that its text is in the kit only


def get_kit(
    session: Session, delivery: Delivery, *, settings: Settings, now: datetime, language: str | None = None
) -> Kit:
    """Return the kit of a delivered item, in another of its `language`s when one is asked for.

    An embargoed item has an empty one.
    """
    card = get_card(session, delivery.id or 0, settings=settings, now=now, language=language)
    if card.share_from is not None:
        kept = Kit(card.language, card.title, (), high_risk=card.high_risk)
        return replace(kept, share_from=card.share_from, zone=card.zone)
    variant = session.get_one(Variant, delivery.variant_id)
    if card.asked_language:
        others = select(Variant).where(
            Variant.content_id == variant.content_id, Variant.language == card.asked_language
        )
        variant = session.exec(others).one()
    picture = _picture(session, variant.id or 0)
    return Kit(
        card.language,
        card.title,
        _texts(card),
        hashtags=card.post.hashtags,
        source_url=variant.url,
        picture_url=picture.url if picture and not picture.url.startswith(OURS) else None,
        picture_alt=picture.alt if picture else None,
        high_risk=card.high_risk,
    )


def _texts(card: Card) -> tuple[KitText, ...]:
    """Return the texts that differ, each with the places it fits, in our order."""
    used = {share.place for share in card.shares} | {Network.INSTAGRAM.value}
    found: dict[str, list[Network]] = {}
    for place in _PASTED:
        if place.value in used:
            found.setdefault(pasted_text(place, card.post), []).append(place)
    return tuple(KitText(tuple(places), text) for text, places in found.items())


def _picture(session: Session, variant_id: int) -> Asset | None:
    """Return the largest picture as it was published, not one that we made lighter."""
    pictures = select(Asset).where(
        Asset.variant_id == variant_id, Asset.kind == AssetKind.PICTURE, col(Asset.original_id).is_(None)
    )
    return max(session.exec(pictures), key=lambda one: (one.width or 0, -(one.id or 0)), default=None)
