"""Cards of drafts in staff's chats: one comes for each draft, says what is decided, and stays up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Asset, Chat, Content, Delivery, QueueEntry, Source
from sharebot.rules.timing import local_instant
from sharebot.store.chats import find_chat, main_chat, open_address
from sharebot.store.contents import get_content, list_variants
from sharebot.store.deliveries import may_show, new_delivery
from sharebot.store.draft_marks import mark_content
from sharebot.store.draft_states import find_decider, list_standings, terms_shown
from sharebot.store.renditions import media_of
from sharebot.store.staff_telegram import find_by_telegram
from sharebot.store.upsert import insert_ignore
from sharebot.values.cards import Subject
from sharebot.values.desk import DraftCard, DraftState, Version, When, Whom
from sharebot.values.feeds import Media
from sharebot.values.status import AssetKind, ContentStatus, DeliveryKind, DeliveryStatus

GROUPED = timedelta(minutes=3)  # the feeds bring the language versions of one story one by one
AN_HOUR = 10  # cards that staff's chat gets in one hour; the others come in the next
_LOOKED_BACK, _LASTS = timedelta(days=2), timedelta(days=14)
_HOUR, _AGAIN = timedelta(hours=1), time(9)
_UNSENT = (DeliveryStatus.QUEUED, DeliveryStatus.CANCELLED)
_ASKED = (DraftState.OPEN, DraftState.WAITING, DraftState.RETURNED)  # a card may still come for these


def add_new(session: Session, *, staff_chat: int, now: datetime) -> int:
    """Queue a card for each draft that stood for three minutes, the oldest first; return how many."""
    chat = main_chat(session, staff_chat)
    mine = (col(Delivery.kind) == DeliveryKind.DRAFT, col(Delivery.chat_id) == chat[0])
    known = exists().where(col(Delivery.about_content_id) == col(Content.id), *mine)
    drafts = select(Content.id).where(
        Content.status == ContentStatus.DRAFT,
        Content.created_at <= now - GROUPED,
        Content.created_at > now - _LOOKED_BACK,
        ~known,
    )
    recent = select(func.count()).where(*mine, Delivery.created_at > now - _HOUR)
    room = max(0, AN_HOUR - session.exec(recent).one())
    found = session.exec(drafts.order_by(col(Content.id)).limit(room)).all() if room else ()
    return sum(add_card(session, one, chat=chat, now=now) for one in found if one is not None)


def add_card(
    session: Session, content_id: int, *, chat: tuple[int, int], now: datetime, due_at: datetime | None = None
) -> int:
    """Queue one more card of a content for a chat; `chat` is its id and its bot's. Raises NotFound."""
    earlier = select(func.count()).where(
        Delivery.about_content_id == content_id, Delivery.kind == DeliveryKind.DRAFT, Delivery.chat_id == chat[0]
    )
    number, mark = session.exec(earlier).one() + 1, mark_content(session, content_id)
    standing = list_standings(session, [content_id])[content_id]
    at = due_at or now
    row = new_delivery(
        f"draft:{content_id}:{chat[0]}:{number}:{mark}:{standing.stamp}",
        DeliveryKind.DRAFT,
        chat=chat,
        due_at=at,
        expires_at=at + _LASTS,
        now=now,
    )
    return insert_ignore(session, Delivery, [row | {"about_content_id": content_id}])


def show_again(session: Session, content_id: int, *, chat: tuple[int, int], settings: Settings, now: datetime) -> bool:
    """Have a draft come up again tomorrow at nine; False when it does already."""
    if _find_again(session, content_id, chat[0]) is not None:
        return False
    zone = settings.organisation.zone
    tomorrow = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    due_at = local_instant(tomorrow, _AGAIN, zone)
    return bool(add_card(session, content_id, chat=chat, now=now, due_at=due_at))


def redraw(session: Session, *, now: datetime) -> int:
    """Have the cards shown anew whose contents stand differently, wherever that was decided; return how many.

    What an approval of a card is bound to stays what was seen when it came. One that was to come up again does not
    when the draft is decided on.
    """
    shown = session.exec(
        select(Delivery).where(
            Delivery.kind == DeliveryKind.DRAFT,
            Delivery.expires_at > now,
            col(Delivery.status).in_([DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.SENT]),
        )
    ).all()
    standings = list_standings(session, {one.about_content_id or 0 for one in shown})
    changed = 0
    for card in shown:
        standing = standings.get(card.about_content_id or 0)
        if standing is None or card.key.endswith(f":{standing.stamp}"):
            continue
        values: dict[str, object] = {"key": f"{card.key.rpartition(':')[0]}:{standing.stamp}", "edit_at": now}
        if card.status is DeliveryStatus.QUEUED and standing.state not in _ASKED:
            values |= {"status": DeliveryStatus.CANCELLED, "edit_at": None}
        session.execute(update(Delivery).where(col(Delivery.id) == card.id).values(**values))
        changed += 1
    return changed


