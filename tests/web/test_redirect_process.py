"""No click is lost when the process ends in the middle of them: whoever was sent on is counted, and once."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.reliability.installation import Installation
from tests.reliability.processes import Process
from tests.reliability.standin import Standin

CONNECTIONS, BEFORE = 24, 100
HEAD = (
    "GET /r/{code} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Mozilla/5.0 (X11; rv:145.0) Firefox/145.0\r\n"
    "Accept: text/html\r\nAccept-Language: fr\r\nX-Forwarded-For: {address}\r\n\r\n"
)


class Readers:
    """Follow links over many connections until nobody answers any more, and end the process meanwhile."""

    def __init__(self, process: Process, number: signal.Signals, codes: list[str]) -> None:
        self.process, self.number, self.codes = process, number, codes
        self.port = int(process.log.read_text().rpartition("ready on http://")[2].rpartition(":")[2])
        self.sent_on = 0

    async def read(self) -> int:
        """Return how many were sent on."""
        await asyncio.gather(*(self._read(one) for one in range(CONNECTIONS)))
        return self.sent_on

    async def _read(self, place: int) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            for number in range(100_000):
                address = f"100.{64 + place}.{number // 256 % 256}.{number % 256}"
                request = HEAD.format(code=self.codes[number % len(self.codes)], address=address)
                writer.write(request.encode())
                answer = await reader.readuntil(b"\r\n\r\n")
                assert answer.startswith(b"HTTP/1.1 302"), answer
                self.sent_on += 1
                if self.sent_on == BEFORE:
                    os.kill(self.process.pid, self.number)
        except (OSError, asyncio.IncompleteReadError):
            return


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
async def test_whoever_was_sent_on_is_counted(tmp_path: Path, number: signal.Signals) -> None:
    with Standin() as standin, Installation(tmp_path, standin, web__proxies='["127.0.0.1"]') as installation:
        installation.seat(10)
        installation.release()
        codes = [row[0] for row in installation.query("SELECT code FROM tracked_link")]
        process = installation.start("web")
        sent_on = await Readers(process, number, codes).read()
        assert process.stop() == (0 if number is signal.SIGTERM else -number)
        counted = installation.query("SELECT sum(n) FROM click_tally")[0][0]
    assert sent_on >= BEFORE
    assert counted == sent_on or (number is signal.SIGKILL and 0 <= counted - sent_on <= CONNECTIONS)
