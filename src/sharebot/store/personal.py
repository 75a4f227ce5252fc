"""Officers with a mailbox: their enrolment, and the page that each mail of theirs leads to."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from sharebot.config.bots import MAIL
from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import Chat, Delivery, Erasure, Member, Officer, QueueEntry, Variant
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import ensure_chat
from sharebot.store.database import vault_of
from sharebot.store.deliveries import get_delivery, new_delivery
from sharebot.store.edits import in_order
from sharebot.store.officers import get_officer
from sharebot.store.renditions import find_picture
from sharebot.store.upsert import insert_ignore
from sharebot.values.letters import Reader
from sharebot.values.status import ChatKind, DataTier, DeliveryKind, EntryStatus, OfficerStatus
from sharebot.values.taps import LARGEST

ENROLMENT_LASTS = timedelta(days=7)
_DIGITS = len(str(LARGEST))
_FREE = (OfficerStatus.INVITED, OfficerStatus.GONE)
_HERE = (OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE)
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\\]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came by a mail's link, and what that mail was about; past its time only leaving is open."""

    delivery: Delivery
    officer_id: int
    is_over: bool


def invite_by_mail(session: Session, officer_id: int, address: str, *, now: datetime) -> None:
    """Queue the mail that asks the holder of an address whether they agree; only that is sent before they do.

    Raises Refused when the seat is taken, or the address is none or has a seat already.
    """
    if _ADDRESS.fullmatch(address) is None:
        raise Refused("this is no e-mail address")
    seat = get_officer(session, officer_id)
    if seat.status not in _FREE:
        raise Refused(f"the seat of {seat.label} is taken ({seat.status.value})")
    if session.get(Erasure, officer_id) is not None:
        raise Refused(f"the seat {officer_id} was erased; make a new one")
    bot_id = ensure_bots(session, [MAIL])[MAIL]
    chat_id = ensure_chat(session, bot_id, address, ChatKind.MAILBOX)
    holder = session.exec(select(Officer.id).where(Officer.chat_id == chat_id, Officer.id != officer_id)).first()
    if holder is not None:
        raise Refused("this address has a seat already")
    seated = update(Officer).where(col(Officer.id) == officer_id)
    session.execute(seated.values(chat_id=chat_id, status=OfficerStatus.INVITED, joined_at=None, consented_at=None))
    earlier = select(func.count()).where(col(Delivery.key).startswith(f"enrol:{officer_id}:"))
    row = new_delivery(
        f"enrol:{officer_id}:{session.exec(earlier).one() + 1}",
        DeliveryKind.WELCOME,
        chat=(chat_id, bot_id),
        due_at=now,
        expires_at=now + ENROLMENT_LASTS,
        now=now,
    )
    # Not the officer's own delivery: nothing of those is sent before they have agreed.
    insert_ignore(session, Delivery, [row | {"about_officer_id": officer_id}])


def agree(session: Session, officer_id: int, *, now: datetime) -> bool:
    """Let somebody in who agreed; staff gave the address, so they know who it is. False when they are in already."""
    asked = update(Officer).where(col(Officer.id) == officer_id, col(Officer.status) == OfficerStatus.INVITED)
    agreed = asked.values(status=OfficerStatus.ACTIVE, joined_at=now, consented_at=now)
    return session.execute(agreed.returning(col(Officer.id))).first() is not None


def page_token(session: Session, delivery_id: int) -> str:
    """Return what opens a delivery's page: nobody can make it without the key, and it is stored nowhere.

    It is of its mailbox too: after a restored backup the number may be that of a delivery to somebody else.
    """
    whose = select(Chat.address_index).join(Delivery, col(Delivery.chat_id) == col(Chat.id))
    mailbox = session.exec(whose.where(Delivery.id == delivery_id)).first()
    return f"{delivery_id}-{vault_of(session).index(f'personal page {delivery_id} of {mailbox}')[:40]}"


def find_visit(session: Session, token: str, *, now: datetime) -> Visit | None:
    """Return whose page a token opens; None for every token that opens nothing."""
    number = token.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and len(number) <= _DIGITS and int(number) <= LARGEST):
        return None
    if not hmac.compare_digest(page_token(session, int(number)).encode(), token.encode("utf-8", "replace")):
        return None
    delivery = session.get(Delivery, int(number))
    officer_id = (delivery.officer_id or delivery.about_officer_id) if delivery else None
    officer = session.get(Officer, officer_id) if officer_id else None
    if delivery is None or officer is None or officer.chat_id is None or officer.chat_id != delivery.chat_id:
        return None
    enrols = delivery.officer_id is None
    if officer.status not in (*_HERE, *([OfficerStatus.INVITED] if enrols else [])):
        return None
    return Visit(delivery, officer_id or 0, delivery.expires_at <= now)


def get_reader(session: Session, delivery_id: int, *, settings: Settings) -> Reader:
    """Return what a mail has to know of its reader."""
    delivery = get_delivery(session, delivery_id)
    officer = session.get_one(Officer, delivery.officer_id or delivery.about_officer_id)
    member = session.get_one(Member, officer.member_id)
    picture = None
    if officer.tier is not DataTier.TEXT and delivery.kind is DeliveryKind.ITEM:
        picture = find_picture(session, delivery.variant_id)
    return Reader(
        number=delivery_id,
        page_url=f"{settings.web.public_url}/o/{page_token(session, delivery_id)}",
        language=officer.language,
        party=member.name,
        organisation=settings.organisation.name,
        enrols=delivery.officer_id is None,
        picture=picture[1] if picture else None,
        alt=(picture[0].alt if picture else None) or "",
    )


def list_listed(session: Session, digest: Delivery, *, now: datetime) -> list[tuple[str, str]]:
    """Return the titles of the items that a digest lists, each with what opens its page."""
    listed = (
        select(Delivery.id, Variant.title)
        .join(Variant, col(Variant.id) == col(Delivery.variant_id))
        .join(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(Delivery.digest_id == digest.id, Delivery.expires_at > now, QueueEntry.status != EntryStatus.WITHDRAWN)
        .order_by(col(Delivery.id))
    )
    return [(title, page_token(session, number or 0)) for number, title in session.exec(listed)]


def show_anew(session: Session, delivery_ids: Sequence[int], *, now: datetime) -> None:
    """Have messages of colleagues show what was said on a page."""
    told = in_order(col(Delivery.id).in_(delivery_ids), col(Delivery.message_id).is_not(None))
    shown = update(Delivery).where(col(Delivery.id).in_(told)).values(edit_at=now)
    session.execute(shown, execution_options={"synchronize_session": False})
