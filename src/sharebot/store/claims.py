"""Claims: which worker may send which delivery now, at what moment; one transaction a turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update
from sqlmodel import Session

from sharebot.models import Attempt, Bot, Chat, Delivery, Officer, QueueEntry
from sharebot.rules.sending import CHAT_PACE, current_slowness, next_slot
from sharebot.store.bots import lock_bot, may_send
from sharebot.store.chats import read_address
from sharebot.store.database import vault_of
from sharebot.store.silences import is_silenced
from sharebot.values.status import (
    AttemptOutcome,
    ChatKind,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    OfficerStatus,
)

LOOKAHEAD = timedelta(milliseconds=50)  # what starts later is claimed later: after a crash it is in no doubt
_SPARE = 3  # candidates read for each one wanted, since a chat gets one at a time

_delivery: Any = Delivery.__table__  # type: ignore[attr-defined]
_chat: Any = Chat.__table__  # type: ignore[attr-defined]
_officer: Any = Officer.__table__  # type: ignore[attr-defined]
_entry: Any = QueueEntry.__table__  # type: ignore[attr-defined]
_attempt: Any = Attempt.__table__  # type: ignore[attr-defined]

_OF_ENTRY = (DeliveryKind.ITEM, DeliveryKind.FORWARD)
_ASKS = (*_OF_ENTRY, DeliveryKind.DIGEST, DeliveryKind.REMINDER)
_FREE = [kind for kind in DeliveryKind if kind not in {*_OF_ENTRY, DeliveryKind.PREVIEW}]
_ALLOWED = or_(
    _delivery.c.kind.in_(_FREE),
    and_(_delivery.c.kind.in_(_OF_ENTRY), _entry.c.status == EntryStatus.RELEASED),
    and_(_delivery.c.kind == DeliveryKind.PREVIEW, _entry.c.status == EntryStatus.PREVIEWING),
)
_on_its_way = _delivery.alias("on_its_way")
_BUSY_CHATS = select(_on_its_way.c.chat_id).where(
    _on_its_way.c.bot_id == bindparam("bot"),
    _on_its_way.c.status == DeliveryStatus.SENDING,
    _on_its_way.c.chat_id.is_not(None),
)
_CANDIDATES = (
    select(
        _delivery.c.id,
        _delivery.c.attempts,
        _delivery.c.copies,
        _delivery.c.officer_id,
        _delivery.c.chat_id,
        _delivery.c.kind,
        _chat.c.kind.label("chat_kind"),
        _chat.c.address_sealed,
        _chat.c.thread_id,
    )
    .join_from(_delivery, _chat, _chat.c.id == _delivery.c.chat_id)
    .outerjoin(_officer, _officer.c.id == _delivery.c.officer_id)
    .outerjoin(_entry, _entry.c.id == _delivery.c.entry_id)
    .where(
        _delivery.c.bot_id == bindparam("bot"),
        _delivery.c.status == DeliveryStatus.QUEUED,
        _delivery.c.due_at <= bindparam("now"),
        _delivery.c.expires_at > bindparam("now"),
        _delivery.c.chat_id.not_in(_BUSY_CHATS),
        or_(_chat.c.next_send_at.is_(None), _chat.c.next_send_at <= bindparam("now")),
        or_(_officer.c.id.is_(None), _officer.c.status == OfficerStatus.ACTIVE),
        _ALLOWED,
        or_(_delivery.c.kind.not_in(_ASKS), _officer.c.id.is_(None), ~is_silenced(bindparam("now"))),
    )
    .order_by(_delivery.c.due_at, _delivery.c.id)
    .limit(bindparam("most"))
)
_TAKE = (
    update(_delivery)
    .where(_delivery.c.id.in_(bindparam("ids", expanding=True)), _delivery.c.status == DeliveryStatus.QUEUED)
    .values(status=DeliveryStatus.SENDING, sending_since=bindparam("now"), attempts=_delivery.c.attempts + 1)
    .returning(_delivery.c.id)
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker alone may send, from `starts_at` on; `number` counts its attempts.

    `rest` is how long its chat is left in peace after it.
    """

    delivery_id: int
    number: int
    copies: int
    bot_id: int
    chat_id: int
    rest: timedelta
    officer_id: int | None
    address: int | str
    claimed_at: datetime
    starts_at: datetime
    kind: DeliveryKind = DeliveryKind.ITEM
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a worker may send; `next_at` is when the pace allows more, None when nothing more is due."""

    claims: Sequence[Claim] = ()
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a bot may go: messages a second over all its workers, and a minute in one group."""

    per_second: float
    per_minute_in_group: float

    def rest_of(self, kind: ChatKind) -> timedelta:
        """Return how long a chat rests after a message: a second, a group longer (20 a minute are allowed)."""
        return CHAT_PACE if kind is ChatKind.PRIVATE else timedelta(seconds=60 / self.per_minute_in_group)


