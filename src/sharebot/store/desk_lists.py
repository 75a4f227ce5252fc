"""What staff's chat lists: entries on their way, those that can be withdrawn or reminded of, and the day's overview."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Content, QueueEntry
from sharebot.store.audiences import is_of_region
from sharebot.store.draft_states import when_of, whom_of
from sharebot.store.pages import find_waiting, find_week
from sharebot.store.queue_views import EntryView, get_entry_view, list_some
from sharebot.store.staff import SignedIn
from sharebot.values.desk import EntryLine, Morning
from sharebot.values.status import ContentStatus, EntryStatus

SHOWN, OFFERED, DRAFTS = 10, 8, 5
_NEXT = 3
_WITHDRAWABLE = (EntryStatus.APPROVED, EntryStatus.PREVIEWING, EntryStatus.RELEASED, EntryStatus.PAUSED)


def list_next(session: Session, *, staff: SignedIn, settings: Settings) -> tuple[list[EntryLine], int]:
    """Return what is on its way and what goes out next, and how much there is in all."""
    under_way, running = list_some(session, "under_way", language=staff.language, limit=SHOWN)
    planned, ahead = list_some(session, "planned", language=staff.language, limit=SHOWN)
    lines = [_line(session, one, staff, settings) for one in [*under_way, *planned][:SHOWN]]
    return lines, running + ahead


def get_line(session: Session, entry_id: int, *, staff: SignedIn, settings: Settings) -> EntryLine:
    """Return one entry. Raises NotFound."""
    return _line(session, get_entry_view(session, entry_id, language=staff.language), staff, settings)


def list_withdrawable(session: Session, *, staff: SignedIn, settings: Settings, now: datetime) -> list[EntryLine]:
    """Return the last entries that somebody may withdraw, the newest first."""
    last = select(QueueEntry.id).where(col(QueueEntry.status).in_(_WITHDRAWABLE), QueueEntry.expires_at > now)
    ids = session.exec(last.order_by(col(QueueEntry.id).desc()).limit(OFFERED)).all()
    return _mine(session, ids, staff=staff, settings=settings)


def list_on_offer(session: Session, *, staff: SignedIn, settings: Settings, now: datetime) -> list[EntryLine]:
    """Return the last entries whose officers may be reminded, the newest first."""
    out = select(QueueEntry.id).where(QueueEntry.status == EntryStatus.RELEASED, QueueEntry.expires_at > now)
    ids = session.exec(out.order_by(col(QueueEntry.released_at).desc(), col(QueueEntry.id).desc()).limit(OFFERED)).all()
    return [get_line(session, one, staff=staff, settings=settings) for one in ids if one is not None]


def _mine(session: Session, ids: Sequence[int | None], *, staff: SignedIn, settings: Settings) -> list[EntryLine]:
    lines = [get_line(session, one, staff=staff, settings=settings) for one in ids if one is not None]
    return [one for one in lines if one.within]


def list_waiting_drafts(session: Session) -> list[int]:
    """Return the contents that wait for a decision, the newest first."""
    drafts = select(Content.id).where(Content.status == ContentStatus.DRAFT).order_by(col(Content.id).desc())
    return [one for one in session.exec(drafts.limit(DRAFTS)) if one is not None]


def get_morning(session: Session, *, staff: SignedIn, settings: Settings, now: datetime) -> Morning:
    """Return what the overview says, as far as it fits a chat."""
    waiting, week = find_waiting(session), find_week(session, now=now)
    lines, _ = list_next(session, staff=staff, settings=settings)
    return Morning(
        drafts=waiting.drafts,
        quarantined=waiting.quarantined,
        officers=waiting.officers,
        doubts=waiting.deliveries,
        proposals=waiting.proposals,
        sources=waiting.sources,
        paused=waiting.paused,
        next=tuple(lines[:_NEXT]),
        messages=week.messages,
        parties_reached=week.parties_reached,
        parties_claimed=week.parties_claimed,
        parties_observed=week.parties_observed,
        clicks=week.clicks,
    )


def _line(session: Session, view: EntryView, staff: SignedIn, settings: Settings) -> EntryLine:
    return EntryLine(
        id=view.id,
        content_id=view.content_id,
        title=view.title.text,
        status=view.status,
        when=when_of(view.timing),
        whom=whom_of(view.audience),
        release_at=view.release_at,
        page_url=f"{settings.web.public_url}/queue/{view.id}",
        sent=view.sent,
        total=view.total,
        within=is_of_region(session, view.audience, staff.region),
    )
