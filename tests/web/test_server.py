"""The server lives on the caller's loop and leaves the signals alone."""

import asyncio
import signal
import socket

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from sharebot.errors import ConfigError
from sharebot.web.server import serve


async def test_it_answers_until_told_to_stop_and_ends_what_is_under_way() -> None:
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    entered = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        entered.set()
        await stop.wait()
        await PlainTextResponse(Request(scope).url.path)(scope, receive, send)

    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    task = asyncio.create_task(serve(slow, host="127.0.0.1", port=0, stop=stop, ready=port.set_result))
    address = f"http://127.0.0.1:{await port}/x"
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(address))
        await entered.wait()
        stop.set()
        answer = await asking
        assert answer.text == "/x"
        assert "server" not in answer.headers
        await asyncio.wait_for(task, 10)
        with pytest.raises(httpx.ConnectError):
            await client.get(address)


async def test_a_taken_port_is_a_clear_error() -> None:
    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer nothing."""

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConfigError, match=r"web\.port"):
        port = taken.getsockname()[1]
        await serve(nothing, host="127.0.0.1", port=port, stop=asyncio.Event())
