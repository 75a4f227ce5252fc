"""Erase a person: everything that names them, at once, and look whether anything is left."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, cast, delete, or_, update
from sqlmodel import Session, SQLModel, col, func, select
from sqlmodel.sql.sqltypes import AutoString

from sharebot.models import (
    Alert,
    Attempt,
    Chat,
    Delivery,
    Erasure,
    InboxUpdate,
    Invitation,
    LostReshare,
    Member,
    Officer,
    PassingMessage,
    PastedPost,
    Proposal,
    Reshare,
)
from sharebot.store.confirming import blank_officer
from sharebot.store.database import Database, vault_of
from sharebot.store.members import lock_party
from sharebot.values.seats import Erased
from sharebot.values.status import DataTier, DeliveryKind, DeliveryStatus, OfficerStatus, ProposalStatus, Rhythm

_OPEN = (
    DeliveryStatus.HELD,
    DeliveryStatus.QUEUED,
    DeliveryStatus.SENDING,
    DeliveryStatus.UNCERTAIN,
    DeliveryStatus.NEEDS_REVIEW,
)
_TO_STAFF = (DeliveryKind.PREVIEW, DeliveryKind.REVIEW, DeliveryKind.PROPOSAL)
_UNSEEN = {"synchronize_session": False}
# Words that others wrote, with a chat's number perhaps in the middle of them.
_ERRORS: tuple[tuple[type[SQLModel], Any], ...] = (
    (Delivery, Delivery.error),
    (Attempt, Attempt.error),
    (InboxUpdate, InboxUpdate.error),
    (Alert, Alert.detail),
)


@dataclass(frozen=True, slots=True)
class Traces:
    """What would name a seat's officer: sealed words and their indexes, and the chat's own number."""

    sealed: tuple[str, ...] = ()
    number: str | None = None

    def stand_in(self, text: str) -> bool:
        """Whether the number stands in a text, as a whole number."""
        return self.number is not None and re.search(rf"(?<!\d){re.escape(self.number)}(?!\d)", text) is not None


def traces_of(session: Session, officer_id: int) -> Traces:
    """Return what would name an officer; ask before they are erased."""
    officer = session.get(Officer, officer_id, populate_existing=True)
    chat = session.get(Chat, officer.chat_id) if officer and officer.chat_id else None
    own = (officer.label_sealed, officer.label_index, officer.name_sealed or "") if officer else ()
    theirs = (chat.address_sealed, chat.address_index) if chat else ()
    number = vault_of(session).open(chat.address_sealed) if chat else None
    return Traces(tuple(one for one in (*own, *theirs) if one), number)


def erase(session: Session, officer_id: int, *, now: datetime) -> Erased:
    """Erase a seat's officer. The seat stays, as an empty one that was given up; the party's findings stay its own.

    Nothing more is sent. `press_out` has to follow the commit, so that no byte stays in the file.
    """
    lock_party(session, officer_id)
    officer = session.get(Officer, officer_id, with_for_update={"key_share": True}, populate_existing=True)
    if officer is None:
        return Erased(now)
    chat = session.get(Chat, officer.chat_id) if officer.chat_id else None
    messages, own = _clear_deliveries(session, officer_id)
    if officer.status is OfficerStatus.WAITING:
        # Staff's chat still shows their name, and asks who they are.
        asked = update(Delivery).where(col(Delivery.about_officer_id) == officer_id, col(Delivery.copies) > 0)
        session.execute(asked.values(edit_at=now), execution_options=_UNSEEN)
    links = _count(session, delete(PastedPost).where(col(PastedPost.officer_id) == officer_id))
    session.execute(update(Reshare).where(col(Reshare.delivery_id).in_(own)).values(delivery_id=None))
    session.execute(update(LostReshare).where(col(LostReshare.delivery_id).in_(own)).values(delivery_id=None))
    proposals = _let_go_of_proposals(session, officer_id)
    session.execute(delete(Invitation).where(col(Invitation.officer_id) == officer_id))
    session.execute(update(Officer).where(col(Officer.replaces_id) == officer_id).values(replaces_id=None))
    blank_officer(session, officer_id)
    _empty_seat(session, officer)
    updates = forget_chat(session, chat, now=now) if chat else 0
    session.merge(Erasure(officer_id=officer_id, at=now))
    session.flush()
    return Erased(now, messages, links, proposals, updates)


def _clear_deliveries(session: Session, officer_id: int) -> tuple[int, list[int]]:
    own = [one for one in session.exec(select(Delivery.id).where(Delivery.officer_id == officer_id)) if one]
    # Attempts first, as whoever writes an outcome does: else the two could wait for each other.
    tried = update(Attempt).where(col(Attempt.delivery_id).in_(own))
    session.execute(tried.values(error=None), execution_options=_UNSEEN)
    mine = update(Delivery).where(col(Delivery.officer_id) == officer_id)
    ended = mine.where(col(Delivery.status).in_(_OPEN)).values(status=DeliveryStatus.CANCELLED, sending_since=None)
    session.execute(ended, execution_options=_UNSEEN)
    told = mine.where(col(Delivery.message_id).is_not(None))
    shown = _count(session, told.values(message_id=None))
    session.execute(mine.values(chat_id=None, edit_at=None, error=None), execution_options=_UNSEEN)
    return shown, own


def _let_go_of_proposals(session: Session, officer_id: int) -> int:
    mine = col(Proposal.officer_id) == officer_id
    asked = select(Delivery.about_proposal_id).where(col(Delivery.about_proposal_id).is_not(None))
    drafts = delete(Proposal).where(mine, col(Proposal.status) == ProposalStatus.DRAFT, col(Proposal.id).not_in(asked))
    dropped = _count(session, drafts)
    return dropped + _count(session, update(Proposal).where(mine).values(officer_id=None))


def _empty_seat(session: Session, officer: Officer) -> None:
    vault, member = vault_of(session), session.get(Member, officer.member_id)
    blank = {
        "label_sealed": vault.seal(f"gone-{secrets.token_hex(4)}"),
        "label_index": vault.index(secrets.token_hex(32)),
        "chat_id": None,
        "language": member.languages.split(",")[0] if member else "en",
        "tier": DataTier.FULL,
        "status": OfficerStatus.GONE,
        "high_risk": False,
        "untracked": False,
        "topics": "",
        "networks": "",
        "rhythm": Rhythm.EACH,
    }
    gone = ("zone", "opens", "closes", "asks_per_week", "paused_until", "name_sealed", "replaces_id")
    blank |= dict.fromkeys((*gone, "joined_at", "consented_at"), None)
    session.execute(update(Officer).where(col(Officer.id) == officer.id).values(**blank))
    session.expire(officer)


def forget_chat(session: Session, chat: Chat, *, now: datetime | None) -> int:
    """Delete a chat that nobody sits in any more, with the raw updates that mention it; return how many of those.

    One that staff are written to is kept.
    """
    staffs = select(Delivery.id).where(Delivery.chat_id == chat.id, col(Delivery.kind).in_(_TO_STAFF)).limit(1)
    if session.exec(staffs).first() is not None:
        return 0
    traces = Traces(number=vault_of(session).open(chat.address_sealed))
    blanked = _blank_updates(session, traces, now=now)
    _blank_errors(session, traces)
    named = update(Delivery).where(col(Delivery.chat_id) == chat.id)
    session.execute(named.values(chat_id=None, message_id=None, edit_at=None), execution_options=_UNSEEN)
    # From here on nobody can note a message in it. Its deliveries before it, as in sending.
    session.refresh(chat, with_for_update=True)
    session.execute(delete(PassingMessage).where(col(PassingMessage.chat_id) == chat.id))
    session.delete(chat)
    session.flush()
    return blanked


def _blank_updates(session: Session, traces: Traces, *, now: datetime | None) -> int:
    likely = select(InboxUpdate).where(col(InboxUpdate.body).contains(traces.number))
    found = [row for row in session.exec(likely) if traces.stand_in(row.body)]
    for row in found:
        # One that waits would take effect for somebody who is no longer there.
        row.body, row.done_at = "", row.done_at or now
        session.add(row)
    session.flush()
    return len(found)


def _blank_errors(session: Session, traces: Traces) -> None:
    for model, error in _ERRORS:
        for row in session.exec(select(model).where(col(error).contains(traces.number))):
            if traces.stand_in(getattr(row, error.key)):
                setattr(row, error.key, "")
                session.add(row)
    session.flush()


def count_left(session: Session, traces: Traces) -> int:
    """Look through every text of every table; return how many still hold something that names the officer."""
    left = 0
    for table in SQLModel.metadata.sorted_tables:
        texts = [column for column in table.columns if isinstance(column.type, AutoString | String)]
        holds = [cast(column, Text).contains(one, autoescape=True) for column in texts for one in traces.sealed]
        if holds:
            left += session.execute(select(func.count()).select_from(table).where(or_(*holds))).scalar_one()
    if traces.number is None:
        return left
    for column in (InboxUpdate.body, *(error for _, error in _ERRORS)):
        likely = session.exec(select(column).where(col(column).contains(traces.number)))
        left += sum(traces.stand_in(text) for text in likely)
    return left


def list_erasures(session: Session) -> list[Erasure]:
    """Return which seats were erased."""
    return list(session.exec(select(Erasure)))


def replay(session: Session, erasures: list[Erasure], *, now: datetime) -> int:
    """Erase again what a restored backup has brought back; return how many seats.

    A seat that somebody took after it was erased is another one: numbers are given anew after a restore.
    """
    again = 0
    for one in erasures:
        officer = session.get(Officer, one.officer_id, populate_existing=True)
        if officer is None or officer.created_at > one.at or (officer.joined_at or one.at) > one.at:
            continue
        is_empty = officer.status is OfficerStatus.GONE and officer.chat_id is None and officer.joined_at is None
        known = session.get(Erasure, one.officer_id)
        if known is not None and is_empty:
            continue
        erase(session, one.officer_id, now=now)
        session.merge(Erasure(officer_id=one.officer_id, at=one.at))
        again += 1
    return again


def press_out(database: Database) -> bool:
    """Empty SQLite's log into its file, so that what was erased is in neither; False when a reader is in the way."""
    if not database.is_sqlite:
        return True
    connection = database.engine.raw_connection()
    try:
        raw: Any = connection.driver_connection
        return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
    finally:
        connection.close()


def _count(session: Session, statement: Any) -> int:
    return int(session.connection().execute(statement).rowcount)
