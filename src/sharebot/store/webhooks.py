"""Addresses that are told of events: what is to be told to whom, and what became of it."""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Webhook, WebhookCall
from sharebot.rules.signatures import pause_after, write_secret
from sharebot.store.database import vault_of
from sharebot.store.upsert import insert_ignore
from sharebot.values.api import TEST_EVENT, Call, CallStatus, WebhookEvent

CALLS_KEPT_FOR = timedelta(days=120)
_SHOWN = 6
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call as staff see it."""

    id: int
    event: str
    status: CallStatus
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class WebhookView:
    """An address with its last calls, newest first."""

    id: int
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime
    failing_since: datetime | None
    calls: tuple[CallLine, ...]


def add_webhook(session: Session, url: str, events: Collection[WebhookEvent], *, now: datetime) -> tuple[int, str]:
    """Add an address; return its number and its secret, this once: it is kept sealed."""
    secret = write_secret(os.urandom(32))
    row = Webhook(
        url=url, events=",".join(sorted(events)), secret_sealed=vault_of(session).seal(secret), created_at=now
    )
    session.add(row)
    session.flush()
    return row.id or 0, secret


def list_webhooks(session: Session) -> list[WebhookView]:
    """Return all addresses with their last calls."""
    rows = session.exec(select(Webhook).order_by(col(Webhook.id))).all()
    age = func.row_number().over(partition_by=col(WebhookCall.webhook_id), order_by=col(WebhookCall.id).desc())
    ranked = select(col(WebhookCall.id).label("id"), age.label("age")).subquery()
    latest = select(WebhookCall).join(ranked, col(WebhookCall.id) == ranked.c.id).where(ranked.c.age <= _SHOWN)
    calls: dict[int, list[CallLine]] = defaultdict(list)
    for one in session.exec(latest.order_by(col(WebhookCall.id).desc())):
        calls[one.webhook_id].append(_line(one))
    return [
        WebhookView(
            row.id or 0,
            row.url,
            tuple(row.events.split(",")),
            row.active,
            row.created_at,
            row.failing_since,
            tuple(calls[row.id or 0]),
        )
        for row in rows
    ]


def _line(row: WebhookCall) -> CallLine:
    times = (row.created_at, row.due_at, row.sent_at)
    return CallLine(row.id or 0, row.event, row.status, row.attempts, *times, row.error)


def get_webhook(session: Session, webhook_id: int) -> Webhook:
    """Return the address. Raises NotFound."""
    row = session.get(Webhook, webhook_id)
    if row is None:
        raise NotFound(f"there is no webhook {webhook_id}")
    return row


def set_active(session: Session, webhook_id: int, *, active: bool) -> None:
    """Pause an address, or tell it of what happens again: of what is queued, and of nothing that came between."""
    row = get_webhook(session, webhook_id)
    row.active = active
    if active:
        row.failing_since = None
    session.add(row)


def delete_webhook(session: Session, webhook_id: int) -> None:
    """Forget an address and its calls."""
    row = get_webhook(session, webhook_id)
    session.execute(delete(WebhookCall).where(col(WebhookCall.webhook_id) == webhook_id))
    session.delete(row)


def note_event(session: Session, event: WebhookEvent, key: str, data: Mapping[str, object], *, now: datetime) -> int:
    """Queue a call to everybody who wants to know of it; return how many. Noting it again under `key` adds nothing.

    `data` are ids and words alone.
    """
    return note_events(session, event, [(key, data)], now=now)


def note_events(
    session: Session, event: WebhookEvent, happened: Sequence[tuple[str, Mapping[str, object]]], *, now: datetime
) -> int:
    """Do for many what `note_event` does for one, each with its key."""
    hearing = find_listeners(session, event)
    rows = [
        _new_call(row.id or 0, event, f"{event}:{key}:{row.id}", data, now=now)
        for row in hearing
        for key, data in happened
    ]
    return insert_ignore(session, WebhookCall, rows)


def note_test(session: Session, webhook_id: int, *, now: datetime) -> None:
    """Queue a call that only shows whether the address answers. Raises Refused while it is paused."""
    if not get_webhook(session, webhook_id).active:
        raise Refused("this webhook is paused")
    key = f"{TEST_EVENT}:{os.urandom(8).hex()}:{webhook_id}"
    insert_ignore(session, WebhookCall, [_new_call(webhook_id, TEST_EVENT, key, {"webhook_id": webhook_id}, now=now)])


def find_listeners(session: Session, event: WebhookEvent) -> list[Webhook]:
    """Return the active addresses that want to know of an event."""
    return [row for row in _list_active(session) if event in row.events.split(",")]


def list_failing(session: Session) -> list[tuple[int, datetime]]:
    """Return the active addresses that take no calls, and since when."""
    return [(row.id or 0, row.failing_since) for row in _list_active(session) if row.failing_since is not None]


def _list_active(session: Session) -> list[Webhook]:
    active = select(Webhook).where(col(Webhook.active).is_(True))
    return list(session.exec(active.order_by(col(Webhook.id))))


def _new_call(webhook_id: int, event: str, key: str, data: Mapping[str, object], *, now: datetime) -> dict[str, object]:
    said = {"type": event, "timestamp": now.astimezone(UTC).isoformat(), "data": data}
    return {
        "webhook_id": webhook_id,
        "key": key,
        "event": event,
        "body": json.dumps(said),
        "status": CallStatus.QUEUED,
        "attempts": 0,
        "due_at": now,
        "created_at": now,
    }


def list_due_calls(session: Session, *, now: datetime) -> list[Call]:
    """Return some calls to be made, oldest first.

    They stay due until their outcome is noted: after a crash they are made again.
    """
    return [call for hook in _list_active(session) for call in _list_due(session, hook, now=now)]


def _list_due(session: Session, hook: Webhook, *, now: datetime) -> list[Call]:
    due = (
        select(WebhookCall)
        .where(WebhookCall.webhook_id == hook.id, WebhookCall.status == CallStatus.QUEUED, WebhookCall.due_at <= now)
        .order_by(col(WebhookCall.due_at), col(WebhookCall.id))
        .limit(_AT_ONCE)
    )
    calls = session.exec(due).all()
    secret = vault_of(session).open(hook.secret_sealed) if calls else ""
    return [Call(one.id or 0, hook.id or 0, hook.url, secret, _message_id(one.key), one.body) for one in calls]


def _message_id(key: str) -> str:
    # By what it tells, not by its row: after a restore the same event is still the same message.
    return f"msg_{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def record_sent(session: Session, call: Call, *, now: datetime) -> None:
    """Note that the address took it."""
    _move(session, call, status=CallStatus.SENT, attempts=WebhookCall.attempts + 1, sent_at=now, error=None)
    session.execute(update(Webhook).where(col(Webhook.id) == call.webhook_id).values(failing_since=None))


def record_failure(session: Session, call: Call, error: str, *, now: datetime) -> None:
    """Note that a call failed, and when to call again, if ever."""
    row = session.get(WebhookCall, call.id)
    if row is None:
        return  # staff deleted it meanwhile
    pause = pause_after(row.attempts + 1)
    again = {"due_at": now + pause} if pause else {"status": CallStatus.FAILED}
    _move(session, call, attempts=row.attempts + 1, error=error[:300], **again)
    first = update(Webhook).where(col(Webhook.id) == call.webhook_id, col(Webhook.failing_since).is_(None))
    session.execute(first.values(failing_since=now))


def record_gone(session: Session, call: Call, *, now: datetime) -> None:
    """End an address that says it wants nothing more (410), and all that waits for it."""
    gone = "the address says it is gone (410)"
    _move(session, call, status=CallStatus.FAILED, attempts=WebhookCall.attempts + 1, error=gone)
    waiting = update(WebhookCall).where(
        col(WebhookCall.webhook_id) == call.webhook_id, col(WebhookCall.status) == CallStatus.QUEUED
    )
    session.execute(waiting.values(status=CallStatus.FAILED, error=gone))
    ended = update(Webhook).where(col(Webhook.id) == call.webhook_id)
    session.execute(ended.values(active=False, failing_since=now))


def _move(session: Session, call: Call, **values: object) -> None:
    own = update(WebhookCall).where(col(WebhookCall.id) == call.id, col(WebhookCall.status) == CallStatus.QUEUED)
    session.execute(own.values(**values))


def retry_call(session: Session, call_id: int, *, now: datetime) -> None:
    """Make a call once more, now. Raises NotFound, and Refused when it was taken already."""
    row = session.get(WebhookCall, call_id)
    if row is None:
        raise NotFound(f"there is no call {call_id}")
    if row.status is CallStatus.SENT:
        raise Refused("this call was taken already")
    row.status, row.due_at, row.attempts = CallStatus.QUEUED, now, 0
    session.add(row)


def forget_calls(session: Session, *, now: datetime) -> None:
    """Delete calls past their time."""
    session.execute(delete(WebhookCall).where(col(WebhookCall.created_at) <= now - CALLS_KEPT_FOR))
