"""Staff's own Telegram account: linked by a one-use code from their page, and kept as a blind index alone."""

import secrets
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.models import Staff, StaffLink
from sharebot.store.database import vault_of
from sharebot.store.staff import LINK_LASTS, SignedIn, describe, hash_token, use_link
from sharebot.values.sign_in import LinkPurpose

_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is taken for another
_LENGTH = 12


def create_telegram_code(session: Session, staff_id: int, now: datetime) -> str:
    """Return a new code for `/staff CODE`, good once and for ten minutes; earlier ones open nothing any more."""
    mine = (col(StaffLink.staff_id) == staff_id) & (col(StaffLink.purpose) == LinkPurpose.TELEGRAM)
    session.execute(delete(StaffLink).where(mine))
    code = "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))
    link = StaffLink(token_sha256=hash_token(code), staff_id=staff_id, expires_at=now + LINK_LASTS)
    link.purpose = LinkPurpose.TELEGRAM
    session.add(link)
    return code


def link_telegram(session: Session, code: str, user_id: int, now: datetime) -> SignedIn | None:
    """Use a code up and link the account that sent it; None when the code opens nothing (any more).

    An account works for one person: whoever had it before loses it.
    """
    staff = use_link(session, code.strip().upper(), purpose=LinkPurpose.TELEGRAM, now=now)
    if staff is None:
        return None
    index = _index(session, user_id)
    session.execute(update(Staff).where(col(Staff.telegram_index) == index).values(telegram_index=None))
    staff.telegram_index = index
    session.add(staff)
    session.flush()
    return describe(staff)


def find_by_telegram(session: Session, user_id: int) -> SignedIn | None:
    """Return who of the staff writes from this account, as the database knows them now; None for a stranger."""
    linked = (Staff.telegram_index == _index(session, user_id), col(Staff.active).is_(True))
    staff = session.exec(select(Staff).where(*linked)).first()
    return describe(staff) if staff else None


def unlink_telegram(session: Session, staff_id: int) -> None:
    """Forget somebody's account: it is a stranger's from now on."""
    session.execute(update(Staff).where(col(Staff.id) == staff_id).values(telegram_index=None))


def has_telegram(session: Session, staff_id: int) -> bool:
    """Whether somebody has linked an account."""
    return session.exec(select(Staff.telegram_index).where(Staff.id == staff_id)).first() is not None


def _index(session: Session, user_id: int) -> str:
    return vault_of(session).index(f"staff {user_id}")
