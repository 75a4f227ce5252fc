"""Ask a server for short links over many connections at once, and say what came of it: a process of its own.

`python -m tests.bench.load_client PORT CODES_FILE SECONDS CONNECTIONS SEED`; each request comes from another address by
X-Forwarded-For, as behind a proxy. Prints {asked, seconds, p50, p99} as JSON, times in ms; fails on any answer but 302.
"""

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import cast

import uvloop

_AGENTS = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
)
_HEAD = (
    "GET /r/{code} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {agent}\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: fr-BE,fr;q=0.9\r\n"
    "Accept-Encoding: gzip, deflate\r\nX-Forwarded-For: {address}\r\n\r\n"
)


class _Connection(asyncio.Protocol):
    """Asks, and asks again when the answer is there, until the time is over."""

    def __init__(self, requests: list[bytes], until: float, took: list[float]) -> None:
        self._requests, self._until, self._took = requests, until, took
        self._at = 0.0
        self._read = b""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._read += data
        if b"\r\n\r\n" not in self._read:  # a redirect has no body
            return
        if not self._read.startswith(b"HTTP/1.1 302"):
            self.over.set_exception(AssertionError(self._read[:300]))
            self._transport.close()
            return
        now = time.perf_counter()
        self._took.append(now - self._at)
        if now > self._until:
            self._transport.close()
            return
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_result(None)

    def _ask(self) -> None:
        self._read, self._at = b"", time.perf_counter()
        self._transport.write(self._requests.pop())


async def _run(port: int, codes: list[str], seconds: float, connections: int, rng: random.Random) -> None:
    requests = [_request(codes, rng) for _ in range(int(seconds * 20_000))]
    loop = asyncio.get_running_loop()
    took: list[float] = []
    began = time.perf_counter()
    made = [
        (await loop.create_connection(lambda: _Connection(requests, began + seconds, took), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(one.over for one in made))
    lasted = time.perf_counter() - began
    took.sort()
    each = {"p50": 1000 * took[len(took) // 2], "p99": 1000 * took[int(len(took) * 0.99)]}
    print(json.dumps({"asked": len(took), "seconds": lasted} | each))


def _request(codes: list[str], rng: random.Random) -> bytes:
    address = f"100.{rng.randrange(64, 128)}.{rng.randrange(256)}.{rng.randrange(256)}"
    return _HEAD.format(code=rng.choice(codes), agent=rng.choice(_AGENTS), address=address).encode()


def main() -> None:
    """Ask."""
    port, codes, seconds, connections, seed = sys.argv[1:6]
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {1})
    rng = random.Random(int(seed))  # noqa: S311 - repeatable
    run = _run(int(port), Path(codes).read_text().split(), float(seconds), int(connections), rng)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run)


if __name__ == "__main__":
    main()
