"""Commands that are called in the tests' own process set up logging for a process of their own."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sharebot.cli.main import main

Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in a folder of its own; return its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()

    def run(*words: str) -> tuple[int, str]:
        code = main(list(words))
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return run


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Put back what a command set: it logs to a stream that is closed after its test."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))
