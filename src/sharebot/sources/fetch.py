"""Fetch a public address under hard limits; design/security: what is checked, and why."""

import asyncio
import email.utils
import re
import string
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpcore

from sharebot import __version__
from sharebot.errors import PermanentError, RateLimited, TemporaryError
from sharebot.sources.network import CheckedBackend
from sharebot.values.waits import read_wait

MAX_URL = 2048
MAX_WIRE_BYTES = 5_000_000
MAX_BYTES = 10_000_000
MAX_SECONDS = 30
MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ANYBODYS = frozenset({"accept", "if-none-match", "if-modified-since"})  # what a redirect to another host may carry on
_KEPT = string.printable.replace(" ", "")
_LONGEST_WAIT = timedelta(days=7)
Reader = Callable[[httpcore.Response, Mapping[str, str]], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: final `url`, header names in lower case, the whole body, inflated.

    `moved_to` is set when every redirect on the way was a permanent one.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Fetcher:
    """One pool of connections. `allowed` opts host:port pairs in to http, any port and loopback.

    `refused_hosts` are names that are never fetched: our own pages and short links.
    """

    def __init__(
        self,
        *,
        allowed: frozenset[str] = frozenset(),
        refused_hosts: frozenset[str] = frozenset(),
        max_connections: int = 8,
    ) -> None:
        self._allowed = allowed
        self._refused_hosts = refused_hosts
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=max_connections,
            keepalive_expiry=15,
            network_backend=CheckedBackend(allowed),
        )

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch `url`, following at most three redirects, each checked.

        Raises RateLimited (429), TemporaryError (network, time, 5xx), PermanentError (a limit, a forbidden
        address). Any other status is returned.
        """
        with _translated(MAX_SECONDS):
            async with asyncio.timeout(MAX_SECONDS):
                return await self._follow(url, headers or {}, _read)

    async def read_with(self, read: Reader, url: str, *, seconds: float) -> Response:
        """Fetch like `get`, under the same rules, but let `read` take the body as it comes, within `seconds`."""
        with _translated(seconds):
            async with asyncio.timeout(seconds):
                return await self._follow(url, {"Accept-Encoding": "identity"}, read)

    async def post(self, url: str, body: bytes, *, headers: Mapping[str, str], seconds: float) -> int:
        """Send `body` to `url` under the same rules, within `seconds`; return the status, whatever it is.

        No redirect is followed and no answer read. Raises TemporaryError and PermanentError like `get`.
        """
        with _translated(seconds):
            async with asyncio.timeout(seconds):
                url = self.check(url)
                sent = {"Host": urlsplit(url).netloc, "User-Agent": f"sharebot/{__version__}", **headers}
                async with self._pool.stream("POST", url, headers=list(sent.items()), content=body) as answer:
                    return answer.status

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()

    async def _follow(self, url: str, headers: Mapping[str, str], read: Reader) -> Response:
        permanent, start = True, url
        for _ in range(MAX_REDIRECTS + 1):
            url = self.check(url)
            response = await self._once(url, headers, read)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                moved = url if permanent and url != self.check(start) else None
                return Response(response.status, url, response.headers, response.body, moved)
            permanent = permanent and response.status in _PERMANENT
            target = _target(url, response.headers["location"])
            if urlsplit(url).netloc != urlsplit(target).netloc:
                headers = {name: value for name, value in headers.items() if name.lower() in _ANYBODYS}
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http":
                raise PermanentError("redirect from https to http refused")
            url = target
        raise PermanentError("too many redirects")

    def check(self, url: str) -> str:
        """Return the address as it is dialled. Raises PermanentError for one that is never asked."""
        if len(url) > MAX_URL:
            raise PermanentError("address too long")
        if re.search(r"[\s\\\x00-\x1f\x7f]", url):
            raise PermanentError("address has characters that are not allowed")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise PermanentError("not a web address") from error
        if not parts.netloc.isascii():
            raise PermanentError("address has characters that are not allowed")
        self._check_place(parts, port)
        return url if url.isascii() else quote(url, safe=_KEPT)

    def _check_place(self, parts: SplitResult, port: int | None) -> None:
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise PermanentError(f"scheme not allowed: {parts.scheme or 'none'}")
        if parts.username is not None or parts.password is not None:
            raise PermanentError("a name or password in the address is not allowed")
        if parts.hostname.rstrip(".") in self._refused_hosts:
            raise PermanentError("our own address is not fetched")
        port = port or (443 if parts.scheme == "https" else 80)
        if f"{parts.hostname}:{port}" in self._allowed:
            return
        if parts.scheme != "https":
            raise PermanentError("only https is allowed")
        if port not in {80, 443}:
            raise PermanentError("port not allowed")

    async def _once(self, url: str, headers: Mapping[str, str], read: Reader) -> Response:
        sent = {
            "Host": urlsplit(url).netloc,
            "User-Agent": f"sharebot/{__version__}",
            "Accept-Encoding": "gzip",
            "Accept": "*/*",
            **headers,
        }
        async with self._pool.stream("GET", url, headers=list(sent.items())) as answer:
            received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            _raise_for_status(answer.status, received)
            body = await read(answer, received)
        return Response(answer.status, url, received, body)


@contextmanager
def _translated(seconds: float) -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise TemporaryError(f"no complete answer within {seconds:.0f} s") from None
    except httpcore.UnsupportedProtocol as error:
        raise PermanentError("scheme not allowed") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
        if "certificate" in str(error).lower():
            raise PermanentError(f"certificate not accepted: {error}") from error
        raise TemporaryError(f"network: {type(error).__name__}") from error


def _target(url: str, location: str) -> str:
    """Resolve a Location header; many servers put raw UTF-8 there."""
    try:
        location = location.encode("latin-1").decode("utf-8", "replace")
        return urljoin(url, quote(location.strip(), safe=_KEPT))
    except ValueError as error:
        raise PermanentError("redirect to something that is no web address") from error


async def _read(answer: httpcore.Response, headers: Mapping[str, str]) -> bytes:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", ""}:
        raise PermanentError(f"unsupported encoding: {encoding[:40]}")
    inflate = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    wire, parts, size = 0, [], 0
    async for chunk in answer.aiter_stream():
        wire += len(chunk)
        if wire > MAX_WIRE_BYTES:
            raise PermanentError("too large")
        part = _inflate(inflate, chunk, MAX_BYTES - size) if inflate else chunk
        size += len(part)
        if size > MAX_BYTES or (inflate and inflate.unconsumed_tail):
            raise PermanentError("too large when unpacked")
        parts.append(part)
    if inflate and wire and not inflate.eof:
        raise TemporaryError("damaged gzip body")
    return b"".join(parts)


def _inflate(inflate: "zlib._Decompress", chunk: bytes, room: int) -> bytes:
    try:
        return inflate.decompress(chunk, room + 1)
    except zlib.error as error:
        raise TemporaryError("damaged gzip body") from error


def _raise_for_status(status: int, headers: Mapping[str, str]) -> None:
    if status == 429:
        wait = parse_retry_after(headers.get("retry-after"))
        raise RateLimited("too many requests (429)", retry_after=read_wait(headers) if wait is None else wait)
    if status >= 500:
        wait = parse_retry_after(headers.get("retry-after"))
        raise TemporaryError(f"server error ({status})", retry_after=wait)


def parse_retry_after(text: str | None) -> timedelta | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds or a date; None when it says nothing usable."""
    text = (text or "").strip()
    if re.fullmatch(r"[0-9]+", text):
        return min(timedelta(seconds=int(text[:9])), _LONGEST_WAIT)
    try:
        at = email.utils.parsedate_to_datetime(text)
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)