def find_card(session: Session, content_id: int, *, bot_id: int, address: int, message_id: int) -> Delivery | None:
    """Return the card of a content that a message shows; None when the message shows none."""
    chat = find_chat(session, bot_id, address)
    cards = select(Delivery).where(
        Delivery.about_content_id == content_id,
        Delivery.kind == DeliveryKind.DRAFT,
        Delivery.chat_id == (chat.id if chat else None),
    )
    newest = session.exec(cards.order_by(col(Delivery.id).desc()).execution_options(populate_existing=True)).all()
    return next((one for one in newest if one.status not in _UNSENT and may_show(one, message_id)), None)


def seen_mark(card: Delivery) -> str:
    """Return the mark of what its reader saw."""
    return card.key.split(":")[4]


def note_seen(session: Session, card: Delivery) -> None:
    """Note that a card shows the content as it is now."""
    content_id = card.about_content_id or 0
    mark, standing = mark_content(session, content_id), list_standings(session, [content_id])[content_id]
    key = ":".join([*card.key.split(":")[:4], mark, standing.stamp])
    session.execute(update(Delivery).where(col(Delivery.id) == card.id).values(key=key))


def gather(session: Session, delivery_ids: Sequence[int], settings: Settings, now: datetime) -> Mapping[int, Subject]:
    """Return the cards of deliveries, each in the language of the chat's reader."""
    rows = session.exec(
        select(Delivery, Chat)
        .join(Chat, col(Chat.id) == col(Delivery.chat_id))
        .where(col(Delivery.id).in_(delivery_ids), col(Delivery.about_content_id).is_not(None))
    ).all()
    found: dict[int, Subject] = {}
    for delivery, chat in rows:
        reader = _reader_of(session, chat, settings)
        number = delivery.about_content_id or 0
        card = get_draft_card(session, number, reader=reader, settings=settings, chat_id=delivery.chat_id)
        found[delivery.id or 0] = replace(card, again_at=None) if delivery.sent_at is None else card
    return found


def _reader_of(session: Session, chat: Chat, settings: Settings) -> str:
    address = open_address(session, chat)
    staff = find_by_telegram(session, address) if isinstance(address, int) and address > 0 else None
    is_shared = staff is None or address == settings.telegram.staff_chat
    return settings.organisation.languages[0] if is_shared or staff is None else staff.language


def get_draft_card(
    session: Session, content_id: int, *, reader: str, settings: Settings, chat_id: int | None
) -> DraftCard:
    """Return a content as staff's card in a chat shows it. Raises NotFound."""
    content, variants = get_content(session, content_id), list_variants(session, content_id)
    standing = list_standings(session, [content_id])[content_id]
    entry = session.get(QueueEntry, standing.entry_id, populate_existing=True) if standing.entry_id else None
    source = session.get(Source, variants[0].source_id) if variants and variants[0].source_id else None
    shown = standing.state in {DraftState.WAITING, DraftState.PLANNED, DraftState.OUT}
    when: When | None = None
    whom = Whom()
    if entry is not None and shown:
        when, whom = terms_shown(entry)
    ordered = sorted(variants, key=lambda one: (one.language != reader, one.language))
    return DraftCard(
        number=content_id,
        reader=reader,
        zone=settings.organisation.zone,
        state=standing.state,
        kind=content.kind,
        versions=tuple(Version(one.language, one.title, one.text) for one in ordered),
        page_url=f"{settings.web.public_url}/contents/{content_id}",
        source=(source.title or source.url) if source else "",
        reasons=tuple(line for line in content.quarantine.split("\n") if line),
        media=_picture(session, [one.id or 0 for one in ordered]),
        by=find_decider(session, standing, entry, content_id),
        note=entry.note if entry is not None else "",
        when=when,
        whom=whom,
        again_at=_find_again(session, content_id, chat_id),
        in_chat=settings.approval.in_chat,
    )


def _find_again(session: Session, content_id: int, chat_id: int | None) -> datetime | None:
    waits = select(Delivery.due_at).where(
        Delivery.about_content_id == content_id,
        Delivery.kind == DeliveryKind.DRAFT,
        Delivery.chat_id == chat_id,
        Delivery.status == DeliveryStatus.QUEUED,
        Delivery.due_at > Delivery.created_at,
    )
    return session.exec(waits).first()


def _picture(session: Session, variant_ids: Sequence[int]) -> Media | None:
    """Return the lightest picture there is, of the first version that has one."""
    pictures = select(Asset).where(col(Asset.variant_id).in_(variant_ids), Asset.kind == AssetKind.PICTURE)
    found = session.exec(pictures.order_by(col(Asset.id))).all()
    best = min(
        found,
        key=lambda one: (variant_ids.index(one.variant_id), one.original_id is None, one.id or 0),
        default=None,
    )
    return media_of(best) if best else None
