"""Those who try staff's commands without being staff: noted in the audit log, never by name or chat."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from sharebot.models import AuditRecord
from sharebot.store.audit import Change, record
from sharebot.store.database import vault_of

_ONCE_IN = timedelta(hours=1)  # nobody fills the log by asking again and again
_LETTERS = 16


def note_stranger(session: Session, user_id: int, *, now: datetime) -> bool:
    """Note that somebody tried a command of staff; False when that was noted ever before."""
    subject = f"telegram:{vault_of(session).index(f'stranger {user_id}')[:_LETTERS]}"
    tried = select(AuditRecord.at).where(AuditRecord.subject == subject).order_by(col(AuditRecord.id).desc())
    last = session.exec(tried.limit(1)).first()
    if last is None or last <= now - _ONCE_IN:
        record(session, Change("chat", "chat.refused", subject), now=now)
    return last is None
