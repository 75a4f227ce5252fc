"""An item is one officer's of a party for some hours: whoever says first "I'll take it"."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from sharebot.models import Answer, Delivery, Member, Officer
from sharebot.rules.claim_lock import hold
from sharebot.store.answers import Said, record_answer
from sharebot.store.database import vault_of
from sharebot.store.edits import in_order
from sharebot.store.members import lock_party
from sharebot.store.zones import zone_of
from sharebot.values.cards import Taken
from sharebot.values.status import AnswerKind, OfficerStatus


@dataclass(frozen=True, slots=True)
class Holder:
    """Who of the party has the item, and until when; `zone` is the asking officer's clock."""

    taken: Taken
    zone: str


def take(session: Session, delivery: Delivery, *, officer_id: int, now: datetime, lasts: timedelta) -> Said | Holder:
    """Give an officer the item, or say which colleague has it already; then nothing changes.

    When the time is over, the messages of the whole party are shown anew.
    """
    lock_party(session, delivery.officer_id)  # two who tap at once wait here for each other
    seat = session.get_one(Officer, delivery.officer_id)
    member = session.get_one(Member, seat.member_id)
    holder = _find_holder(session, delivery, seat.member_id, officer_id, now - lasts)
    if holder is not None:
        name, since = holder
        zone = zone_of(seat.zone, member.zone)
        return Holder(hold(vault_of(session).open(name), since + lasts, now=now, zone=zone), zone)
    said = record_answer(session, delivery, AnswerKind.TAKEN, officer_id=officer_id, now=now)
    _show_anew(session, [said.delivery_id, *said.colleagues], now + lasts)
    return said


def find_end(session: Session, delivery_id: int, *, now: datetime, lasts: timedelta) -> datetime | None:
    """Return when the item of a delivery is free again; None when nobody of its party has it."""
    mine, seat = aliased(Delivery), aliased(Officer)
    own = (
        select(mine.entry_id, Officer.member_id)
        .join(Officer, col(Officer.id) == col(mine.officer_id))
        .where(mine.id == delivery_id)
        .subquery()
    )
    latest = (
        select(func.max(Answer.at))
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .join(seat, col(seat.id) == col(Delivery.officer_id))
        .join(own, (own.c.entry_id == col(Delivery.entry_id)) & (own.c.member_id == col(seat.member_id)))
        .where(Answer.kind == AnswerKind.TAKEN, col(Answer.at) > now - lasts)
    )
    since = session.exec(latest).one()
    return since + lasts if since else None


def _find_holder(
    session: Session, delivery: Delivery, member_id: int, officer_id: int, since: datetime
) -> tuple[str, datetime] | None:
    seat, speaker = aliased(Officer), aliased(Officer)
    speaks = func.coalesce(col(Answer.officer_id), col(seat.id))
    others = (
        select(speaker.label_sealed, Answer.at)
        .join(Delivery, col(Delivery.id) == col(Answer.delivery_id))
        .join(seat, col(seat.id) == col(Delivery.officer_id))
        .join(speaker, col(speaker.id) == speaks)
        .where(
            Delivery.entry_id == delivery.entry_id,
            seat.member_id == member_id,
            Answer.kind == AnswerKind.TAKEN,
            col(Answer.at) > since,
            col(speaker.id) != officer_id,
            speaker.status != OfficerStatus.GONE,
        )
    )
    return session.exec(others.order_by(col(Answer.at))).first()


def _show_anew(session: Session, deliveries: list[int], at: datetime) -> None:
    """Have messages edited at a moment to come; an edit that is due before stays."""
    later = or_(col(Delivery.edit_at).is_(None), col(Delivery.edit_at) > at)
    shown = update(Delivery).where(col(Delivery.id).in_(in_order(col(Delivery.id).in_(deliveries), later)))
    session.execute(shown.values(edit_at=at), execution_options={"synchronize_session": False})
