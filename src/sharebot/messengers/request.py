"""python-telegram-bot's way to our connections: for updates, and for the bot's replies in the chat."""

from typing import Any

from telegram.request import BaseRequest, RequestData

from sharebot.messengers.http import MEDIA_SECONDS, READ_SECONDS, Http, form_of


class Request(BaseRequest):
    """The library wraps what `Http` raises in its NetworkError; the cause is ours."""

    def __init__(self, http: Http) -> None:
        self._http = http

    @property
    def read_timeout(self) -> float | None:
        """The seconds a plain call may take to answer."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Nothing: the pool opens with its first request."""

    async def shutdown(self) -> None:
        """Close the pool."""
        await self._http.close()

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
        """Send one request, once; see `Http.exchange`."""
        seconds = read_timeout if isinstance(read_timeout, int | float) else READ_SECONDS
        if request_data and request_data.multipart_data:
            seconds += MEDIA_SECONDS
        return await self._http.exchange(method, url, data=_body_of(request_data), seconds=seconds)


def _body_of(request_data: RequestData | None) -> Any:
    if request_data is None:
        return None
    if not request_data.multipart_data:
        return request_data.json_parameters or None
    return form_of(request_data.json_parameters, request_data.multipart_data)
