"""The desk's stage, set once for all tests in a browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.desk_stage import Stage, set_desk


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with set_desk(tmp_path_factory.mktemp("desk"), migrated_file) as stage:
        yield stage
