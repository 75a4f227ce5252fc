"""What officers' messages show: many at once, since a turn of sending needs many; staff's preview alike."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound
from sharebot.models import Delivery, ObservedPost, Officer, Variant
from sharebot.rules.claim_lock import hold
from sharebot.rules.share_links import SHARE_ORDER, choose_places, repost_place, repost_url, share_url
from sharebot.rules.tiers import Held, choose_file, list_offers
from sharebot.store.card_rows import ItemRows, Link, Rows, Word, gather, join_hashtags
from sharebot.store.contents import list_variants
from sharebot.store.database import vault_of
from sharebot.store.drafted import as_drafted, gather_preview
from sharebot.store.renditions import held_of, light_of
from sharebot.store.vault import Vault
from sharebot.values.cards import Card, PostText, ShareButton, Taken
from sharebot.values.drafts import Draft
from sharebot.values.status import AnswerKind, DataTier, DeliveryKind, DeliveryStatus, Network

_DELIVERIES = (
    select(Delivery)
    .where(col(Delivery.id).in_(bindparam("ids", expanding=True)))
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class _Wish:
    """How cards are to be shown, beside what the rows say."""

    settings: Settings
    now: datetime
    vault: Vault
    language: str | None = None
    tier: DataTier | None = None
    straight: bool = False


@dataclass(frozen=True, slots=True)
class _Receiver:
    """Who an item is shown to; without a `link`, or `untracked`, addresses lead straight to where they mean."""

    bot_id: int = 0
    link: Link | None = None
    untracked: bool = False
    places: tuple[Network, ...] = SHARE_ORDER
    handle: str = ""


def get_card(
    session: Session,
    delivery_id: int,
    *,
    settings: Settings,
    now: datetime,
    language: str | None = None,
    tier: DataTier | None = None,
) -> Card:
    """Return the card of a delivery; `language` and `tier` show the item in another one. Raises NotFound."""
    cards = get_cards(session, [delivery_id], settings=settings, now=now, language=language, tier=tier)
    if delivery_id not in cards:
        raise NotFound(f"there is no delivery {delivery_id}")
    return cards[delivery_id]


def get_cards(  # noqa: PLR0913 - what is shown, and how
    session: Session,
    delivery_ids: Sequence[int],
    *,
    settings: Settings,
    now: datetime,
    language: str | None = None,
    tier: DataTier | None = None,
    straight: bool = False,
) -> dict[int, Card]:
    """Return the cards of deliveries by their ids, in a number of statements that does not grow with them.

    `straight` shows no short link, for a reader who refuses to be counted where the receiver does not.
    """
    deliveries = session.exec(_DELIVERIES, params={"ids": list(delivery_ids)}).all()
    rows, wish = gather(session, deliveries), _Wish(settings, now, vault_of(session), language, tier, straight)
    return {one.id or 0: _card(one, rows, wish) for one in deliveries}


def list_previews(
    session: Session,
    content_id: int,
    *,
    settings: Settings,
    now: datetime,
    tier: DataTier = DataTier.FULL,
    draft: Draft | None = None,
) -> list[Card]:
    """Return the card of each language version, as an officer who reads that language would get it.

    With a `draft` it is shown as that has it, kept or not. The party's own short link does not exist yet; the item's
    address stands in for it.
    """
    variants = list_variants(session, content_id)
    rows = gather_preview(session, content_id, variants)
    if draft is not None and variants:
        rows, variants = as_drafted(session, rows, variants, draft)
    wish = _Wish(settings, now, vault_of(session))
    shown = list(rows.siblings.get(content_id, {}).values()) or variants
    organisation = settings.organisation.name
    return [
        _with_item(Card(0, DeliveryKind.ITEM, one.language, organisation, tier), one, rows, _Receiver(), wish)
        for one in sorted(shown, key=lambda one: one.language)
    ]


def _card(delivery: Delivery, rows: Rows, wish: _Wish) -> Card:
    officer = rows.officers.get(delivery.officer_id or 0)
    asked_about = rows.questions.get(delivery.about_id or 0, (None, ""))
    plain = Card(
        delivery_id=delivery.id or 0,
        kind=delivery.kind,
        language=officer.language if officer else wish.settings.organisation.languages[0],
        organisation=wish.settings.organisation.name,
        tier=wish.tier or (officer.tier if officer else DataTier.FULL),
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
    siblings = rows.items.siblings[variant.content_id]
    shown = siblings.get(wish.language or variant.language, variant)
    receiver = _receiver(delivery, shown, officer, rows)
    receiver = replace(receiver, untracked=receiver.untracked or wish.straight)
    item = _with_item(plain, shown, rows.items, receiver, wish)
    if (delivery.entry_id, delivery.officer_id) in rows.forwarded:
        # The channel's own post, with its media, stands just above.
        item = replace(item, media=None, file_id=None)
    asked = shown.language if shown is not variant else ""
    card = replace(item, withdrawn=delivery.entry_id in rows.withdrawn, asked_language=asked)
    share_from = rows.share_from.get(delivery.entry_id or 0)
    if share_from is not None and share_from > wish.now:
        card = _embargoed(card, share_from, wish)
    return card if officer is None else _with_words(card, delivery, officer, rows, wish)


def _embargoed(card: Card, share_from: datetime, wish: _Wish) -> Card:
    """Take away all by which an item is passed on, until it may be."""
    zone = wish.settings.organisation.zone
    return replace(card, share_from=share_from, zone=zone, url=None, post=PostText(""), shares=(), reposts=())


def _receiver(delivery: Delivery, variant: Variant, officer: Officer | None, rows: Rows) -> _Receiver:
    if officer is None:
        return _Receiver(delivery.bot_id)
    accounts = rows.accounts.get(officer.member_id, {})
    chosen = {Network(word) for word in officer.networks.split(",") if word in set(Network)}
    return _Receiver(
        delivery.bot_id,
        rows.links.get((officer.member_id, variant.id or 0)),
        officer.untracked,
        choose_places(chosen, accounts),
        accounts.get(Network.MASTODON, ""),
    )


def _with_item(plain: Card, variant: Variant, rows: ItemRows, receiver: _Receiver, wish: _Wish) -> Card:
    """Add what an item shows, whoever gets it."""
    content = rows.contents.get(variant.content_id)
    item, light = content.kind if content else plain.item_kind, light_of(wish.settings)
    files = _files(rows, variant, receiver)
    file = choose_file(files, plain.tier, light, item=item)
    link = None if receiver.untracked else receiver.link
    url = f"{wish.settings.web.public_url}/r/{link.code}" if link else variant.url or ""
    words = receiver.link.wording if receiver.link else rows.wordings.get(variant.id or 0)
    post = _post_text(words or variant.title, variant, rows, url)
    posts = _own_posts(rows.own_posts.get(variant.content_id, ()), variant.language)
    return replace(
        plain,
        item_kind=item,
        item_language=variant.language,
        title=variant.title,
        text=variant.text,
        url=url or None,
        published_at=content.published_at if content else None,
        proposed_by=rows.proposers.get(variant.content_id, ""),
        media=file.media if file else None,
        file_id=rows.files.get((file.asset_id, receiver.bot_id)) if file else None,
        offers=list_offers(files, plain.tier, light, item=item),
        post=post,
        shares=_shares(post, receiver, title=variant.title, short=link is not None) if url else (),
        reposts=_reposts(posts, url if link else ""),
        other_languages=tuple(one for one in sorted(rows.siblings[variant.content_id]) if one != variant.language),
    )


def _post_text(words: str, variant: Variant, rows: ItemRows, url: str) -> PostText:
    campaign, content = rows.campaigns.get(variant.content_id), rows.contents.get(variant.content_id)
    hashtags, own = join_hashtags(campaign, content), rows.own_words.get(variant.id or 0, ())
    return PostText(words, hashtags, campaign.line if campaign else "", url, tuple(own))


def _files(rows: ItemRows, variant: Variant, receiver: _Receiver) -> list[Held]:
    assets = rows.assets.get(variant.id or 0, ())
    return [held_of(asset, is_known=(asset.id or 0, receiver.bot_id) in rows.files) for asset in assets]


def _shares(post: PostText, receiver: _Receiver, *, title: str, short: bool) -> tuple[ShareButton, ...]:
    """Return where to share: through the party's short link, which counts it, or straight to the network."""
    if short:
        return tuple(ShareButton(place.value, f"{post.url}/{place.value}") for place in receiver.places)
    # Telegram's buttons take no mailto: address.
    straight = [place for place in receiver.places if place is not Network.EMAIL]
    made = ((place, share_url(place, post, title=title, handle=receiver.handle)) for place in straight)
    return tuple(ShareButton(place.value, address) for place, address in made if address)


