"""Fixtures that every test may use."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

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


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path, vault: Vault) -> Iterator[Database]:
    path = tmp_path / "sharebot.db"
    shutil.copy(migrated_file, path)
    database = Database(f"sqlite:///{path}", vault=vault)
    yield database
    database.dispose()
