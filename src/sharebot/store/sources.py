"""Sources and the cursors of their polls."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.errors import Refused
from sharebot.models import Source
from sharebot.values.feeds import Cursor
from sharebot.values.status import SourceKind, SourceStatus


def add_source(
    session: Session, url: str, *, kind: SourceKind, title: str, language: str | None, now: datetime
) -> Source:
    """Add a source, due at once. Raises Refused when its address is known already."""
    if find_source(session, url) is not None:
        raise Refused(f"{url} is a source already")
    source = Source(kind=kind, url=url, title=title[:500], language=language, next_poll_at=now, created_at=now)
    session.add(source)
    session.flush()
    return source


def find_source(session: Session, url: str) -> Source | None:
    """Return the source with this address, or None."""
    return session.exec(select(Source).where(Source.url == url)).first()


def list_sources(session: Session) -> list[Source]:
    """Return all sources in the order they were added."""
    return list(session.exec(select(Source).order_by(col(Source.id))))


def list_due(session: Session, *, now: datetime) -> list[Source]:
    """Return the sources whose next poll is due."""
    due = select(Source).where(Source.status != SourceStatus.OFF, Source.next_poll_at <= now)
    return list(session.exec(due.order_by(col(Source.next_poll_at), col(Source.id))))


def record_unchanged(session: Session, source_ids: Sequence[int], *, next_poll_at: datetime, now: datetime) -> None:
    """Note polls that brought nothing new, many at once."""
    session.execute(
        update(Source)
        .where(col(Source.id).in_(source_ids))
        .values(polled_at=now, next_poll_at=next_poll_at, failures=0, error=None, status=SourceStatus.ACTIVE)
    )


def record_poll(
    session: Session,
    source: Source,
    cursor: Cursor,
    *,
    moved_to: str | None,
    next_poll_at: datetime,
    now: datetime,
) -> None:
    """Note a poll that brought a body, with the cursor for the next one."""
    session.execute(
        update(Source)
        .where(col(Source.id) == source.id)
        .values(
            etag=cursor.etag,
            last_modified=cursor.last_modified,
            body_sha256=cursor.body_sha256,
            moved_to=moved_to,
            polled_at=now,
            next_poll_at=next_poll_at,
            failures=0,
            error=None,
            status=SourceStatus.ACTIVE,
        )
    )


def record_failure(
    session: Session, source: Source, error: str, *, next_poll_at: datetime | None, now: datetime
) -> None:
    """Note a poll that failed; without `next_poll_at` the source is switched off until staff look."""
    session.execute(
        update(Source)
        .where(col(Source.id) == source.id)
        .values(
            polled_at=now,
            next_poll_at=next_poll_at or source.next_poll_at,
            failures=col(Source.failures) + 1,
            error=error[:300],
            status=SourceStatus.FAILING if next_poll_at else SourceStatus.OFF,
        )
    )
