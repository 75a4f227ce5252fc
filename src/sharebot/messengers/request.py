"""The HTTP under python-telegram-bot: tells a request that never left from one whose fate is unknown."""

import json
from typing import Any

import httpx
from telegram.request import BaseRequest, RequestData

from sharebot.errors import TemporaryError, UnknownOutcome
from sharebot.messengers.outcome import read_refusal

CONNECTIONS = 8  # httpx's pool gets slower above this: docs/benchmarks.md
CONNECT_SECONDS, READ_SECONDS, MEDIA_SECONDS = 5.0, 30.0, 60.0
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Request(BaseRequest):
    """One pool of connections."""

    def __init__(self) -> None:
        self._client = self._new_client()

    def _new_client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        return httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False, follow_redirects=False)

    @property
    def read_timeout(self) -> float | None:
        """The seconds a plain call may take to answer."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Open the pool again after a shutdown."""
        if self._client.is_closed:
            self._client = self._new_client()

    async def shutdown(self) -> None:
        """Close the pool."""
        await self._client.aclose()

    async def do_request(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """Send one request, once; return only successes.

        Raises TemporaryError when it provably did not leave, UnknownOutcome when nobody can tell, and what
        `outcome.read_refusal` makes of any other answer. The library wraps all of them in its NetworkError.
        """
        files = request_data.multipart_data if request_data else None
        timeout: Any = httpx.USE_CLIENT_DEFAULT
        if isinstance(read_timeout, int | float):
            timeout = httpx.Timeout(read_timeout, connect=CONNECT_SECONDS)
        if files:
            timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, write=MEDIA_SECONDS)
        data = request_data.json_parameters if request_data else None
        try:
            answer = await self._client.request(method, url, data=data, files=files, timeout=timeout)
        except _NOT_SENT as error:
            raise TemporaryError(f"not sent: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise UnknownOutcome(f"no answer: {type(error).__name__}") from error
        _raise_for_refusal(answer)
        return answer.status_code, answer.content


def _raise_for_refusal(answer: httpx.Response) -> None:
    try:
        data = json.loads(answer.content)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        # A proxy's page, or half an answer: only the status can be believed, and a success cannot.
        status = 500 if answer.is_success else answer.status_code
        raise read_refusal(status, "", {})
    if answer.is_success and data.get("ok") is True:
        return
    status = int(data.get("error_code") or 500) if answer.is_success else answer.status_code
    parameters = data.get("parameters")
    raise read_refusal(status, str(data.get("description", "")), parameters if isinstance(parameters, dict) else {})
