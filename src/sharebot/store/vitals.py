"""The machine's own figures, for metrics and health: counts, ages and who was seen when."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from sharebot.models import (
    Alert,
    Attempt,
    Bot,
    Delivery,
    InboxUpdate,
    Marker,
    Report,
    Source,
    TrackerSpend,
    TrackerState,
    Worker,
)
from sharebot.rules.sending import current_slowness
from sharebot.store.database import Database
from sharebot.store.restore import RESTORED
from sharebot.values.status import (
    AttemptOutcome,
    BotStatus,
    DeliveryStatus,
    ReportStatus,
    SourceStatus,
)
from sharebot.values.tracking import TrackerStatus

SEEN_WITHIN = timedelta(seconds=60)
FAILED_WITHIN = timedelta(days=1)
FULL_BELOW = 5_000_000  # bytes; SQLite needs room for its log before it can write anything
_LOCKED_AFTER_S = 1.0


@dataclass(frozen=True, slots=True)
class BotVitals:
    """One bot; `due` messages could go now, the oldest of them since `oldest_due_at`."""

    code: str
    is_running: bool
    blocked_for: timedelta
    slowness: float
    due: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerVitals:
    """One sending process seen lately; `clock_off_s` is how far its clock stood from Telegram's."""

    name: str
    leads: bool
    clock_off_s: float | None


@dataclass(frozen=True, slots=True)
class NetworkVitals:
    """One network that is looked at, or was; `spent` in millionths of a dollar since the UTC month began."""

    name: str
    is_up: bool
    failures: int
    ok_at: datetime | None
    spent: int


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is counted. The mappings hold every word of their set, zeros too."""

    deliveries: Mapping[str, int]
    attempts: Mapping[str, int]
    sources: Mapping[str, int]
    reports: Mapping[str, int]
    alerts: Mapping[str, int]
    bots: tuple[BotVitals, ...]
    workers: tuple[WorkerVitals, ...]
    updates_pending: int
    updates_failed: int
    networks: tuple[NetworkVitals, ...] = ()


def get_vitals(session: Session, *, now: datetime) -> Vitals:
    """Count everything in nine queries."""
    pending, failed = _count_updates(session, now=now)
    attempts = _by(session, Attempt.outcome, [word for word in AttemptOutcome if word is not AttemptOutcome.OPEN])
    open_alerts = select(Alert.code, func.count()).where(col(Alert.resolved_at).is_(None))
    return Vitals(
        deliveries=_by(session, Delivery.status, DeliveryStatus),
        # One that is under way would be counted down again when its outcome is known.
        attempts={word: n for word, n in attempts.items() if word != AttemptOutcome.OPEN},
        sources=_by(session, Source.status, SourceStatus),
        reports=_by(session, Report.status, ReportStatus),
        alerts=dict(session.exec(open_alerts.group_by(col(Alert.code))).all()),
        bots=_list_bots(session, now=now),
        workers=list_workers(session, now=now),
        updates_pending=pending,
        updates_failed=failed,
        networks=_list_networks(session, now=now),
    )


def _by(session: Session, column: Any, words: Any) -> dict[str, int]:
    counted = {word.value: n for word, n in session.execute(select(column, func.count()).group_by(column))}
    return {word.value: 0 for word in words} | counted


def _count_updates(session: Session, *, now: datetime) -> tuple[int, int]:
    pending = select(func.count()).where(col(InboxUpdate.done_at).is_(None))
    failed = select(func.count()).where(
        col(InboxUpdate.done_at) >= now - FAILED_WITHIN, col(InboxUpdate.error).is_not(None)
    )
    row = session.execute(select(pending.scalar_subquery(), failed.scalar_subquery())).one()
    return row[0], row[1]


def _list_bots(session: Session, *, now: datetime) -> tuple[BotVitals, ...]:
    due = [Delivery.bot_id == Bot.id, Delivery.status == DeliveryStatus.QUEUED, Delivery.due_at <= now]
    count = select(func.count(col(Delivery.id))).where(*due).correlate(Bot).scalar_subquery()
    oldest = select(func.min(Delivery.due_at)).where(*due).correlate(Bot).scalar_subquery()
    rows = session.execute(select(Bot, count, oldest).order_by(col(Bot.id)))
    return tuple(
        BotVitals(
            code=bot.code,
            is_running=bot.status is BotStatus.RUNNING,
            blocked_for=max((bot.blocked_until or now) - now, timedelta(0)),
            slowness=current_slowness(bot.slowness, bot.slowed_at, now),
            due=n,
            oldest_due_at=oldest_due_at,
        )
        for bot, n, oldest_due_at in rows
    )


def _list_networks(session: Session, *, now: datetime) -> tuple[NetworkVitals, ...]:
    today = now.astimezone(UTC).date()
    this_month = col(TrackerSpend.on_date).between(today.replace(day=1), today)
    spent = select(func.sum(TrackerSpend.micros)).where(TrackerSpend.network == TrackerState.network, this_month)
    rows = session.execute(
        select(TrackerState, spent.correlate(TrackerState).scalar_subquery()).order_by(col(TrackerState.network))
    )
    up = {TrackerStatus.RUNNING, TrackerStatus.LIMITED}
    return tuple(
        NetworkVitals(one.network.value, one.status in up, one.failures, one.ok_at, int(micros or 0))
        for one, micros in rows
    )


def list_workers(session: Session, *, now: datetime) -> tuple[WorkerVitals, ...]:
    """Return the workers seen within a minute."""
    living = select(Worker).where(Worker.seen_at >= now - SEEN_WITHIN).order_by(col(Worker.name))
    return tuple(WorkerVitals(one.name, one.leads, one.clock_off_s) for one in session.exec(living))


def list_paused_bots(session: Session) -> list[str]:
    """Return the codes of the bots that wait for a person."""
    return list(session.exec(select(Bot.code).where(Bot.status == BotStatus.PAUSED).order_by(col(Bot.id))))


def is_restored(session: Session) -> bool:
    """Whether this is a restored backup that nobody has released yet."""
    return session.get(Marker, RESTORED) is not None


def find_disk_free(database: Database) -> int:
    """Return the bytes free beside the SQLite file, or else in the data folder."""
    folder = database.path.parent if database.path else Path("data")
    return shutil.disk_usage(folder if folder.is_dir() else Path.cwd()).free


def find_write_trouble(database: Database, *, full_below: int = FULL_BELOW) -> str | None:
    """Return why nothing can be written now, or None. Nothing is written."""
    if not database.is_sqlite:
        with database.read() as session:
            is_read_only = session.execute(text("SELECT current_setting('transaction_read_only')")).scalar() == "on"
        return "the database is read only" if is_read_only else None
    if find_disk_free(database) < full_below:
        return "the disk is full"
    return _find_sqlite_trouble(database)


def _find_sqlite_trouble(database: Database) -> str | None:
    """Take the write lock and let go, on a connection of its own: those in the pool were opened in better times."""
    dialect: Any = database.engine.dialect
    args, options = dialect.create_connect_args(database.url)
    try:
        connection = dialect.loaded_dbapi.connect(*args, **options, timeout=_LOCKED_AFTER_S, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        finally:
            connection.close()
    except dialect.loaded_dbapi.Error as error:
        return "the database is locked" if "locked" in str(error) else "the database is read only"
    return None
