"""Insert unless it is there already: the one statement both databases spell in their own way."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

_AT_ONCE = 500  # SQLite takes 32,766 variables in a statement


def insert_ignore(session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> int:
    """Insert `rows`, leaving out those that break a unique key; return how many went in."""
    if not rows:
        return 0
    if len(rows) > _AT_ONCE:
        return insert_ignore(session, model, rows[:_AT_ONCE]) + insert_ignore(session, model, rows[_AT_ONCE:])
    table = model.__table__  # type: ignore[attr-defined]
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    before = [key.name for key in table.primary_key]
    statement = insert(table).values(list(rows)).on_conflict_do_nothing().returning(table.c[before[0]])
    return len(session.execute(statement).all())


def add_up(session: Session, model: type[SQLModel], row: dict[str, Any], *, keys: Sequence[str], column: str) -> int:
    """Insert `row`, or add its `column` to the row with the same `keys`; return the column's new value."""
    table = model.__table__  # type: ignore[attr-defined]
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(**row)
    summed = table.c[column] + statement.excluded[column]
    statement = statement.on_conflict_do_update(index_elements=list(keys), set_={column: summed})
    return int(session.execute(statement.returning(table.c[column])).scalar_one())


def add_up_all(
    session: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]], *, keys: Sequence[str], column: str
) -> None:
    """Do for many rows what `add_up` does for one, in their order."""
    if not rows:
        return
    table = model.__table__  # type: ignore[attr-defined]
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table)
    summed = table.c[column] + statement.excluded[column]
    statement = statement.on_conflict_do_update(index_elements=list(keys), set_={column: summed})
    session.connection().execute(statement, list(rows))


def upsert(
    session: Session,
    model: type[SQLModel],
    rows: Sequence[dict[str, Any]],
    *,
    keys: Sequence[str],
    columns: Sequence[str],
) -> None:
    """Insert `rows`, or overwrite the `columns` of those with the same `keys`."""
    table = model.__table__  # type: ignore[attr-defined]
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    for start in range(0, len(rows), _AT_ONCE):
        statement = insert(table).values(list(rows[start : start + _AT_ONCE]))
        new = {name: statement.excluded[name] for name in columns}
        session.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=new))
