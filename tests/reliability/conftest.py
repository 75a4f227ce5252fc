"""The stand-in, a PostgreSQL of one's own, and the way to fail with all that was seen."""

import os
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
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    try:
        server = Postgres(tmp_path)
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL cannot be started here: {error}")
    with server:
        yield server
