"""Queue entries: planned, approved, released into deliveries, withdrawn."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound, Refused
from sharebot.models import Chat, Content, Delivery, Member, Officer, QueueEntry
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Chair, Offer, Party, Plan, Recipient, Terms, choose_recipients
from sharebot.rules.timing import Timing, local_instant
from sharebot.store.asks import habits_of, list_asked
from sharebot.store.channel import add_forwards
from sharebot.store.contents import EDITED, content_hash, get_content, list_variants
from sharebot.store.deliveries import new_delivery
from sharebot.store.digests import cancel_empty
from sharebot.store.members import candidate, list_members
from sharebot.store.party_links import add_links
from sharebot.store.previews import add_previews
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import (
    ChatKind,
    ContentStatus,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    OfficerStatus,
    Priority,
)

_WAITING = (EntryStatus.PROPOSED, EntryStatus.APPROVED, EntryStatus.PREVIEWING, EntryStatus.PAUSED)
EARLIEST_ZONE = "Pacific/Kiritimati"  # UTC+14: where every day begins


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approver decided; `expected_hash` is the content they saw."""

    content_id: int
    audience: Audience
    timing: Timing
    expires_at: datetime
    by: str
    expected_hash: str
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, slots=True)
class Released:
    """What a release wrote."""

    deliveries: int
    left_out: int


def plan(session: Session, content_id: int, terms: Terms, *, settings: Settings, now: datetime) -> Plan:
    """Say who would get the content, in which language and when, and who would not and why."""
    variants = {v.language: v.id or 0 for v in list_variants(session, content_id) if v.url}
    offer = Offer(
        variants,
        settings.sending.language_fallback,
        last_language=settings.organisation.languages[0],
        topics=_words(get_content(session, content_id).topics),
    )
    parties = _parties(session, settings=settings, now=now)
    return choose_recipients(parties, offer, terms, asked=list_asked(session, now=now), now=now)


def _parties(session: Session, *, settings: Settings, now: datetime) -> list[Party]:
    active = (
        select(Officer, Member, Chat.kind)
        .join(Member, col(Member.id) == col(Officer.member_id))
        .join(Chat, col(Chat.id) == col(Officer.chat_id))
        .where(Officer.status == OfficerStatus.ACTIVE, col(Officer.consented_at).is_not(None))
        .order_by(col(Officer.id))
    )
    chairs: dict[int, list[Chair]] = defaultdict(list)
    for officer, member, chat_kind in session.exec(active):
        chair = Chair(
            officer.id or 0,
            officer.language,
            habits_of(officer, member, settings=settings, now=now),
            topics=_words(officer.topics),
            is_group=chat_kind is ChatKind.GROUP,
        )
        chairs[officer.member_id].append(chair)
    return [
        Party(member.id or 0, member.name, candidate(member), tuple(chairs[member.id or 0]))
        for member in list_members(session)
    ]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split(",")) - {""}


def approve(session: Session, approval: Approval, *, now: datetime) -> QueueEntry:
    """Queue a content for an audience.

    Raises Refused when the content changed since it was seen, was archived, has no link to share, or
    when the time or the expiry lies in the past.
    """
    content = get_content(session, approval.content_id)
    if content.status is ContentStatus.ARCHIVED:
        raise Refused("this content is archived")
    if content_hash(session, approval.content_id) != approval.expected_hash:
        raise Refused("this content has been edited since you looked at it; look again")
    if not any(variant.url for variant in list_variants(session, approval.content_id)):
        raise Refused("this content has no link to share")
    release_at = _release_at(approval.timing, now)
    if approval.expires_at <= max(release_at, now):
        raise Refused("it would expire before it is sent")
    entry = QueueEntry(
        content_id=approval.content_id,
        wave=_next_wave(session, approval.content_id),
        status=EntryStatus.APPROVED,
        audience=approval.audience.to_json(),
        send_at=approval.timing.send_at,
        send_on=approval.timing.send_on,
        send_local=approval.timing.send_local,
        urgent=approval.timing.urgent,
        priority=approval.priority,
        release_at=release_at,
        expires_at=approval.expires_at,
        approved_hash=approval.expected_hash,
        approved_by=approval.by,
        approved_at=now,
        created_at=now,
    )
    content.status = ContentStatus.READY
    session.add(entry)
    session.flush()
    return entry


def _release_at(timing: Timing, now: datetime) -> datetime:
    if timing.send_on is None:
        if timing.send_at is not None and timing.send_at < now.replace(second=0, microsecond=0):
            raise Refused("the time to send lies in the past")
        return timing.send_at or now
    if timing.send_on < now.astimezone(ZoneInfo(EARLIEST_ZONE)).date():
        raise Refused("the day to send lies in the past")
    first = local_instant(timing.send_on, timing.send_local or time(0), EARLIEST_ZONE)
    return max(first, now)


def _next_wave(session: Session, content_id: int) -> int:
    last = select(func.max(QueueEntry.wave)).where(QueueEntry.content_id == content_id)
    return (session.exec(last).one() or 0) + 1


def get_entry(session: Session, entry_id: int) -> QueueEntry:
    """Return the entry. Raises NotFound."""
    entry = session.get(QueueEntry, entry_id)
    if entry is None:
        raise NotFound(f"there is no entry {entry_id}")
    return entry


def list_entries(session: Session) -> list[QueueEntry]:
    """Return all entries, newest first."""
    return list(session.exec(select(QueueEntry).order_by(col(QueueEntry.id).desc())))


