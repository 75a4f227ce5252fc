"""HTTP for the stand-in: one connection, kept alive, parsed by httptools."""

import asyncio
import json
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, cast

import httptools

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Dates:
    """The Date header, written once a second; `offset` seconds off the true time."""

    def __init__(self, offset: float) -> None:
        self.offset = offset
        self._second, self._header = 0, b""

    def seconds(self) -> int:
        """Return the present second as the stand-in sees it."""
        return int(time.time() + self.offset)

    def header(self) -> bytes:
        """Return it in HTTP's form."""
        second = self.seconds()
        if second != self._second:
            self._second, self._header = second, formatdate(second, usegmt=True).encode()
        return self._header


class Connection(asyncio.Protocol):
    """Reads requests and hands each to `handle(connection)`; answers are written by `answer` or never."""

    def __init__(self, handle: "Callable[[Connection], None]", dates: Dates) -> None:
        self._handle, self._dates = handle, dates
        self._parser = httptools.HttpRequestParser(self)
        self.transport: asyncio.Transport | None = None
        self.on_lost: Callable[[], None] | None = None
        self.url, self.body, self.content_type = b"", b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self.on_lost:
            self.on_lost()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.drop()

    def on_message_begin(self) -> None:
        self.url, self.body, self.content_type = b"", b"", b""

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 12 and name.lower() == b"content-type":
            self.content_type = value

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self._handle(self)

    def answer(self, status: int, payload: Any) -> None:
        """Write one answer; nothing when the other side has gone."""
        if self.transport is None or self.transport.is_closing():
            return
        body = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
        kind = b"text/html" if body.startswith(b"<") else b"application/json"
        head = b"HTTP/1.1 %d %s\r\nServer: stand-in\r\nDate: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (
            status,
            _PHRASES.get(status, "Unknown").encode(),
            self._dates.header(),
            kind,
            len(body),
        )
        self.transport.write(head + body)

    def drop(self) -> None:
        """Cut the connection without an answer."""
        if self.transport is not None:
            self.transport.abort()
