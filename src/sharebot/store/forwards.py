"""What our rows know of a forwarded message: whose channel it came from, and which of our items is in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Delivery, SocialAccount, TrackedLink, Variant
from sharebot.store.posts import find_item
from sharebot.values.page_urls import normalise_url
from sharebot.values.posts import PastedLink
from sharebot.values.status import Network


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose registered channel it is: the Alliance's, a member's, or nobody's."""

    is_alliance: bool = False
    member_id: int | None = None


def find_owner(session: Session, username: str | None, chat_id: int | None = None) -> Owner:
    """Return whose channel this is: by its number, which it keeps, before its name."""
    of_telegram = select(SocialAccount).where(SocialAccount.network == Network.TELEGRAM)
    account = session.exec(of_telegram.where(SocialAccount.external_id == str(chat_id))).first() if chat_id else None
    if account is None and username:
        names = [username.lower(), f"@{username.lower()}"]
        named = of_telegram.where(func.lower(SocialAccount.handle).in_(names))
        account = session.exec(named.order_by(col(SocialAccount.id))).first()
    return Owner(account.member_id is None, account.member_id) if account else Owner()


def find_ours(session: Session, officer_id: int, links: Sequence[PastedLink], *, settings: Settings) -> Delivery | None:
    """Return the item that one of these links is of, if the officer got it: by a short link, or by its page."""
    for link in links:
        content_id = _content_of(session, link.url, settings)
        item = find_item(session, officer_id, content_id) if content_id else None
        if item is not None:
            return item
    return None


def _content_of(session: Session, url: str, settings: Settings) -> int | None:
    plain, base = normalise_url(url) or "", normalise_url(f"{settings.web.public_url}/r") or "-"
    of_code = select(Variant.content_id).join(TrackedLink, col(TrackedLink.variant_id) == col(Variant.id))
    if plain.startswith(f"{base}/"):
        return session.exec(of_code.where(TrackedLink.code == plain.removeprefix(f"{base}/"))).first()
    of_page = select(Variant.url, Variant.content_id).where(col(Variant.url).is_not(None))
    pages = {normalise_url(known or ""): content_id for known, content_id in session.exec(of_page)} if plain else {}
    return pages.get(plain)


def title_of(session: Session, delivery: Delivery) -> str:
    """Return the title of an item as it was brought."""
    variant = session.get(Variant, delivery.variant_id) if delivery.variant_id else None
    return variant.title if variant else ""
