"""Somebody joined: they agree to what is stored, and staff are asked who it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from sharebot.config.settings import Settings
from sharebot.models import Delivery, Member, Officer
from sharebot.rules.names import plain_name
from sharebot.store.chats import main_chat
from sharebot.store.database import vault_of
from sharebot.store.deliveries import new_delivery
from sharebot.store.farewells import FAREWELL
from sharebot.store.upsert import insert_ignore
from sharebot.values.cards import Subject
from sharebot.values.seats import Farewell, Newcomer
from sharebot.values.status import DeliveryKind, OfficerStatus

_QUESTION_LASTS = timedelta(days=7)
_IN = {OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE}
_ASKED = "joined:"  # how the key of a question to staff begins


def agree(
    session: Session, officer_id: int, *, language: str, name: str, staff_chat: int | None, now: datetime
) -> bool:
    """Note that somebody who joined agrees, and ask staff's chat who it is; False when they had agreed before."""
    moved = session.execute(
        update(Officer)
        .where(
            col(Officer.id) == officer_id,
            col(Officer.status) == OfficerStatus.WAITING,
            col(Officer.consented_at).is_(None),
        )
        .values(consented_at=now, language=language, name_sealed=vault_of(session).seal(plain_name(name)))
        .returning(col(Officer.id))
    ).first()
    if moved is not None and staff_chat is not None:
        _ask(session, officer_id, staff_chat, now=now)
    return moved is not None


def _ask(session: Session, officer_id: int, staff_chat: int, *, now: datetime) -> None:
    earlier = select(func.count()).where(col(Delivery.key).startswith(f"{_ASKED}{officer_id}:"))
    row = new_delivery(
        f"{_ASKED}{officer_id}:{session.exec(earlier).one() + 1}",
        DeliveryKind.JOINED,
        chat=main_chat(session, staff_chat),
        due_at=now,
        expires_at=now + _QUESTION_LASTS,
        now=now,
    )
    insert_ignore(session, Delivery, [row | {"about_officer_id": officer_id}])


def find_question(session: Session, officer_id: int) -> Delivery | None:
    """Return the latest question to staff about somebody who joined, or None."""
    asked = select(Delivery).where(
        Delivery.about_officer_id == officer_id, col(Delivery.key).startswith(f"{_ASKED}{officer_id}:")
    )
    return session.exec(asked.order_by(col(Delivery.id).desc()).limit(1)).first()


def close_question(session: Session, officer_id: int, *, now: datetime) -> None:
    """Have staff's chat shown that it was decided elsewhere."""
    question = find_question(session, officer_id)
    if question is not None:
        shown = update(Delivery).where(col(Delivery.id) == question.id, col(Delivery.copies) > 0)
        session.execute(shown.values(edit_at=now))


def list_newcomers(session: Session, *, language: str, region: str | None = None) -> list[Newcomer]:
    """Return who waits for staff's word, of a `region` or all, first come first; not those who have not agreed yet."""
    waiting = select(Officer, Member).join(Member, col(Member.id) == col(Officer.member_id))
    waiting = waiting.where(Officer.status == OfficerStatus.WAITING, col(Officer.consented_at).is_not(None))
    if region is not None:
        waiting = waiting.where(Member.region == region)
    rows = session.exec(waiting.order_by(col(Officer.consented_at), col(Officer.id)))
    return [_newcomer(session, officer, member, language) for officer, member in rows]


def _newcomer(session: Session, officer: Officer, member: Member, language: str) -> Newcomer:
    vault = vault_of(session)
    is_open = officer.status is OfficerStatus.WAITING and officer.consented_at is not None
    return Newcomer(
        officer.id or 0,
        language,
        member.name,
        vault.open(officer.label_sealed) if is_open else "",
        vault.open(officer.name_sealed) if is_open and officer.name_sealed else "",
        officer.language,
        officer.consented_at,
        is_open,
        officer.status in _IN,
    )


def gather(session: Session, delivery_ids: Sequence[int], settings: Settings, now: datetime) -> Mapping[int, Subject]:
    """Return what the messages about somebody who joined say: questions to staff, and farewells."""
    rows = session.exec(
        select(Delivery, Officer, Member)
        .join(Officer, col(Officer.id) == col(Delivery.about_officer_id))
        .join(Member, col(Member.id) == col(Officer.member_id))
        .where(col(Delivery.id).in_(delivery_ids))
    )
    staffs, organisation = settings.organisation.languages[0], settings.organisation.name
    found: dict[int, Subject] = {}
    for delivery, officer, member in rows:
        if not delivery.key.startswith(FAREWELL):
            found[delivery.id or 0] = _newcomer(session, officer, member, staffs)
            continue
        old = session.get(Officer, officer.replaces_id) if officer.replaces_id else None
        told = old if old is not None and old.chat_id == delivery.chat_id else None
        found[delivery.id or 0] = Farewell(
            (told or officer).language, organisation, told is not None, told is not None and told.high_risk
        )
    return found
