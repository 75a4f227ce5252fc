"""Sort, count and cut a statement as a table's reader asks for."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import SQLColumnExpression, func, select
from sqlalchemy.sql import Select
from sqlmodel import Session

from sharebot.values.listing import PAGE, Listed, Listing

Row = TypeVar("Row")
Sorts = Mapping[str, SQLColumnExpression[Any]]


def find_page(
    session: Session, statement: Select[Any], listing: Listing, sorts: Sorts, *, is_costly: bool = False
) -> Listed[Any]:
    """Return the asked page of a statement's rows.

    `sorts` are the columns that may be sorted by, by their names, the first being the usual one; an unknown name
    is the usual one too. Its last column breaks ties, so that no row is on two pages. What is costly to find, groups
    of very many rows, is counted along with the page instead of once more.
    """
    by = sorts.get(listing.sort, next(iter(sorts.values())))
    *_, last = sorts.values()
    ordered = statement.order_by(by.desc() if listing.descending else by.asc(), last)
    if listing.page is not None:
        ordered = ordered.limit(PAGE).offset((listing.page - 1) * PAGE)
    if is_costly:
        found = session.execute(ordered.add_columns(func.count().over())).all()
        if found or listing.page in {None, 1}:
            return Listed([row[:-1] for row in found], found[0][-1] if found else 0, listing.page)
    total = session.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
    return Listed([] if is_costly else session.execute(ordered).all(), total, listing.page)


def like(text: str) -> str:
    """Return a pattern that finds `text` anywhere, its own signs taken as they are where a backslash escapes."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