def _own_posts(posts: Sequence[ObservedPost], language: str) -> dict[Network, ObservedPost]:
    """Return the Alliance's own post on each network, rather the latest one in this language."""
    return {post.network: post for post in sorted(posts, key=lambda one: one.language == language)}


def _reposts(posts: dict[Network, ObservedPost], short_url: str) -> tuple[ShareButton, ...]:
    made = [(network, repost_url(network, one.external_id, one.url)) for network, one in posts.items()]
    return tuple(
        ShareButton(network.value, f"{short_url}/{repost_place(network)}" if short_url else address)
        for network, address in sorted(made)
        if address
    )


def _with_words(card: Card, delivery: Delivery, officer: Officer, rows: Rows, wish: _Wish) -> Card:
    """Add what the officer and their colleagues said of it; whoever took an item has it for a time only."""
    lasts = timedelta(hours=wish.settings.sending.lock_hours)
    own = rows.answers.get(delivery.id or 0)
    if own is not None and own.kind is AnswerKind.TAKEN and own.at + lasts <= wish.now:
        own = None
    party = rows.party_answers.get((delivery.entry_id or 0, officer.member_id), ())
    zone = rows.zones[officer.id or 0]
    colleagues = [word for word in party if word.delivery_id != delivery.id]
    return replace(
        card,
        answer=own.kind if own else None,
        has_link=own is not None and own.network is not None,
        answered_by=wish.vault.open(own.label_sealed) if own and own.officer_id != officer.id else None,
        taken=_taken(colleagues, wish, zone),
        zone=zone,
    )


def _taken(colleagues: Sequence[Word], wish: _Wish, zone: str) -> Taken | None:
    """Return who has it now, else who shared it first, else None."""
    lasts = timedelta(hours=wish.settings.sending.lock_hours)
    for word in colleagues:
        until = word.at + lasts
        if word.kind is AnswerKind.TAKEN and until > wish.now:
            return hold(wish.vault.open(word.label_sealed), until, now=wish.now, zone=zone)
    sharer = next((word for word in colleagues if word.kind is AnswerKind.SHARED), None)
    return Taken(wish.vault.open(sharer.label_sealed)) if sharer else None
