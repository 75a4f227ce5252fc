"""Short links: where they lead, and how often people followed them; nothing of a person is kept."""

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from sharebot.models import ClickSalt, ClickTally, QueueEntry, SeenClick, TrackedLink, Variant
from sharebot.rules.clicks import address_key, is_over_cap, visitor_key
from sharebot.store.recovery import prove_by_click
from sharebot.store.upsert import add_up, insert_ignore
from sharebot.values.status import ClickOutcome, EntryStatus

_SALT_BYTES = 32
_KEPT_FOR = timedelta(hours=48)
_LIVE = (EntryStatus.RELEASED, EntryStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a short link, and what it says of itself. It is never stored."""

    code: str
    outcome: ClickOutcome
    address: str
    agent: str


def find_target(session: Session, code: str, *, now: datetime) -> str | None:
    """Return where the link leads; None when it is unknown, not released, embargoed, or withdrawn."""
    link = find_live(session, code, now=now)
    return link.target_url if link else None


def follow(session: Session, visit: Visit, *, now: datetime) -> str | None:
    """Return where the link leads, and count the visit; None (and nothing counted) when it leads nowhere."""
    link = find_live(session, visit.code, now=now)
    if link is None:
        return None
    today = now.astimezone(UTC).date()
    outcome = _outcome(session, visit, today)
    row = {"link_id": link.id, "on_date": today, "outcome": outcome, "n": 1}
    if outcome is ClickOutcome.COUNTED:
        prove_by_click(session, member_id=link.member_id, variant_id=link.variant_id, now=now)
    add_up(session, ClickTally, row, keys=("link_id", "on_date", "outcome"), column="n")
    return link.target_url


def count_clicks(session: Session, *, since: date) -> int:
    """Return how many clicks of people were counted from this day on."""
    counted = select(func.sum(ClickTally.n)).where(
        ClickTally.outcome == ClickOutcome.COUNTED, ClickTally.on_date >= since
    )
    return session.exec(counted).one() or 0


def forget_visitors(session: Session, *, now: datetime) -> None:
    """Delete the repeat sets older than 48 hours, and the salts without which they mean nothing."""
    last = (now.astimezone(UTC) - _KEPT_FOR).date()
    session.execute(delete(SeenClick).where(col(SeenClick.on_date) < last))
    session.execute(delete(ClickSalt).where(col(ClickSalt.on_date) < last))


def find_live(session: Session, code: str, *, now: datetime) -> TrackedLink | None:
    """Return the link; None when it is unknown, not released, embargoed, or withdrawn."""
    released = (
        select(QueueEntry.id)
        .where(
            QueueEntry.content_id == Variant.content_id,
            col(QueueEntry.released_at).is_not(None),
            col(QueueEntry.status).in_(_LIVE),
            col(QueueEntry.share_from).is_(None) | (col(QueueEntry.share_from) <= now),
        )
        .exists()
    )
    link = select(TrackedLink).join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
    return session.exec(link.where(TrackedLink.code == code, released)).first()


def _outcome(session: Session, visit: Visit, today: date) -> ClickOutcome:
    """Turn a visit that may count into a repeat when this visitor, or their address, had its share."""
    if visit.outcome is not ClickOutcome.COUNTED:
        return visit.outcome
    salt = _salt_of(session, today)
    by_address = address_key(salt, code=visit.code, address=visit.address)
    seen = session.get(SeenClick, by_address)
    if seen is not None and is_over_cap(seen.n):
        return ClickOutcome.REPEAT
    by_visitor = visitor_key(salt, code=visit.code, address=visit.address, agent=visit.agent)
    if not insert_ignore(session, SeenClick, [{"key": by_visitor, "on_date": today, "n": 1}]):
        return ClickOutcome.REPEAT
    add_up(session, SeenClick, {"key": by_address, "on_date": today, "n": 1}, keys=("key",), column="n")
    return ClickOutcome.COUNTED


def _salt_of(session: Session, today: date) -> bytes:
    known = session.get(ClickSalt, today)
    if known is not None:
        return known.salt
    insert_ignore(session, ClickSalt, [{"on_date": today, "salt": secrets.token_bytes(_SALT_BYTES)}])
    return session.exec(select(ClickSalt.salt).where(ClickSalt.on_date == today)).one()