def list_due_entries(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of approved entries whose time has come."""
    due = select(QueueEntry.id).where(
        QueueEntry.status == EntryStatus.APPROVED, QueueEntry.release_at <= now, QueueEntry.expires_at > now
    )
    return [entry_id for entry_id in session.exec(due.order_by(col(QueueEntry.id))) if entry_id]


def release(
    session: Session, entry_id: int, *, settings: Settings, new_code: Callable[[], str], now: datetime
) -> Released | None:
    """Turn an approved entry into its deliveries: all of them or none, in the caller's transaction.

    None when it is not approved any more, or when the content was edited since (then the approval
    is void). `new_code` yields the short links' codes.
    """
    claimed = session.execute(
        update(QueueEntry)
        .where(col(QueueEntry.id) == entry_id, col(QueueEntry.status) == EntryStatus.APPROVED)
        .values(status=EntryStatus.RELEASING)
        .returning(col(QueueEntry.id))
    ).first()
    if claimed is None:
        return None
    entry = get_entry(session, entry_id)
    session.refresh(entry)
    if content_hash(session, entry.content_id) != entry.approved_hash:
        _set_status(session, entry, EntryStatus.PROPOSED, note=EDITED)
        return None
    planned = plan(session, entry.content_id, terms_of(entry), settings=settings, now=now)
    add_links(session, planned, entry, new_code=new_code, now=now)
    count = _add_deliveries(session, planned, entry, now=now)
    previewed = add_previews(session, entry, preview_chat=settings.telegram.preview_chat, now=now) if count else 0
    status = EntryStatus.PREVIEWING if previewed else EntryStatus.RELEASED
    _set_status(session, entry, status, released_at=now)
    first = update(Content).where(col(Content.id) == entry.content_id, col(Content.released_at).is_(None))
    session.execute(first.values(released_at=now))
    return Released(count, len(planned.left_out))


def timing_of(entry: QueueEntry) -> Timing:
    """Return when the entry is to be sent."""
    return Timing(entry.send_at, entry.send_on, entry.send_local, urgent=entry.urgent)


def terms_of(entry: QueueEntry) -> Terms:
    """Return for whom and when the entry is, and how much it may ask."""
    return Terms(Audience.from_json(entry.audience), timing_of(entry), entry.expires_at, entry.priority)


def _add_deliveries(session: Session, planned: Plan, entry: QueueEntry, *, now: datetime) -> int:
    seats = select(Officer.id, Chat.id, Chat.bot_id).join(Chat, col(Chat.id) == col(Officer.chat_id))
    chats = {officer_id: (chat_id or 0, bot_id) for officer_id, chat_id, bot_id in session.exec(seats)}
    add_forwards(session, planned.recipients, entry, now=now)
    rows = [_new_item(entry, one, chats[one.officer_id], now=now) for one in planned.recipients]
    return insert_ignore(session, Delivery, rows)


def _new_item(entry: QueueEntry, one: Recipient, chat: tuple[int, int], *, now: datetime) -> dict[str, Any]:
    row = new_delivery(
        f"item:{entry.id}:{one.officer_id}",
        DeliveryKind.ITEM,
        chat=chat,
        officer_id=one.officer_id,
        entry_id=entry.id,
        variant_id=one.variant_id,
        due_at=one.due_at,
        expires_at=entry.expires_at,
        now=now,
    )
    return row | {"status": DeliveryStatus.HELD} if one.held else row


def withdraw(session: Session, entry_id: int, *, by: str, now: datetime) -> int:
    """End an entry: what is not sent yet is cancelled; return how many deliveries that were.

    What was delivered already is taken back by `corrections.take_back`.

    Raises Refused when it is over already.
    """
    stopped = session.execute(
        update(QueueEntry)
        .where(
            col(QueueEntry.id) == get_entry(session, entry_id).id,
            col(QueueEntry.status).in_(
                [
                    EntryStatus.PROPOSED,
                    EntryStatus.APPROVED,
                    EntryStatus.PREVIEWING,
                    EntryStatus.RELEASED,
                    EntryStatus.PAUSED,
                ]
            ),
        )
        .values(
            status=EntryStatus.WITHDRAWN,
            note=f"withdrawn by {by} at {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        )
        .returning(col(QueueEntry.id))
    ).first()
    if stopped is None:
        raise Refused("this entry is over already")
    cancelled = session.execute(
        update(Delivery)
        .where(
            col(Delivery.entry_id) == entry_id,
            col(Delivery.status).in_([DeliveryStatus.QUEUED, DeliveryStatus.HELD]),
        )
        .values(status=DeliveryStatus.CANCELLED)
        .returning(col(Delivery.id))
    ).all()
    cancel_empty(session)
    return len(cancelled)


def resume(session: Session, entry_id: int) -> None:
    """Let the rest of a paused entry go out, or one be released that was not yet. Raises Refused when not paused."""
    entry = get_entry(session, entry_id)
    resumed = session.execute(
        update(QueueEntry)
        .where(col(QueueEntry.id) == entry_id, col(QueueEntry.status) == EntryStatus.PAUSED)
        .values(status=EntryStatus.RELEASED if entry.released_at else EntryStatus.APPROVED, note="")
        .returning(col(QueueEntry.id))
    ).first()
    if resumed is None:
        raise Refused("this entry is not paused")


def expire_entries(session: Session, *, now: datetime) -> int:
    """End approved and proposed entries whose time is over; return how many."""
    over = session.execute(
        update(QueueEntry)
        .where(
            col(QueueEntry.status).in_(_WAITING),
            col(QueueEntry.expires_at) <= now,
        )
        .values(status=EntryStatus.EXPIRED)
        .returning(col(QueueEntry.id))
    ).all()
    return len(over)


def _set_status(session: Session, entry: QueueEntry, status: EntryStatus, **values: object) -> None:
    session.execute(
        update(QueueEntry)
        .where(col(QueueEntry.id) == entry.id, col(QueueEntry.status) == EntryStatus.RELEASING)
        .values(status=status, **values)
    )
