"""The stand-in for X without a network between: a session that answers as its server would."""

import io
from typing import Any

import requests
from starlette.responses import JSONResponse

from sharebot.sandbox.x import XNetwork
from sharebot.sandbox.x_api import answer

BASE_URL = "http://x.test"


class _Raw(io.BytesIO):
    def read1(self, size: int | None = -1, decode_content: bool = True) -> bytes:
        return super().read1(size)


class LocalSession:
    """Has of `requests.Session` what our client uses; `asked` counts."""

    trust_env = True

    def __init__(self, network: XNetwork) -> None:
        self.network = network
        self.asked = 0

    def request(self, _method: str, url: str, *, params: Any, headers: Any, **_rest: Any) -> requests.Response:
        self.asked += 1
        query = {name: str(value) for name, value in params.items()}
        said = answer(self.network, url.removeprefix(BASE_URL), query, authorization=headers["Authorization"])
        response = requests.Response()
        response.status_code = said.status
        response.headers.update(said.headers)
        response.raw = _Raw(JSONResponse(said.body).body)
        return response
