"""What stands before every page: known hosts, same-origin writes, small bodies, safe headers."""

import asyncio
import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000
BODY_WITHIN_S = 30.0
HEALTH_PATHS = ("/livez", "/readyz", "/metrics")
# A mail program that ends a list for its reader comes from nowhere (RFC 8058); nobody else knows the address.
_ONE_CLICK = re.compile(r"/o/[0-9a-f-]{1,80}/stop")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


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
            receive, refusal = await _read_body(receive)
        await (refusal or self.app)(scope, receive, send_safely)

    def _find_refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        # A load balancer asks for health by address; those answers hold nothing worth protecting.
        if scope["path"] not in HEALTH_PATHS and _host_of(headers) not in self.hosts:
            return PlainTextResponse("Unknown host", 400)
        is_one_click = _ONE_CLICK.fullmatch(scope["path"]) is not None
        if scope["method"] not in _SAFE_METHODS and not is_one_click and not self._is_same_origin(scope, headers):
            return PlainTextResponse("This form was sent from another site", 403)
        return None

    def _is_same_origin(self, scope: Scope, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        own = f"{scope['scheme']}://{headers.get('host', '')}"
        return headers.get("origin") in {self.origin, own}


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


async def _read_body(receive: Receive) -> tuple[Receive, PlainTextResponse | None]:
    """Read the whole body, so that a page never waits for a dripping one, and hand it on."""
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            body = b"".join([chunk async for chunk in _chunks(receive)])
    except _TooLarge:
        return receive, PlainTextResponse("Too large", 413, headers={"Connection": "close"})
    except TimeoutError:
        return receive, PlainTextResponse("Too slow", 408, headers={"Connection": "close"})
    whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_whole() -> Message:
        return whole.pop() if whole else await receive()

    return receive_whole, None


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    size = 0
    more = True
    while more:
        message = await receive()
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            raise _TooLarge
        more = message.get("more_body", False)
        yield chunk
