"""A small web server on loopback that runs in the test's own loop."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

Writer = asyncio.StreamWriter
Action = Callable[["Asked", Writer], Awaitable[None]]


@dataclass(frozen=True)
class Reply:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]


class Site:
    """A server on loopback. `pages` maps paths to replies, or to actions that write what they like."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply | Action] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.port = 0
        self.scheme = "http"
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.place}{path}"

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        self.scheme = "https" if context else "http"

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        for task in self._open:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                await self._answer(_read(await reader.readuntil(b"\r\n\r\n")), writer)
        writer.close()
        self._open.discard(task)

    async def _answer(self, asked: Asked, writer: Writer) -> None:
        self.asked.append(asked)
        page = self.pages.get(asked.path, Reply(b"nothing here", 404))
        if not isinstance(page, Reply):
            await page(asked, writer)
            writer.close()
            return
        head = {"Content-Length": str(len(page.body)), **page.headers}
        lines = [f"HTTP/1.1 {page.status} Whatever", *(f"{name}: {value}" for name, value in head.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + page.body)
        await writer.drain()


def _read(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Asked(first.split()[1], {name.lower(): value.strip() for name, _, value in pairs})
