"""The flows' scene: real bot, messenger and database against the sandbox."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.bot.hurry import HurriedLoop
from tests.flows.conftest import listening, scene

__all__ = ["listening", "scene"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "hurried: the loop's seconds are short, for what has to wait long")


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Let the tests that are marked so run in a hurry."""
    hurried = item.get_closest_marker("hurried") is not None
    return {"hurried": HurriedLoop} if hurried else {"plain": asyncio.new_event_loop}
