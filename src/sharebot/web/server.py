"""Serve the pages on the caller's event loop, until told to stop."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.importer import import_from_string

from sharebot.errors import ConfigError

_GRACE_S = 5
_CONNECTIONS = 500


class _Server(uvicorn.Server):
    """uvicorn's server without its hold on the signals, which belong to the whole process."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever runs the loop."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.on_ready()


async def serve(
    app: ASGIApp, *, host: str, port: int, stop: asyncio.Event, ready: Callable[[int], None] = lambda _: None
) -> None:
    """Serve until `stop` is set, then let the requests under way end.

    `ready` is called with the port once connections are accepted (port 0 takes a free one).
    Raises ConfigError when the address cannot be used.
    """
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        http=_protocol(),
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, lambda: ready(listener.getsockname()[1]))
    watch = asyncio.create_task(_stop_when(stop, server))
    try:
        await server.serve(sockets=[listener])
    finally:
        watch.cancel()
        listener.close()


def _protocol() -> Any:
    """Return the protocol that does not wait for ever; where its parser is missing, as on Windows, the usual one."""
    if find_spec("httptools") is None:
        return "auto"
    return import_from_string("sharebot.web.patience:Patient")


async def _stop_when(stop: asyncio.Event, server: uvicorn.Server) -> None:
    await stop.wait()
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # With the protocol named, accepted connections get TCP_NODELAY on every event loop.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        raise ConfigError(f"web.host, web.port: cannot listen on {host}:{port} ({error.strerror})") from error
    listener.setblocking(False)
    return listener
