"""Sources and the cursors of their polls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import SQLColumnExpression, func, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Source, Variant
from sharebot.store.listings import find_page, like
from sharebot.values.feeds import Cursor
from sharebot.values.listing import Listed, Listing
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


def get_source(session: Session, source_id: int) -> Source:
    """Return a source. Raises NotFound."""
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound(f"there is no source {source_id}")
    return source


def switch(session: Session, source_id: int, *, on: bool, now: datetime) -> None:
    """Poll a source again, at once, or no more. Raises NotFound."""
    source = get_source(session, source_id)
    source.status = SourceStatus.ACTIVE if on else SourceStatus.OFF
    source.next_poll_at, source.failures, source.error = now, 0, None
    session.add(source)


def poll_soon(session: Session, source_id: int, *, now: datetime) -> None:
    """Have a source polled at the next look. Raises NotFound, Refused when it is switched off."""
    source = get_source(session, source_id)
    if source.status is SourceStatus.OFF:
        raise Refused("it is switched off")
    source.next_poll_at = now
    session.add(source)


def accept_move(session: Session, source_id: int, *, now: datetime) -> None:
    """Poll a source at the address it says it has moved to, from now on.

    Raises NotFound, Refused when it has not moved or another source has that address.
    """
    source = get_source(session, source_id)
    if not source.moved_to:
        raise Refused("it has not moved")
    if find_source(session, source.moved_to) is not None:
        raise Refused("another source has that address already")
    source.url, source.moved_to, source.next_poll_at = source.moved_to, None, now
    source.etag = source.last_modified = source.body_sha256 = None
    session.add(source)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source with how many contents came from it."""

    source: Source
    contents: int


_CONTENTS: Any = (
    sa_select(func.count(func.distinct(col(Variant.content_id))))
    .where(col(Variant.source_id) == col(Source.id))
    .correlate(Source)
    .scalar_subquery()
)
_SORTS: Mapping[str, SQLColumnExpression[Any]] = {
    "name": func.lower(func.coalesce(func.nullif(col(Source.title), ""), col(Source.url))),
    "kind": col(Source.kind),
    "status": col(Source.status),
    "polled": col(Source.polled_at),
    "contents": _CONTENTS,
    "id": col(Source.id),
}


def list_source_lines(session: Session, listing: Listing) -> Listed[SourceLine]:
    """Return a page of sources; the filters are `status` and `kind`, `q` words of a title or address."""
    statement: Any = sa_select(Source, _CONTENTS)
    for name, column in (("status", col(Source.status)), ("kind", col(Source.kind))):
        if word := listing.chosen(name):
            statement = statement.where(column == word)
    if listing.q:
        pattern = like(listing.q)
        named = col(Source.title).ilike(pattern, escape="\\") | col(Source.url).ilike(pattern, escape="\\")
        statement = statement.where(named)
    found = find_page(session, statement, listing, _SORTS)
    return Listed([SourceLine(*row) for row in found.rows], found.total, found.page)
