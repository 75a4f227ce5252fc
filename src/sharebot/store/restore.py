"""Before a worker sends anything: is this file whole, and is this database a backup that was put back?"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, exists, or_, update
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session, col, select

from sharebot.errors import ConfigError
from sharebot.models import Answer, Attempt, Delivery, Marker, QueueEntry, Report
from sharebot.rules.sending import MAX_COPIES
from sharebot.store.backup import BACKUP
from sharebot.store.bots import get_bot, pause_bot, resume_bots
from sharebot.store.database import Database
from sharebot.store.erasure import list_erasures, replay
from sharebot.store.slots import take_slot
from sharebot.values.status import AttemptOutcome, DeliveryStatus, EntryStatus, PauseKind, ReportStatus

RESTORED = "restored"  # the marker of a restored backup until staff accept it; its value is the backup's time
DOUBT = "restored from a backup: it may have been sent already"
_REPORTS = "send_reports"  # the job whose slots they are
_UNSEEN = {"synchronize_session": False}  # the rows may be hundreds of thousands, and the session holds none


def check_integrity(database: Database) -> None:
    """Read through a SQLite file. Raises ConfigError that says what to do when it is damaged."""
    if not database.is_sqlite:
        return
    try:
        with database.read() as session:
            found = session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    except OperationalError:  # locked, or not to be opened: that is no damage
        raise
    except DatabaseError as error:
        found = str(error.orig)
    if found != "ok":
        told = " ".join(str(found).split())
        raise ConfigError(f"{database.path} is damaged ({told}): put a backup back as docs/backup.md says")


def guard(session: Session, *, now: datetime) -> bool:
    """Hold back whatever a restored backup would send or mail once more; False when this is none.

    All bots pause until `accept`. What was due goes to a person: nobody knows what was sent after the backup.
    What is due later is not touched. Of several workers one does it, once.
    """
    marked = delete(Marker).where(col(Marker.name) == BACKUP).returning(col(Marker.at))
    made_at = session.execute(marked).scalar_one_or_none()
    if made_at is None:
        return False
    # A clock that is behind must not let through what was due when the backup was made.
    until = max(now, made_at)
    replay(session, list_erasures(session), now=now)
    get_bot(session)
    pause_bot(
        session,
        None,
        f"a backup of {made_at:%Y-%m-%d %H:%M} UTC was restored; look at what needs review and at the paused "
        "entries, then let it go on: sharebot bot resume (docs/backup.md)",
        kind=PauseKind.RESTORED,
    )
    _give_to_a_person(session, until, now=now)
    _pause_entries(session, until)
    _end_reports(session, until, now=now)
    session.merge(Marker(name=RESTORED, value=made_at.isoformat(timespec="seconds"), at=now))
    return True


def accept(session: Session, *, now: datetime) -> None:
    """Let the bots go on after a restore; what was given to a person stays there.

    Whoever the table of erasures names and the backup brought back is erased again first.
    """
    session.execute(delete(Marker).where(col(Marker.name) == RESTORED))
    replay(session, list_erasures(session), now=now)
    resume_bots(session)


def _give_to_a_person(session: Session, until: datetime, *, now: datetime) -> None:
    doubtful = (
        col(Delivery.status).in_([DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN]),
        col(Delivery.due_at) <= until,
    )
    in_flight = select(Delivery.id).where(*doubtful, Delivery.status == DeliveryStatus.SENDING)
    lost = update(Attempt).where(col(Attempt.outcome) == AttemptOutcome.OPEN, col(Attempt.delivery_id).in_(in_flight))
    lost = lost.values(outcome=AttemptOutcome.UNKNOWN, error=DOUBT, ended_at=now)
    session.execute(lost, execution_options=_UNSEEN)
    # One copy more than is known of may have arrived, so that another one has to say what it is.
    copies = case((col(Delivery.copies) < MAX_COPIES, col(Delivery.copies) + 1), else_=col(Delivery.copies))
    given = {"status": DeliveryStatus.NEEDS_REVIEW, "sending_since": None, "error": DOUBT, "copies": copies}
    session.execute(update(Delivery).where(*doubtful).values(**given), execution_options=_UNSEEN)
    reminded = update(Answer).where(col(Answer.remind_at) <= until)
    session.execute(reminded.values(remind_at=None), execution_options=_UNSEEN)


def _pause_entries(session: Session, until: datetime) -> None:
    waiting = [EntryStatus.APPROVED, EntryStatus.RELEASING, EntryStatus.PREVIEWING]
    has_queued = exists().where(
        col(Delivery.entry_id) == col(QueueEntry.id),
        col(Delivery.status).in_([DeliveryStatus.QUEUED, DeliveryStatus.HELD]),
    )
    started: ColumnElement[bool] = and_(col(QueueEntry.status) == EntryStatus.RELEASED, has_queued)
    due = update(QueueEntry).where(
        col(QueueEntry.release_at) <= until, or_(col(QueueEntry.status).in_(waiting), started)
    )
    paused = due.values(status=EntryStatus.PAUSED, note=f"{DOUBT}; resume or withdraw it")
    session.execute(paused, execution_options=_UNSEEN)


def _end_reports(session: Session, until: datetime, *, now: datetime) -> None:
    # The schedule goes on from the last slot taken, so that one in its place takes all that have passed.
    take_slot(session, _REPORTS, until, now=now)
    begun = or_(
        col(Report.status) == ReportStatus.SENDING,
        and_(col(Report.status) == ReportStatus.DUE, col(Report.due_at) <= until),
    )
    ended = update(Report).where(begun).values(status=ReportStatus.FAILED, error=DOUBT)
    session.execute(ended, execution_options=_UNSEEN)
