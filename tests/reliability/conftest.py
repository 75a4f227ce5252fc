"""The stand-in, a PostgreSQL of one's own, and the way to fail with all that was seen."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import postgres_to_start
from tests.reliability.postgres import Postgres
from tests.reliability.standin import Standin


@pytest.fixture
def standin() -> Iterator[Standin]:
    with Standin() as running:
        yield running


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    # Every start of pytest closes its own folder to others, and PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="sharebot-postgres-") as folder:
        with postgres_to_start():
            server = Postgres(Path(folder))
        with server:
            yield server
