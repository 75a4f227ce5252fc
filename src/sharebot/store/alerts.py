"""Alerts: what they are decided on, when they began and ended, and what of that has been told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, update
from sqlmodel import Session, col, select

from sharebot.models import (
    Alert,
    Bot,
    Chat,
    Delivery,
    InboxUpdate,
    Marker,
    Member,
    Officer,
    QueueEntry,
    Report,
    SocialAccount,
    Source,
    TrackerState,
    Worker,
)
from sharebot.rules.alerts import (
    LATE_AFTER,
    REPORTS_FAILED_WITHIN,
    UPDATES_FAILED_WITHIN,
    BotState,
    NetworkState,
    SourceState,
    State,
    WorkerState,
)
from sharebot.store.chats import ensure_chat, kind_of
from sharebot.store.restore import RESTORED
from sharebot.store.upsert import insert_ignore
from sharebot.store.webhooks import list_failing
from sharebot.values.alerts import AlertCode, Condition, Notice, TellBy
from sharebot.values.status import (
    AccountStatus,
    BotStatus,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    MemberStatus,
    OfficerStatus,
    PauseKind,
    ReportStatus,
)
from sharebot.values.tracking import TrackerStatus, Unobservable

_CODES = [str(code) for code in AlertCode]  # a newer build may have known others, which are left alone
_TOLD: dict[TellBy, tuple[Any, Any]] = {
    TellBy.MAIL: (col(Alert.mailed_at), col(Alert.end_mailed_at)),
    TellBy.CHAT: (col(Alert.chatted_at), col(Alert.end_chatted_at)),
}
_STILL_GOING = (
    or_(col(Officer.id).is_(None), col(Officer.status) == OfficerStatus.ACTIVE),
    or_(
        and_(col(Delivery.kind) == DeliveryKind.ITEM, col(QueueEntry.status) == EntryStatus.RELEASED),
        and_(col(Delivery.kind) == DeliveryKind.PREVIEW, col(QueueEntry.status) == EntryStatus.PREVIEWING),
        col(Delivery.kind).not_in([DeliveryKind.ITEM, DeliveryKind.PREVIEW]),
    ),
)


def get_state(
    session: Session, *, now: datetime, poll_every: timedelta, caller: str = "", disk_free: int | None = None
) -> State:
    """Gather what alerts are decided on; `disk_free` is in bytes, as the caller found it.

    When the `caller` is a worker it lives, whatever its row says: a machine that slept has not beaten yet.
    """
    failing = select(Source.id, Source.failures, Source.polled_at).where(Source.failures > 0)
    workers = select(Worker.name, Worker.seen_at, col(Worker.held).is_not(None))
    paused = select(QueueEntry.id).where(QueueEntry.status == EntryStatus.PAUSED).order_by(col(QueueEntry.id))
    low = select(Alert.id).where(Alert.code == AlertCode.DISK_LOW, col(Alert.resolved_at).is_(None))
    return State(
        now=now,
        bots=_list_bots(session, now=now),
        workers=[
            WorkerState(name, now if name == caller else seen_at, is_held)
            for name, seen_at, is_held in session.exec(workers)
        ],
        sources=[SourceState(key or 0, failures, at) for key, failures, at in session.exec(failing) if at is not None],
        paused_entries=[entry_id or 0 for entry_id in session.exec(paused)],
        reviews=_list_reviews(session),
        reports=_list_failed_reports(session, now=now),
        webhooks=list_failing(session),
        networks=_list_networks(session),
        taken_over=_list_broken(session, of_parties=True),
        own_lost=_list_broken(session, of_parties=False),
        poll_every=poll_every,
        is_restored=session.get(Marker, RESTORED) is not None,
        disk_free=disk_free,
        disk_was_low=session.exec(low).first() is not None,
    )


def _list_bots(session: Session, *, now: datetime) -> list[BotState]:
    halts = (Bot.blocked_until, Bot.slowed_at, Bot.failures_in_row)
    rows = session.execute(
        select(Bot.code, Bot.status, Bot.pause_kind, *halts, _late(now), _failed(now)).order_by(col(Bot.id))  # type: ignore[call-overload]
    )
    return [
        BotState(code, (kind or PauseKind.STAFF) if status is BotStatus.PAUSED else None, *rest)
        for code, status, kind, *rest in rows
    ]


def _late(now: datetime) -> Any:
    """Count a bot's messages that could have gone out long ago."""
    late = (
        select(func.count(col(Delivery.id)))
        .outerjoin(Officer, col(Officer.id) == col(Delivery.officer_id))
        .outerjoin(QueueEntry, col(QueueEntry.id) == col(Delivery.entry_id))
        .where(
            Delivery.bot_id == Bot.id,
            Delivery.status == DeliveryStatus.QUEUED,
            Delivery.due_at <= now - LATE_AFTER,
            Delivery.expires_at > now,
            *_STILL_GOING,
        )
    )
    return late.correlate(Bot).scalar_subquery()


def _failed(now: datetime) -> Any:
    """Count a bot's updates that failed lately."""
    failed = select(func.count()).where(
        InboxUpdate.bot_id == Bot.id,
        col(InboxUpdate.done_at) >= now - UPDATES_FAILED_WITHIN,
        col(InboxUpdate.error).is_not(None),
    )
    return failed.correlate(Bot).scalar_subquery()


def _list_networks(session: Session) -> list[NetworkState]:
    told = select(Alert.subject).where(Alert.code == AlertCode.BUDGET_SPENT, col(Alert.resolved_at).is_(None))
    is_told = set(session.exec(told))
    return [
        NetworkState(one.network.value, one.status, one.failures, one.ok_at, one.network.value in is_told)
        for one in session.exec(select(TrackerState).order_by(col(TrackerState.network)))
    ]


