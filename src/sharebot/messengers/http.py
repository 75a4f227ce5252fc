"""One pool of connections to the Bot API: tells a request that never left from one whose fate is unknown."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any

import aiohttp

from sharebot.errors import TemporaryError, UnknownOutcome
from sharebot.messengers.outcome import read_refusal

CONNECTIONS = 8
CONNECT_SECONDS, READ_SECONDS, MEDIA_SECONDS = 5.0, 30.0, 60.0
_IDLE_SECONDS = 20.0  # a connection kept longer may have been closed by the other side just when it is used
_MOST_BYTES = 20_000_000  # an answer of the Bot API has at most 100 updates
_SUCCESS = b'{"ok":true'


class Http:
    """`hear` is told the time that each answer's Date header says. The pool opens with its first request."""

    def __init__(
        self,
        hear: Callable[[datetime], None] = lambda _: None,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._hear = hear
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the pool; a later request opens it again."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def exchange(
        self,
        method: str,
        url: str,
        *,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> tuple[int, bytes]:
        """Send one request, once; return status and body of a success of the Bot API.

        Raises TemporaryError when it provably did not leave, UnknownOutcome when nobody can tell, and what
        `outcome.read_refusal` makes of any other answer.
        """
        told = SimpleNamespace(sent=False)
        wait = self._read_seconds if seconds is None else seconds
        connect = self._connect_seconds
        timeout = aiohttp.ClientTimeout(total=wait + connect, connect=connect, sock_read=wait)
        try:
            async with self._opened().request(
                method,
                url,
                data=data,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
                trace_request_ctx=told,
            ) as answer:
                self._hear_date(answer.headers.get("Date"))
                status, body = answer.status, await _read(answer)
        except (aiohttp.ClientError, TimeoutError, OSError, asyncio.IncompleteReadError, ValueError) as error:
            # Only what failed before the first header was written has provably not been sent.
            if told.sent:
                raise UnknownOutcome(f"no answer: {type(error).__name__}") from error
            raise TemporaryError(f"not sent: {type(error).__name__}") from error
        if not (200 <= status < 300 and body.startswith(_SUCCESS) and body.endswith(b"}")):
            _raise_for_refusal(status, body)
        return status, body

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            trace = aiohttp.TraceConfig()
            trace.on_request_headers_sent.append(_note_headers_sent)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=_IDLE_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
                trust_env=False,
            )
        return self._session

    def _hear_date(self, header: str | None) -> None:
        try:
            said = parsedate_to_datetime(header or "")
        except ValueError:
            return
        if said.tzinfo is not None:
            self._hear(said)


def form_of(words: Mapping[str, str], files: Mapping[str, tuple[str, Any, str]]) -> aiohttp.FormData:
    """Return a multipart form; a file is its name, its bytes and its type."""
    # Telegram shows a quoted file name as it came, with its percent signs.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in words.items():
        # Half of a pair of surrogates cannot be written, and must not hold the message up.
        form.add_field(name, value.encode("utf-8", "replace").decode())
    for name, (filename, content, mime) in files.items():
        printable = "".join(letter for letter in filename if letter.isprintable())
        form.add_field(name, content, filename=printable, content_type=mime)
    return form


async def _note_headers_sent(_session: aiohttp.ClientSession, context: Any, _params: Any) -> None:
    context.trace_request_ctx.sent = True


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError("an answer without end")
    return bytes(body)


def _raise_for_refusal(status: int, body: bytes) -> None:
    is_success = 200 <= status < 300
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        # A proxy's page, or half an answer: only the status can be believed, and a success cannot.
        raise read_refusal(500 if is_success else status, "", {})
    if is_success and data.get("ok") is True:
        return
    code = data.get("error_code")
    if is_success:
        status = code if isinstance(code, int) else 500
    parameters = data.get("parameters")
    raise read_refusal(status, str(data.get("description", "")), parameters if isinstance(parameters, dict) else {})
