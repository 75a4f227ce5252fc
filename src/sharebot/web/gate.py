"""What stands before every page: known hosts, same-origin writes, small bodies, safe headers."""

import asyncio
import re
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sharebot.web.api.problems import ApiError, answer

MAX_BODY = 1_000_000
BODY_WITHIN_S = 30.0
_CHUNK = 256 * 1024
HEALTH_PATHS = ("/livez", "/readyz", "/metrics")
# A mail program that ends a list for its reader comes from nowhere (RFC 8058); nobody else knows the address.
_ONE_CLICK = re.compile(r"/o/[0-9a-f-]{1,80}/stop")
# Other sites tell us there that they link to us; no session is read, and nothing is believed.
_WEBMENTION = "/webmention"
_API = "/api/"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


class Room(NamedTuple):
    """How many bytes a body may have, and how many seconds it may take."""

    size: int
    seconds: float


FORM = Room(MAX_BODY, BODY_WITHIN_S)
# What may be longer than a form, by the beginning of its address; slow lines get the time for it.
LARGER = {"/uploads": Room(12_000_000, 180.0)}


class _TooLarge(Exception):
    """The body is longer than any form of ours."""


class Gate:
    """Refuses what no page should have to think about, and puts the safe headers on every answer."""

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self.app = app
        public = urlsplit(public_url)
        self.hosts = {public.hostname or "", *_LOOPBACK}
        self.origin = f"{public.scheme}://{public.netloc}"
        self.headers = safe_headers(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), self.headers)
            await send(message)

        refusal = self._find_refusal(scope)
        if refusal is None and scope["method"] not in _SAFE_METHODS:
            with SpooledTemporaryFile(max_size=MAX_BODY) as body:
                refusal = await _read_body(scope, receive, body)
                await (refusal or self.app)(scope, _replay(body, receive), send_safely)
            return
        await (refusal or self.app)(scope, receive, send_safely)

    def _find_refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        # A load balancer asks for health by address; those answers hold nothing worth protecting.
        if scope["path"] not in HEALTH_PATHS and _host_of(headers) not in self.hosts:
            return _refuse(scope, "Unknown host", 400)
        is_open = _ONE_CLICK.fullmatch(scope["path"]) is not None or scope["path"] == _WEBMENTION
        is_open = is_open or _is_program(scope, headers)
        if scope["method"] not in _SAFE_METHODS and not is_open and not self._is_same_origin(scope, headers):
            return _refuse(scope, "This form was sent from another site", 403)
        return None

    def _is_same_origin(self, scope: Scope, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        own = f"{scope['scheme']}://{headers.get('host', '')}"
        return headers.get("origin") in {self.origin, own}


def _is_program(scope: Scope, headers: Headers) -> bool:
    """Whether a request is for the API and no browser's session goes along: a token alone opens anything there."""
    return scope["path"].startswith(_API) and "cookie" not in headers


def _refuse(scope: Scope, text: str, status: int) -> Response:
    """Return a plain refusal, or for the API one that programs read. Nothing more of the body is read."""
    headers = {"Connection": "close"} if status in {408, 413} else {}
    if scope["path"].startswith(_API):
        return answer(ApiError(status, text, headers=headers))
    return PlainTextResponse(text, status, headers=headers)


def safe_headers(public_url: str) -> dict[str, str]:
    """Return the headers of every answer; HSTS only where the pages are reached by https."""
    headers = {
        "Content-Security-Policy": _CSP,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    if public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def _add_headers(headers: MutableHeaders, ours: dict[str, str]) -> None:
    for name, value in ours.items():
        headers.setdefault(name, value)


def _host_of(headers: Headers) -> str:
    hosts = headers.getlist("host")
    try:
        return (urlsplit(f"//{hosts[0]}").hostname or "") if len(hosts) == 1 else ""
    except ValueError:
        return ""


def _room_for(path: str) -> Room:
    return next((room for start, room in LARGER.items() if path == start or path.startswith(f"{start}/")), FORM)


async def _read_body(scope: Scope, receive: Receive, body: IO[bytes]) -> Response | None:
    """Read the whole body, so that a page never waits for a dripping one; what is large goes to a file."""
    room = _room_for(scope["path"])
    try:
        async with asyncio.timeout(room.seconds):
            async for chunk in _chunks(receive, limit=room.size):
                body.write(chunk)
    except _TooLarge:
        return _refuse(scope, "Too large", 413)
    except TimeoutError:
        return _refuse(scope, "Too slow", 408)
    body.seek(0)
    return None


def _replay(body: IO[bytes], receive: Receive) -> Receive:
    """Hand a body on that was read, in pieces."""
    is_over = False

    async def receive_again() -> Message:
        nonlocal is_over
        if is_over:
            return await receive()
        chunk = body.read(_CHUNK)
        is_over = len(chunk) < _CHUNK
        return {"type": "http.request", "body": chunk, "more_body": not is_over}

    return receive_again


async def _chunks(receive: Receive, *, limit: int) -> AsyncIterator[bytes]:
    size = 0
    more = True
    while more:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise _TooLarge
        more = message.get("more_body", False)
        yield chunk