def _list_broken(session: Session, *, of_parties: bool) -> list[int]:
    """Return the parties' accounts that were taken over, or those of the Alliance that are lost in any way."""
    broken = select(col(SocialAccount.id)).where(SocialAccount.status == AccountStatus.BROKEN)
    if of_parties:
        wanted = broken.join(Member, col(Member.id) == col(SocialAccount.member_id)).where(
            SocialAccount.reason == Unobservable.TAKEN_OVER, Member.status != MemberStatus.LEFT
        )
    else:
        silent = select(TrackerState.network).where(TrackerState.status == TrackerStatus.OFF)
        wanted = broken.where(col(SocialAccount.member_id).is_(None), col(SocialAccount.network).not_in(silent))
    return [number for number in session.exec(wanted) if number]


def _list_reviews(session: Session) -> list[tuple[int | None, int]]:
    waiting = select(Delivery.entry_id, func.count()).where(Delivery.status == DeliveryStatus.NEEDS_REVIEW)
    return list(session.exec(waiting.group_by(col(Delivery.entry_id)).order_by(col(Delivery.entry_id))))


def _list_failed_reports(session: Session, *, now: datetime) -> list[tuple[str, int]]:
    failed = select(Report.period, func.count()).where(
        Report.status == ReportStatus.FAILED, Report.due_at >= now - REPORTS_FAILED_WITHIN
    )
    return list(session.exec(failed.group_by(col(Report.period)).order_by(col(Report.period))))


def record_open(
    session: Session, conditions: Sequence[Condition], *, now: datetime
) -> tuple[list[Condition], list[Condition]]:
    """Open alerts for new conditions and resolve those that are over; return both.

    Several callers may do this at once: each beginning and each end is returned to one of them only.
    """
    rows = session.exec(select(Alert).where(col(Alert.resolved_at).is_(None), col(Alert.code).in_(_CODES)))
    known = {(row.code, row.subject): row for row in rows}
    wanted = {(str(one.code), one.subject[:80]): one for one in conditions}
    began = [one for key, one in wanted.items() if key not in known and _open(session, one, now=now)]
    for key in wanted.keys() & known.keys():
        if known[key].detail != wanted[key].detail:
            known[key].detail = wanted[key].detail
            session.add(known[key])
    over = [row.id for key, row in known.items() if key not in wanted]
    ended = session.execute(
        update(Alert)
        .where(col(Alert.id).in_(over), col(Alert.resolved_at).is_(None))
        .values(resolved_at=now)
        .returning(col(Alert.code), col(Alert.subject), col(Alert.detail))
        .execution_options(synchronize_session=False)
    ).all()
    return began, [Condition(AlertCode(code), subject, detail) for code, subject, detail in ended]


def _open(session: Session, condition: Condition, *, now: datetime) -> bool:
    row = {
        "code": str(condition.code),
        "subject": condition.subject[:80],
        "detail": condition.detail,
        "opened_at": now,
    }
    return insert_ignore(session, Alert, [row]) == 1


def list_untold(session: Session, way: TellBy) -> list[Notice]:
    """Return what is still to be told this way, oldest first: beginnings, and ends of what was told to begin.

    What began and ended before anybody could be told is not worth a word.
    """
    told, end_told = _TOLD[way]
    began = and_(col(Alert.resolved_at).is_(None), told.is_(None))
    over = and_(col(Alert.resolved_at).is_not(None), told.is_not(None), end_told.is_(None))
    rows = session.exec(select(Alert).where(or_(began, over), col(Alert.code).in_(_CODES)).order_by(col(Alert.id)))
    return [
        Notice(row.id or 0, AlertCode(row.code), row.subject, row.detail, row.opened_at, row.resolved_at)
        for row in rows
    ]


def mark_told(session: Session, way: TellBy, notices: Sequence[Notice], *, now: datetime) -> None:
    """Remember that these were told this way."""
    told, end_told = _TOLD[way]
    for column, is_over in ((told, False), (end_told, True)):
        ids = [one.alert_id for one in notices if (one.resolved_at is not None) == is_over]
        session.execute(
            update(Alert)
            .where(col(Alert.id).in_(ids), column.is_(None))
            .values({column: now})
            .execution_options(synchronize_session=False)
        )


def put_off(session: Session, way: TellBy, *, until: datetime) -> None:
    """Do not try this way before `until`: a refused password is not to be tried every minute."""
    session.merge(Marker(name=_put_off_name(way), at=until))


def is_put_off(session: Session, way: TellBy, *, now: datetime) -> bool:
    """Whether this way failed a moment ago."""
    marker = session.get(Marker, _put_off_name(way))
    return marker is not None and marker.at > now


def _put_off_name(way: TellBy) -> str:
    return f"alerts by {way.value} wait"


def take_staff_chat(session: Session, bot_id: int, address: int, *, now: datetime, rest: timedelta) -> bool:
    """Take the next place in the pace of the staff's chat; False while it is somebody else's turn."""
    chat_id = ensure_chat(session, bot_id, address, kind_of(address))
    free = or_(col(Chat.next_send_at).is_(None), col(Chat.next_send_at) <= now)
    taken = update(Chat).where(col(Chat.id) == chat_id, free).values(next_send_at=now + rest)
    return session.execute(taken.returning(col(Chat.id))).first() is not None


def list_open(session: Session) -> list[Notice]:
    """Return the alerts that are not over, the oldest first."""
    rows = select(Alert).where(col(Alert.resolved_at).is_(None), col(Alert.code).in_(_CODES)).order_by(col(Alert.id))
    return [
        Notice(one.id or 0, AlertCode(one.code), one.subject, one.detail, one.opened_at) for one in session.exec(rows)
    ]
