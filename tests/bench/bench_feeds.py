"""Poll many feeds and compare with a bare client: `python tests/bench/bench_feeds.py [--feeds 1000]`.

Prints JSON lines {name, value, limit, ok}; the exit code is 1 when a limit is exceeded. The feeds are served
by a process of its own; all figures come from the same run, ours and the bare client's in turns.
"""

import argparse
import asyncio
import functools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import feedparser
import httpx

from sharebot.clock import SystemClock
from sharebot.config.settings import Settings
from sharebot.jobs.poll_sources import poll_sources
from sharebot.runtime import Runtime
from sharebot.sources.feed import poll
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.sources import add_source, record_poll
from sharebot.store.vault import Vault
from sharebot.values.feeds import Cursor
from sharebot.values.status import SourceKind

AT_ONCE = 8
ROUNDS = 3
WARM_LIMIT, COLD_LIMIT = 2.0, 1.2
_ENTRIES = 22


def main() -> int:
    """Measure, print, and say by the exit code whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(_serve())
        return 0
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        try:
            good = asyncio.run(_measure(arguments.feeds, port))
        finally:
            server.kill()
    return 0 if good else 1


# The server: every feed has an ETag; those with an odd number do not look at what the client sends.


class _Feeds(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._buffer = transport, b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            number = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
            fresh = number % 2 == 0 and b"if-none-match:" in head.lower()
            self._transport.write(_not_modified(number) if fresh else _whole(number))


def _not_modified(number: int) -> bytes:
    return f'HTTP/1.1 304 Not Modified\r\nETag: "{number}"\r\n\r\n'.encode()


@functools.cache  # so that the server is never what is measured
def _whole(number: int) -> bytes:
    body = _document(number)
    head = f'HTTP/1.1 200 OK\r\nETag: "{number}"\r\nContent-Type: application/rss+xml\r\nContent-Length: '
    return f"{head}{len(body)}\r\n\r\n".encode() + body


def _document(number: int) -> bytes:
    paragraph = "<p>" + "The parties of the Alliance met again &amp; spoke of <b>work</b>. " * 4 + "</p>"
    items = "".join(
        f"<item><guid isPermaLink='false'>{number}-{entry}</guid>"
        f"<title>Story {entry} of feed {number}</title>"
        f"<link>https://feeds.example/{number}/{entry}</link>"
        f"<pubDate>Mon, {entry + 1:02} Nov 2026 08:00:00 GMT</pubDate>"
        f"<description><![CDATA[{paragraph * 9}]]></description></item>"
        for entry in range(_ENTRIES)
    )
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Feeds, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


# The measurement


@dataclass
class _Bench:
    """What both sides work with: the addresses and what is remembered of each."""

    urls: list[str]
    fetcher: Fetcher
    parsers: ParserPool
    client: httpx.AsyncClient
    cursors: dict[str, Cursor]

    async def ours(self, url: str) -> None:
        """Poll one feed as the worker does."""
        result = await poll(url, self.cursors[url], fetcher=self.fetcher, parsers=self.parsers)
        assert result.feed is None or len(result.feed.items) == _ENTRIES
        self.cursors[url] = result.cursor

    async def bare(self, url: str) -> None:
        """Make the same request and look at nothing."""
        response = await self.client.get(url, headers={"If-None-Match": self.cursors[url].etag or ""})
        assert response.status_code in {200, 304}

    async def bare_and_parse(self, url: str) -> None:
        """Fetch and parse in this process."""
        response = await self.client.get(url)
        assert len(feedparser.parse(response.content).entries) == _ENTRIES


async def _measure(feeds: int, port: int) -> bool:
    place = f"127.0.0.1:{port}"
    urls = [f"http://{place}/{number}" for number in range(feeds)]
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    fetcher, parsers = Fetcher(allowed=frozenset({place}), max_connections=AT_ONCE), ParserPool()
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        bench = _Bench(urls, fetcher, parsers, client, dict.fromkeys(urls, Cursor()))
        try:
            return await _cold(bench) & await _warm(bench) & await _warm_job(bench)
        finally:
            await parsers.aclose()
            await fetcher.aclose()


async def _cold(bench: _Bench) -> bool:
    ours = await _time(bench.urls, bench.ours)
    theirs = await _time(bench.urls, bench.bare_and_parse)
    _say("cold_seconds", ours)
    _say("cold_bare_httpx_and_feedparser_seconds", theirs)
    parses = _say("cold_parses", bench.parsers.parses, limit=len(bench.urls))
    return _say("cold_ratio", ours / theirs, limit=COLD_LIMIT) & parses


async def _warm(bench: _Bench) -> bool:
    before, ours, theirs = bench.parsers.parses, [], []
    for _ in range(ROUNDS):
        theirs.append(await _time(bench.urls, bench.bare))
        ours.append(await _time(bench.urls, bench.ours))
    _say("warm_seconds", statistics.median(ours))
    _say("warm_bare_httpx_seconds", statistics.median(theirs))
    parses = _say("warm_parses", bench.parsers.parses - before, limit=0)
    return _say("warm_ratio", statistics.median(ours) / statistics.median(theirs), limit=WARM_LIMIT) & parses


async def _warm_job(bench: _Bench) -> bool:
    """Time the whole job, with its look-ups and its notes in a database, over the same unchanged feeds."""
    before, now = bench.parsers.parses, datetime.now(UTC)
    with tempfile.TemporaryDirectory() as place:
        database = Database(f"sqlite:///{place}/bench.db", vault=Vault([b"k" * 32]))
        migrate(database)
        with database.write() as session:
            for url, cursor in bench.cursors.items():
                source = add_source(session, url, kind=SourceKind.FEED, title="", language="en", now=now)
                record_poll(session, source, cursor, moved_to=None, next_poll_at=now, now=now)
        runtime = Runtime(Settings(), SystemClock(), database, bench.fetcher, bench.parsers)
        theirs = await _time(bench.urls, bench.bare)
        start = time.perf_counter()
        await poll_sources(runtime)
        ours = time.perf_counter() - start
        database.dispose()
    _say("warm_job_seconds", ours)
    parses = _say("warm_job_parses", bench.parsers.parses - before, limit=0)
    return _say("warm_job_ratio", ours / theirs, limit=WARM_LIMIT) & parses


async def _time(urls: list[str], work: Callable[[str], Awaitable[None]]) -> float:
    waiting, start = iter(urls), time.perf_counter()

    async def take() -> None:
        for url in waiting:
            await work(url)

    await asyncio.gather(*(take() for _ in range(AT_ONCE)))
    return time.perf_counter() - start


def _say(name: str, value: float, *, limit: float | None = None) -> bool:
    good = limit is None or value <= limit
    print(
        json.dumps({"name": f"feeds_{name}", "value": round(value, 3), "limit": limit, "ok": good}),
        flush=True,
    )
    return good


if __name__ == "__main__":
    sys.exit(main())
