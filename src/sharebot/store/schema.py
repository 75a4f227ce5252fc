"""Bring the tables to the state this build knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlmodel import Session

from sharebot.errors import ConfigError
from sharebot.store.database import Database

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
HEAD = "0005"
_MIGRATES = 0x5A4EB06  # a number that no other program locks on this database


def find_revision(session: Session) -> str | None:
    """Return the revision of the tables, without asking for the right to write; None for an empty database."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar()


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at, or None for an empty one."""
    with database.read() as session:
        return find_revision(session)


def migrate(database: Database, *, to: str = HEAD) -> str:
    """Upgrade to a revision and return it; does nothing, quickly, when it is there already.

    Raises ConfigError when the database is newer than this build.
    """
    revision = current_revision(database)
    if revision == to:
        return to
    if revision is not None and revision > HEAD:
        raise ConfigError(f"the database is at revision {revision}, this build knows {HEAD}; install a newer one")
    # Loading Alembic takes longer than all the rest of the start, and is needed once per release.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _unlinked(database) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    return to


@contextmanager
def _unlinked(database: Database) -> Iterator[Connection]:
    """Yield a connection in one transaction, on SQLite without its foreign keys.

    SQLite changes a column by making the table anew; with foreign keys on, dropping the old one would take
    the rows that refer to it along. They are checked before the commit instead.
    """
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            # Processes that start together on an old database migrate it one after the other.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATES})
            yield connection
        return
    with database.engine.connect() as connection:
        plain = connection.connection.driver_connection
        assert plain is not None  # noqa: S101 - just connected
        plain.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise ConfigError("the migration would leave rows that refer to nothing; nothing was changed")
        finally:
            plain.execute("PRAGMA foreign_keys=ON")
