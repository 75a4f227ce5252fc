"""Fixtures that every test may use."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pysqlite3 import dbapi2
from sqlalchemy import create_engine
from sqlalchemy.util import LRUCache

from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault
from tests.cast import FixedClock
from tests.flows.template import released_file

__all__ = ["released_file"]

# No property is decided by how busy the machine is.
settings.register_profile("sharebot", deadline=None)
settings.load_profile("sharebot")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def vault() -> Vault:
    return Vault([b"k" * 32])


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}", vault=Vault([b"k" * 32]))
    migrate(database)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def share_compiled() -> Callable[[Database], None]:
    """Let a SQLite database use the statements that were compiled for the ones before: that is half of many a test."""
    engine = create_engine("sqlite://", module=dbapi2)
    engine.connect().close()  # this tells the dialect what it talks to
    dialect = engine.dialect
    compiled = LRUCache[Any, Any](2000)

    def share(database: Database) -> None:
        # SQLAlchemy looks statements up by their dialect; a database has one of its own else.
        database.engine.dialect = dialect
        database.engine.update_execution_options(compiled_cache=compiled)

    return share


@pytest.fixture
def database(
    migrated_file: Path, tmp_path: Path, vault: Vault, share_compiled: Callable[[Database], None]
) -> Iterator[Database]:
    path = tmp_path / "sharebot.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}", vault=vault)
    share_compiled(database)
    yield database
    database.dispose()
