"""Hand a seat over: a successor's seat beside it, which takes its place once staff have let them in."""

from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.errors import NotFound
from sharebot.models import Officer
from sharebot.store.database import vault_of
from sharebot.store.officers import create_invitation
from sharebot.values.status import OfficerStatus


def invite_successor(session: Session, officer_id: int, *, now: datetime) -> str | None:
    """Return the token of a new invitation for an officer's successor; None while one waits for staff already.

    A successor's seat that nobody has taken yet is used again, and its earlier invitation ends.
    """
    known = select(Officer).where(Officer.replaces_id == officer_id, Officer.status != OfficerStatus.GONE)
    seat = session.exec(known.order_by(col(Officer.id).desc())).first() or _add_seat(session, officer_id, now=now)
    if seat.status is not OfficerStatus.INVITED:
        return None
    return create_invitation(session, seat.id or 0, now=now)


def _add_seat(session: Session, officer_id: int, *, now: datetime) -> Officer:
    old = session.get(Officer, officer_id)
    if old is None:
        raise NotFound(f"there is no officer {officer_id}")
    vault = vault_of(session)
    label = _free_label(session, old.member_id, vault.open(old.label_sealed))
    seat = Officer(
        member_id=old.member_id,
        label_sealed=vault.seal(label),
        label_index=vault.index(label),
        language=old.language,
        replaces_id=officer_id,
        created_at=now,
    )
    session.add(seat)
    session.flush()
    return seat


def _free_label(session: Session, member_id: int, label: str) -> str:
    """Return the label with the next number that no seat of the member has."""
    vault = vault_of(session)
    taken = set(session.exec(select(Officer.label_index).where(Officer.member_id == member_id)))
    words, _, last = label.rpartition(" ")
    stem, number = (words, int(last) + 1) if words and last.isdecimal() else (label, 2)
    while vault.index(f"{stem} {number}") in taken:
        number += 1
    return f"{stem} {number}"
