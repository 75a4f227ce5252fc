"""The stand-in, a PostgreSQL of one's own, and the way to fail with all that was seen."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

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
        try:
            server = Postgres(Path(folder))
        except Exception as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"PostgreSQL cannot be started here: {error}")
        with server:
            yield server
