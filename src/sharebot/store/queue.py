"""Queue entries: planned, approved, released into deliveries, withdrawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound, Refused
from sharebot.models import Chat, Content, Delivery, Officer, QueueEntry
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Offer, Plan, Recipient, Terms, choose_recipients
from sharebot.rules.release_times import decide_release
from sharebot.rules.timing import Timing
from sharebot.store.asks import list_asked
from sharebot.store.channel import add_forwards
from sharebot.store.contents import EDITED, content_hash, get_content, list_variants
from sharebot.store.deliveries import new_delivery
from sharebot.store.digests import cancel_empty
from sharebot.store.edits import wait_for_sharing
from sharebot.store.once import once
from sharebot.store.parties import list_parties, words_of
from sharebot.store.party_links import add_links
from sharebot.store.previews import add_previews
from sharebot.store.upsert import insert_ignore
from sharebot.values.status import (
    ContentStatus,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Priority,
)

_WAITING = (
    EntryStatus.PROPOSED,
    EntryStatus.RETURNED,
    EntryStatus.APPROVED,
    EntryStatus.PREVIEWING,
    EntryStatus.PAUSED,
)
_UNDECIDED = (EntryStatus.PROPOSED, EntryStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Approval:
    """What somebody decided, or proposes; `expected_hash` is the content they saw.

    Officers see it at once, and may share it from `share_from` on.
    """

    content_id: int
    audience: Audience
    timing: Timing
    expires_at: datetime
    by: str
    expected_hash: str
    priority: Priority = Priority.NORMAL
    share_from: datetime | None = None


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
        topics=words_of(get_content(session, content_id).topics),
    )
    parties = list_parties(session, settings=settings, now=now)
    return choose_recipients(parties, offer, terms, asked=list_asked(session, now=now), now=now)


def approve(session: Session, approval: Approval, *, now: datetime) -> QueueEntry:
    """Queue a content for an audience, by the word of one person.

    Raises Refused when the content changed since it was seen, was archived, has no link to share, or
    when the time or the expiry lies in the past.
    """
    entry = prepare(session, approval, now=now)
    entry.status, entry.approved_by, entry.approved_at = EntryStatus.APPROVED, approval.by, now
    get_content(session, approval.content_id).status = ContentStatus.READY
    session.add(entry)
    session.flush()
    return entry


def prepare(session: Session, approval: Approval, *, now: datetime) -> QueueEntry:
    """Return what is to be approved or proposed: the entry that waits for a decision, changed, else a new one.

    It is not added yet. Raises Refused as `approve` does.
    """
    _hold(session, approval.content_id)
    content = get_content(session, approval.content_id)
    if content.status is ContentStatus.ARCHIVED:
        raise Refused("this content is archived")
    if content_hash(session, approval.content_id) != approval.expected_hash:
        raise Refused("this content has been edited since you looked at it; look again")
    if not any(variant.url for variant in list_variants(session, approval.content_id)):
        raise Refused("this content has no link to share")
    release_at = decide_release(approval.timing, approval.expires_at, approval.share_from, now=now)
    entry = find_undecided(session, approval.content_id) or QueueEntry(
        content_id=approval.content_id,
        wave=_next_wave(session, approval.content_id),
        release_at=release_at,
        expires_at=approval.expires_at,
        created_at=now,
    )
    entry.audience, entry.priority = approval.audience.to_json(), approval.priority
    entry.send_at, entry.send_on = approval.timing.send_at, approval.timing.send_on
    entry.send_local, entry.urgent = approval.timing.send_local, approval.timing.urgent
    entry.release_at, entry.expires_at, entry.share_from = release_at, approval.expires_at, approval.share_from
    entry.approved_hash, entry.returned_by, entry.note = approval.expected_hash, None, ""
    return entry


def find_undecided(session: Session, content_id: int) -> QueueEntry | None:
    """Return the entry of a content that waits for an approver, or for whoever proposed it; None without one."""
    return next((one for one in list_waves(session, content_id) if one.status in _UNDECIDED), None)


def list_waves(session: Session, content_id: int) -> Sequence[QueueEntry]:
    """Return the entries of a content, newest first, as they are now."""
    found = select(QueueEntry).where(QueueEntry.content_id == content_id).order_by(col(QueueEntry.id).desc())
    latest = found.execution_options(populate_existing=True)
    return once(session, ("waves", content_id), lambda: session.exec(latest).all())


def count_waves(session: Session, content_id: int) -> int:
    """Return how many entries of a content were decided; until the transaction ends nobody else decides another.

    Raises NotFound.
    """
    _hold(session, content_id)
    undecided = col(QueueEntry.status).in_([EntryStatus.PROPOSED, EntryStatus.RETURNED])
    return session.exec(
        select(func.count()).select_from(QueueEntry).where(QueueEntry.content_id == content_id, ~undecided)
    ).one()


def _hold(session: Session, content_id: int) -> None:
    """Let whoever else decides on a content wait for the transaction's end. Raises NotFound."""
    held = select(Content.id).where(Content.id == content_id).with_for_update(key_share=True)
    if session.exec(held).first() is None:
        raise NotFound(f"there is no content {content_id}")


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
    wait_for_sharing(session, entry, now=now)
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
                    EntryStatus.RETURNED,
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
        .where(col(QueueEntry.status).in_(_WAITING), col(QueueEntry.expires_at) <= now)
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
