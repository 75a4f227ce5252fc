"""The SQL statements that a database is asked while somebody looks."""

from typing import Any, Self

from sqlalchemy import event

from sharebot.store.database import Database


class Statements:
    """Keeps every statement but those that begin a transaction, until it is cleared; to be used in a `with`."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self.said: list[str] = []

    def clear(self) -> None:
        """Forget what was said so far."""
        self.said.clear()

    def _hear(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            self.said.append(statement)

    def __enter__(self) -> Self:
        event.listen(self._engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._hear)
