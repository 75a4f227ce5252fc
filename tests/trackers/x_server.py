"""The stand-in for X on loopback, what it was asked, and what it is told to answer instead."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sharebot.sandbox.x import XNetwork
from sharebot.sandbox.x_api import answer
from tests.loopback import serving_app


@dataclass
class Instead:
    """What is answered instead, for the next `times` requests (None: until told otherwise)."""

    response: Response
    times: int | None = None


@dataclass
class XServer:
    """One server. `asked` are paths with their parameters, `said` what was answered well."""

    network: XNetwork
    base_url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    said: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    instead: Instead | None = None

    async def answer(self, request: Request) -> Response:
        query = dict(request.query_params)
        self.asked.append((request.url.path, query))
        if self.instead and self.instead.times != 0:
            self.instead.times = self.instead.times - 1 if self.instead.times else None
            return self.instead.response
        said = answer(self.network, request.url.path, query, authorization=request.headers.get("authorization", ""))
        if said.status == 200:
            self.said.append((request.url.path, said.body))
        return JSONResponse(said.body, said.status, headers=dict(said.headers))

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def answer_with(self, status: int, body: str, headers: Mapping[str, str] | None = None, times: int | None = None):
        self.instead = Instead(Response(body, status, headers=dict(headers or {})), times)


@asynccontextmanager
async def serving(network: XNetwork) -> AsyncIterator[XServer]:
    server = XServer(network)
    app = Starlette(routes=[Route("/{path:path}", server.answer)])
    async with serving_app(app) as server.base_url:
        yield server
