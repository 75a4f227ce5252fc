"""The audit log: append-only, each record chained to the one before it by a hash."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.models import AuditHead, AuditRecord
from sharebot.store.database import Database
from sharebot.store.upsert import insert_ignore

START = "0" * 64
_LONGEST_DETAIL = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be noted of a change: who (`staff:3`, `api:2`, `cli`), what (`entry.withdrawn`), on what (`entry:7`).

    All of it opaque: ids and words, never names, chat ids or texts.
    """

    actor: str
    action: str
    subject: str = ""
    detail: str = ""


@contextmanager
def audited(database: Database, change: Change, *, now: datetime) -> Iterator[Session]:
    """Open a write transaction whose change is noted in the log: both are there, or neither."""
    with database.write() as session:
        yield session
        record(session, change, now=now)


def record(session: Session, change: Change, *, now: datetime) -> None:
    """Add a record to the chain, as the last thing of a transaction: whoever comes next waits for its end."""
    insert_ignore(session, AuditHead, [{"id": 1, "hash": START}])
    held = update(AuditHead).where(col(AuditHead.id) == 1).values(hash=AuditHead.hash).returning(col(AuditHead.hash))
    previous = session.execute(held).scalar_one()
    detail = change.detail[:_LONGEST_DETAIL]
    row = AuditRecord(at=now, actor=change.actor, action=change.action, subject=change.subject, detail=detail, hash="")
    row.hash = _chain(previous, row)
    session.add(row)
    session.execute(update(AuditHead).where(col(AuditHead.id) == 1).values(hash=row.hash))


def find_break(session: Session) -> int | None:
    """Return the id of the first record that does not follow from those before it, 0 when the newest are missing.

    None: the chain is whole. The oldest records may have been dropped, by age; the rest still follows.
    """
    previous = None
    for row in session.exec(select(AuditRecord).order_by(col(AuditRecord.id))).yield_per(500):
        if previous is not None and row.hash != _chain(previous, row):
            return row.id
        previous = row.hash
    head = session.get(AuditHead, 1)
    return 0 if (head.hash if head else None) != previous else None


def find_head(session: Session) -> str | None:
    """Return the hash of the newest record, to be kept elsewhere; None while there is none."""
    head = session.get(AuditHead, 1)
    return head.hash if head else None


def _chain(previous: str, row: AuditRecord) -> str:
    said = [previous, row.at.astimezone(UTC).isoformat(), row.actor, row.action, row.subject, row.detail]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
