"""The server lives on the caller's loop and leaves the signals alone."""

import asyncio
import signal
import socket
from contextlib import suppress

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from sharebot.errors import ConfigError
from sharebot.web import patience
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


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n"], ids=["nothing", "a line", "a head"]
)
async def test_whoever_drips_the_head_of_a_request_is_let_go(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A16: it is given up, and a request that comes whole is answered on the same server."""
    monkeypatch.setattr(patience, "HEAD_WITHIN_S", 0.3)
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    hello = PlainTextResponse("hello")
    task = asyncio.create_task(serve(hello, host="127.0.0.1", port=0, stop=stop, ready=port.set_result))
    number = await port
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    writer.write(begun)
    with suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{number}/")).text == "hello"
        assert (await client.get(f"http://127.0.0.1:{number}/")).text == "hello", "a connection may be used again"
    stop.set()
    await asyncio.wait_for(task, 10)
