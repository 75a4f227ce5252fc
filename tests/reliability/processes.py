"""Real processes of ours, to be started, stopped and killed."""

import ctypes
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

COMMAND = [sys.executable, "-c", "from sharebot.cli import main; raise SystemExit(main())"]
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1
_READY = re.compile(rb"\bready\b")


class Process:
    """One of our own processes, to be killed at any time."""

    def __init__(self, folder: Path, env: Mapping[str, str], command: str, number: int) -> None:
        self.log = folder / f"{command}-{number}.log"
        self.started_at = time.monotonic()
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [*COMMAND, command],
                cwd=folder,
                env=env,
                stdout=out,
                stderr=out,
                preexec_fn=_die_with_the_driver,  # noqa: PLW1509 - the drivers have one thread
            )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it still lives."""
        return self._process.poll() is None

    def wait_ready(self, *, timeout: float = 30) -> Self:
        """Return when its log says that it is ready."""
        deadline = time.monotonic() + timeout
        while not _READY.search(self.log.read_bytes()):
            if time.monotonic() > deadline or not self.is_running:
                raise AssertionError(f"not ready: {self.tail()}")
            time.sleep(0.01)
        return self

    def tail(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(errors="replace")[-3000:]

    def kill(self) -> None:
        """End it with -9."""
        self._process.kill()
        self._process.wait()

    def stop(self, *, timeout: float = 60) -> int:
        """Ask it to end and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout)


def _die_with_the_driver() -> None:
    """Ask Linux to end this process when its parent ends, however that ends."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
