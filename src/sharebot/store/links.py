"""Short links: where they lead, and how often people followed them; nothing of a person is kept."""

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlmodel import Session, col

from sharebot.models import ClickSalt, ClickTally, QueueEntry, SeenClick, TrackedLink, Variant
from sharebot.rules.clicks import Crowd, Keys, keys_of
from sharebot.store.recovery import prove_by_clicks
from sharebot.store.upsert import add_up_all, insert_ignore
from sharebot.values.status import ClickOutcome, EntryStatus

_SALT_BYTES = 32
# Another process's clock may still be in the day before.
_GRACE = timedelta(minutes=10)
_LIVE = (EntryStatus.RELEASED, EntryStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a short link, and what it says of itself. It is never stored."""

    code: str
    outcome: ClickOutcome
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class LiveLink:
    """A link that leads somewhere now."""

    id: int
    code: str
    member_id: int
    variant_id: int
    target_url: str
    wording_id: int | None


def follow_all(session: Session, visits: Sequence[Visit], *, now: datetime) -> list[str | None]:
    """Return where each visit's link leads, in their order, and count it; None (and nothing counted) for one that is
    unknown, not released, embargoed, or withdrawn. Many take as few statements as one.
    """
    links = list_live(session, {one.code for one in visits}, now=now)
    known = [one for one in visits if one.code in links]
    today = now.astimezone(UTC).date()
    tallies = Counter[tuple[int, ClickOutcome]]()
    counted: set[tuple[int, int]] = set()
    for visit, outcome in zip(known, settle_visits(session, known, kind="", now=now), strict=True):
        link = links[visit.code]
        tallies[link.id, outcome] += 1
        if outcome is ClickOutcome.COUNTED:
            counted.add((link.member_id, link.variant_id))
    prove_by_clicks(session, counted, now=now)
    rows = [
        {"link_id": link_id, "on_date": today, "outcome": outcome, "n": n}
        for (link_id, outcome), n in sorted(tallies.items())
    ]
    add_up_all(session, ClickTally, rows, keys=("link_id", "on_date", "outcome"), column="n")
    return [links[one.code].target_url if one.code in links else None for one in visits]


def count_clicks(session: Session, *, since: date) -> int:
    """Return how many clicks of people were counted from this day on."""
    counted = select(func.sum(col(ClickTally.n))).where(
        col(ClickTally.outcome) == ClickOutcome.COUNTED, col(ClickTally.on_date) >= since
    )
    return session.execute(counted).scalar_one() or 0


def forget_visitors(session: Session, *, now: datetime) -> None:
    """Delete the repeat sets of days that are over, and the salts without which they mean nothing."""
    first = (now.astimezone(UTC) - _GRACE).date()
    session.execute(delete(SeenClick).where(col(SeenClick.on_date) < first))
    session.execute(delete(ClickSalt).where(col(ClickSalt.on_date) < first))


def list_live(session: Session, codes: Collection[str], *, now: datetime) -> dict[str, LiveLink]:
    """Return the links by code, without those that are unknown, not released, embargoed, or withdrawn."""
    rows: Any = (
        select(*(getattr(TrackedLink, field.name) for field in fields(LiveLink)))
        .join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
        .where(col(TrackedLink.code).in_(list(codes)), is_live(now))
    )
    return {row.code: LiveLink(*row) for row in session.execute(rows)}


def is_live(now: datetime) -> ColumnElement[bool]:
    """Return the condition on a variant under which readers may know of it: released, not embargoed, not withdrawn."""
    entry = select(col(QueueEntry.id)).where(
        col(QueueEntry.content_id) == col(Variant.content_id),
        col(QueueEntry.released_at).is_not(None),
        col(QueueEntry.status).in_(_LIVE),
        col(QueueEntry.share_from).is_(None) | (col(QueueEntry.share_from) <= now),
    )
    return entry.exists()


def settle_visits(session: Session, visits: Sequence[Visit], *, kind: str, now: datetime) -> list[ClickOutcome]:
    """Turn those that may count into repeats where the visitor, or their address, had its share of the day.

    Visits of one `kind` know nothing of another's. Nobody else settles visits of the same addresses until the
    transaction ends.
    """
    if not any(one.outcome is ClickOutcome.COUNTED for one in visits):
        return [one.outcome for one in visits]
    now = now.astimezone(UTC)
    salt = _salt_of(session, now.date())
    of_each = [_keys_of(salt, one, kind, now) if one.outcome is ClickOutcome.COUNTED else None for one in visits]
    crowd = _read_crowd(session, [keys for keys in of_each if keys is not None], now.date())
    found = [crowd.settle(keys) if keys else one.outcome for one, keys in zip(visits, of_each, strict=True)]
    _add_seen(session, crowd.added, now.date())
    return found


def _keys_of(salt: bytes, visit: Visit, kind: str, now: datetime) -> Keys:
    minute = now.hour * 60 + now.minute
    return keys_of(salt, link=kind + visit.code, address=visit.address, agent=visit.agent, minute=minute)


def _read_crowd(session: Session, of_each: Sequence[Keys], today: date) -> Crowd:
    """Read what the day's set knows of these visitors, when nobody else can change it any more."""
    shared = sorted({key for keys in of_each for key in (keys.address, keys.neighbours)})
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        _add_seen(session, dict.fromkeys(shared, 0), today)
    wanted = [*shared, *{keys.visitor for keys in of_each}]
    rows: Any = select(col(SeenClick.key), col(SeenClick.n)).where(col(SeenClick.key).in_(wanted))
    return Crowd({bytes(key): n for key, n in session.execute(rows)})


def _add_seen(session: Session, added: Mapping[bytes, int], today: date) -> None:
    rows = [{"key": key, "on_date": today, "n": n} for key, n in sorted(added.items())]
    add_up_all(session, SeenClick, rows, keys=("key",), column="n")


def _salt_of(session: Session, today: date) -> bytes:
    salt: Any = select(col(ClickSalt.salt)).where(col(ClickSalt.on_date) == today)
    known = session.execute(salt).scalar_one_or_none()
    if known is None:
        insert_ignore(session, ClickSalt, [{"on_date": today, "salt": secrets.token_bytes(_SALT_BYTES)}])
        known = session.execute(salt).scalar_one()
    return bytes(known)
