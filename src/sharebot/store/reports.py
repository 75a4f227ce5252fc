"""Reports due: one row for each recipient and period, claimed before it is mailed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from sharebot.models import Report
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import ReportKind, ReportStatus

STUCK_AFTER = timedelta(minutes=15)
MAX_ATTEMPTS = 8


def plan_reports(
    session: Session, period: str, recipients: Sequence[tuple[str, str]], *, due_at: datetime, domain: str
) -> int:
    """Make a row for each (e-mail, language); return how many are new. Each gets its stable Message-ID."""
    rows = [
        {
            "recipient": email,
            "kind": ReportKind.WEEKLY,
            "period": period,
            "language": language,
            "status": ReportStatus.DUE,
            "due_at": due_at,
            "attempts": 0,
            "message_id": message_id_of(email, period, domain),
        }
        for email, language in recipients
    ]
    return insert_ignore(session, Report, rows)


def message_id_of(email: str, period: str, domain: str) -> str:
    """Return the Message-ID of one recipient's report, the same at every try."""
    digest = hashlib.sha256(f"{email} {period}".encode()).hexdigest()[:16]
    return f"<weekly.{period}.{digest}@{domain}>"


def claim_due(session: Session, *, now: datetime, limit: int = 20) -> list[Report]:
    """Take due reports, and those whose worker died while mailing; return them."""
    stuck = (col(Report.status) == ReportStatus.SENDING) & (col(Report.claimed_at) <= now - STUCK_AFTER)
    free = (col(Report.status) == ReportStatus.DUE) & (col(Report.due_at) <= now)
    due = select(Report.id).where(or_(free, stuck)).order_by(col(Report.id)).limit(limit)
    claimed = session.scalars(
        update(Report)
        .where(col(Report.id).in_(due), or_(free, stuck))
        .values(status=ReportStatus.SENDING, claimed_at=now, attempts=col(Report.attempts) + 1)
        .returning(Report)
        .execution_options(synchronize_session=False)
    ).all()
    return sorted(claimed, key=lambda report: report.id or 0)


def mark_sent(session: Session, report: Report, *, now: datetime) -> None:
    """Note that the server took the mail."""
    _move(session, report, status=ReportStatus.SENT, sent_at=now, error=None)


def mark_retry(session: Session, report: Report, error: str, *, due_at: datetime) -> None:
    """Try again later; after eight tries staff must look."""
    status = ReportStatus.FAILED if report.attempts >= MAX_ATTEMPTS else ReportStatus.DUE
    _move(session, report, status=status, due_at=due_at, error=error[:300])


def mark_failed(session: Session, report: Report, error: str) -> None:
    """Note that the server refuses this mail for good."""
    _move(session, report, status=ReportStatus.FAILED, error=error[:300])


def _move(session: Session, report: Report, **values: object) -> None:
    own = update(Report).where(
        col(Report.id) == report.id,
        col(Report.status) == ReportStatus.SENDING,
        col(Report.attempts) == report.attempts,
    )
    session.execute(own.values(**values))