def claim_due(session: Session, bot_id: int, *, now: datetime, limit: int, pace: Pace) -> Claimed:
    """Take up to `limit` due deliveries of a bot, at most one a chat, in order; `open_attempts` has to follow.

    Nothing is claimed while the bot is paused or halted, of an entry not released, past its expiry, or that
    the pace would let start more than a moment from now; and nothing that asks for something of a country on hold.
    """
    bot = lock_bot(session, bot_id)
    if bot is None or limit < 1 or not may_send(bot, now=now):
        return Claimed()
    places = _places(bot, pace, now=now, limit=limit)
    # Without a place one candidate is looked at all the same: whether it is worth waiting for the pace.
    chosen = _choose(session, bot_id, now=now, limit=max(len(places), 1))
    if not chosen:
        return Claimed()
    if not places:
        return Claimed(next_at=bot.next_send_at)
    taken = _take(session, chosen, now=now)
    claims = [_claim(session, bot_id, row, pace, now, start) for row, (start, _) in zip(taken, places, strict=False)]
    bot.next_send_at = places[len(claims) - 1][1] if claims else bot.next_send_at
    session.add(bot)
    return Claimed(claims, bot.next_send_at if len(claims) == len(places) else None)


def _take(session: Session, chosen: Sequence[Mapping[str, Any]], *, now: datetime) -> list[Mapping[str, Any]]:
    taken = set(session.execute(_TAKE, {"ids": [row["id"] for row in chosen], "now": now}).scalars())
    return [row for row in chosen if row["id"] in taken]


def _places(bot: Bot, pace: Pace, *, now: datetime, limit: int) -> list[tuple[datetime, datetime]]:
    """Return when the next messages may start, each with the pace's state after it."""
    slowness = current_slowness(bot.slowness, bot.slowed_at, now)
    interval = timedelta(seconds=slowness / pace.per_second)
    places: list[tuple[datetime, datetime]] = []
    next_at = bot.next_send_at
    while len(places) < limit:
        slot = next_slot(next_at, now=now, interval=interval)
        if slot.starts_at > now + LOOKAHEAD:
            break
        places.append((slot.starts_at, slot.next_at))
        next_at = slot.next_at
    return places


def _choose(session: Session, bot_id: int, *, now: datetime, limit: int) -> list[Mapping[str, Any]]:
    """Return the earliest due deliveries, the first of each chat."""
    rows = session.execute(_CANDIDATES, {"bot": bot_id, "now": now, "most": limit * _SPARE}).mappings()
    firsts: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        firsts.setdefault(row["chat_id"], dict(row))
    return list(firsts.values())[:limit]


def _claim(
    session: Session, bot_id: int, row: Mapping[str, Any], pace: Pace, now: datetime, starts_at: datetime
) -> Claim:
    return Claim(
        delivery_id=row["id"],
        number=row["attempts"] + 1,
        copies=row["copies"],
        bot_id=bot_id,
        chat_id=row["chat_id"],
        rest=pace.rest_of(row["chat_kind"]),
        officer_id=row["officer_id"],
        address=read_address(vault_of(session).open(row["address_sealed"]), row["chat_kind"]),
        kind=row["kind"],
        thread_id=row["thread_id"],
        claimed_at=now,
        starts_at=starts_at,
    )


def open_attempts(
    session: Session, claims: Sequence[Claim], bodies: Mapping[int, str], *, worker: str, now: datetime
) -> None:
    """Write the claims' attempts, in the same transaction, before the first byte leaves.

    `bodies` are the hashes of what is about to be sent, by delivery.
    """
    rows = [
        {
            "delivery_id": claim.delivery_id,
            "number": claim.number,
            "worker": worker,
            "body_sha256": bodies.get(claim.delivery_id, ""),
            "outcome": AttemptOutcome.OPEN,
            "started_at": now,
        }
        for claim in claims
    ]
    if rows:
        session.connection().execute(insert(_attempt), rows)


def is_held(session: Session, claim: Claim) -> bool:
    """Whether the delivery is still this claim's: a process that slept for long may have lost it."""
    held = select(_delivery.c.id).where(
        _delivery.c.id == claim.delivery_id,
        _delivery.c.status == DeliveryStatus.SENDING,
        _delivery.c.attempts == claim.number,
    )
    return session.execute(held).first() is not None
