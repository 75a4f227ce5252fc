"""Open the database, SQLite or PostgreSQL, and hand out short transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlmodel import Session

from sharebot.errors import ConfigError
from sharebot.store.vault import Vault

_SILENT_TRANSACTION_MS = 10_000
_SQLITE_POOL = 4  # more connections only wait for each other: SQLite has one writer


class Database:
    """One engine. `write()` and `read()` yield sessions whose block is one transaction: no await inside."""

    def __init__(self, url: str, *, vault: Vault) -> None:
        self.url = _checked_url(url)
        self.vault = vault
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Run one writing transaction; committed when the block ends well, else rolled back."""
        with self.session(writing=True) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Run one reading transaction."""
        with self.session(writing=False) as session:
            yield session

    def session(self, *, writing: bool) -> Session:
        """Return an unopened session; prefer `write` and `read`."""
        engine = self.engine.execution_options(writing=writing)
        return Session(engine, expire_on_commit=False, info={"vault": self.vault})

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def vault_of(session: Session) -> Vault:
    """Return the vault the session's database was opened with."""
    vault = session.info["vault"]
    assert isinstance(vault, Vault)  # noqa: S101 - `Database.session` is the only maker of sessions
    return vault


def _checked_url(text: str) -> URL:
    try:
        url = make_url(text)
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ArgumentError("unsupported database")
    except (ArgumentError, NoSuchModuleError):
        raise ConfigError(
            'SHAREBOT_DATABASE_URL: must be "sqlite:///data/sharebot.db" or "postgresql://user@host/name"'
        ) from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite_engine(url: URL) -> Engine:
    # The system's SQLite before 3.51.3 can corrupt a WAL file under several connections.
    from pysqlite3 import dbapi2  # noqa: PLC0415 - only where SQLite is used, it is not there on Windows

    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, module=dbapi2, pool_size=_SQLITE_POOL, max_overflow=0, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that reads first and then writes fails at once when another one wrote.
    writing = connection.get_execution_options().get("writing", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgres_engine(url: URL) -> Engine:
    # A process that is stopped in the middle of a transaction must not hold a row for ever.
    given = url.query.get("options", "")
    options = [given] if isinstance(given, str) else list(given)
    limits = {"options": " ".join([*options, f"-c idle_in_transaction_session_timeout={_SILENT_TRANSACTION_MS}"])}
    return create_engine(url, pool_size=8, max_overflow=0, pool_pre_ping=True, pool_timeout=10, connect_args=limits)
