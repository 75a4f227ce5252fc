"""What a test needs and a machine may not have: skipped there with the reason, and a failure with CI=true."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def postgres_to_start() -> Iterator[None]:
    """Skip the test when PostgreSQL, which a package brings, cannot be started inside the block."""
    try:
        yield
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"PostgreSQL cannot be started here: {error}")


def needs_program(name: str) -> pytest.MarkDecorator:
    """Skip where a program is not installed; with CI=true the test runs all the same, and fails."""
    is_missing = shutil.which(name) is None and not os.environ.get("CI")
    return pytest.mark.skipif(is_missing, reason=f"{name} is not installed")
