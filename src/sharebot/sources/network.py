"""Dial only addresses that were checked: resolve once, look at every answer, connect to the literal one."""

import asyncio
import socket
from collections.abc import Iterable

import httpcore

from sharebot.errors import PermanentError, TemporaryError
from sharebot.sources.addresses import is_public

_ANSWERS_LOOKED_AT = 8
_CONNECT_SECONDS = 10


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """A network backend for httpcore. `allowed` holds host:port pairs that may be anywhere.

    Addresses are tried in the resolver's order: a name with an IPv6 address that leads nowhere still answers.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first checked address of `host`; certificates are still checked by name."""
        addresses = await _resolve(host, port)
        if f"{host}:{port}" not in self._allowed and not all(map(is_public, addresses)):
            raise PermanentError(f"{host} leads to an address that is not allowed")
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout or _CONNECT_SECONDS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing is fetched from a socket file."""
        raise PermanentError("unix sockets are not allowed")

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks."""
        await self._inner.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    try:
        answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise TemporaryError(f"{host} cannot be found") from error
    return [str(answer[4][0]) for answer in answers[:_ANSWERS_LOOKED_AT]]
