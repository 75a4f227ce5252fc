"""Passkeys of staff: public keys whose private halves stay in people's devices."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Passkey, Staff
from sharebot.store.staff import get_person

_MOST = 20  # of one person
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class KnownKey:
    """What a signature is checked with; `handle` is the random name of its owner in their browsers."""

    passkey_id: int
    staff_id: int
    handle: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class NewKey:
    """A public key that has just been made; `credential_id` is base64url."""

    credential_id: str
    public_key: bytes
    sign_count: int


def list_passkeys(session: Session, staff_id: int) -> list[Passkey]:
    """Return somebody's passkeys, oldest first."""
    return list(session.exec(select(Passkey).where(Passkey.staff_id == staff_id).order_by(col(Passkey.id))))


def ensure_handle(session: Session, staff_id: int) -> str:
    """Return the random name, base64url, under which somebody's browsers keep their passkeys."""
    staff = get_person(session, staff_id)
    if staff.passkey_handle is None:
        staff.passkey_handle = secrets.token_urlsafe(32)
        session.add(staff)
        session.flush()
    return staff.passkey_handle


def add_passkey(session: Session, staff_id: int, key: NewKey, *, name: str, now: datetime) -> None:
    """Keep a new passkey. Raises Refused when it is known already, or when somebody has very many."""
    if session.exec(select(Passkey.id).where(Passkey.credential_id == key.credential_id)).first():
        raise Refused("this passkey is known already")
    if len(list_passkeys(session, staff_id)) >= _MOST:
        raise Refused(f"nobody needs more than {_MOST} passkeys: remove one first")
    kept = Passkey(staff_id=staff_id, credential_id=key.credential_id, public_key=key.public_key, created_at=now)
    kept.sign_count, kept.name = key.sign_count, name[:LONGEST_NAME]
    session.add(kept)
    session.flush()


def find_passkey(session: Session, credential_id: str) -> KnownKey | None:
    """Return the passkey of somebody who is staff; None for any other. Its row is locked until the end."""
    found = session.exec(
        select(Passkey, Staff.passkey_handle)
        .join(Staff, col(Staff.id) == col(Passkey.staff_id))
        .where(Passkey.credential_id == credential_id, col(Staff.active).is_(True))
        .with_for_update()
    ).first()
    if found is None:
        return None
    key, handle = found
    return KnownKey(key.id or 0, key.staff_id, handle or "", key.public_key, key.sign_count)


def record_use(session: Session, passkey_id: int, *, sign_count: int, now: datetime) -> None:
    """Note that a passkey has signed, and how often it says that it has."""
    used = update(Passkey).where(col(Passkey.id) == passkey_id)
    session.execute(used.values(sign_count=sign_count, used_at=now))


def rename_passkey(session: Session, staff_id: int, passkey_id: int, name: str) -> None:
    """Call one of somebody's own passkeys differently. Raises NotFound."""
    key = _get_own(session, staff_id, passkey_id)
    key.name = name[:LONGEST_NAME]
    session.add(key)


def remove_passkey(session: Session, staff_id: int, passkey_id: int) -> None:
    """Forget one of somebody's own passkeys. Raises NotFound."""
    session.delete(_get_own(session, staff_id, passkey_id))


def _get_own(session: Session, staff_id: int, passkey_id: int) -> Passkey:
    key = session.get(Passkey, passkey_id)
    if key is None or key.staff_id != staff_id:
        raise NotFound("there is no such passkey")
    return key
