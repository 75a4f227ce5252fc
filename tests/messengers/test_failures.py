"""Every way in which a send can fail, on the wire, and the one meaning each has."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from sharebot.errors import (
    Conflict,
    ContentRefused,
    CredentialRefused,
    PermanentError,
    RateLimited,
    RecipientGone,
    RecipientMoved,
    SharebotError,
    TemporaryError,
    UnknownOutcome,
)
from sharebot.messengers.http import Http
from sharebot.messengers.outcome import MediaRefused, TopicRefused
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.values.messages import Message

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b'{"ok":true,"result":{"message_id":5,"date":1,"chat":{"id":7,"type":"private"}}}'


@dataclass(frozen=True)
class Case:
    """What the other side does, and what it has to mean."""

    name: str
    behaviour: Behaviour
    meaning: type[SharebotError]
    scheme: str = "http"


def answer(status: int, body: bytes | str, *, length: int | None = None) -> Behaviour:
    raw = body if isinstance(body, bytes) else body.encode()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        size = len(raw) if length is None else length
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
        writer.write(head.encode() + raw)
        await writer.drain()

    return behave


def refuse(code: int, description: str = "x", *, status: int | None = None, **parameters: object) -> Behaviour:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return answer(status or code, json.dumps(body))


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(10)


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


CASES = [
    Case("TLS is spoken to something else", slam, TemporaryError, scheme="https"),
    Case("no answer in time", silence, UnknownOutcome),
    Case("reset", reset, UnknownOutcome),
    Case("hung up", hang_up, UnknownOutcome),
    Case("a short body", answer(200, OK, length=len(OK) + 50), UnknownOutcome),
    Case("half a JSON", answer(200, OK[:-20]), UnknownOutcome),
    Case("200 with garbage", answer(200, "<html>Welcome to the hotel</html>"), UnknownOutcome),
    Case("200 with nothing", answer(200, ""), UnknownOutcome),
    Case("200 without a message id", answer(200, '{"ok":true,"result":{}}'), UnknownOutcome),
    Case("200, not ok, blocked", refuse(403, "Forbidden: bot was blocked by the user", status=200), RecipientGone),
    Case("200, not ok, no code", answer(200, '{"ok":false}'), UnknownOutcome),
    Case("HTML 502", answer(502, "<html>Bad Gateway</html>"), UnknownOutcome),
    Case("500", refuse(500, "Internal Server Error"), UnknownOutcome),
    Case("redirect", answer(302, ""), CredentialRefused),
    Case("429 with a time", refuse(429, retry_after=7), RateLimited),
    Case("429 without a time", refuse(429), RateLimited),
    Case("429 with an absurd time", refuse(429, retry_after=10**30), RateLimited),
    Case("429 in HTML", answer(429, "<html>slow down</html>"), RateLimited),
    Case("401", refuse(401, "Unauthorized"), CredentialRefused),
    Case("404", refuse(404, "Not Found"), CredentialRefused),
    Case("409", refuse(409, "Conflict: terminated by other getUpdates request"), Conflict),
    Case("migrated", refuse(400, "group chat was upgraded", migrate_to_chat_id=-1009), RecipientMoved),
    Case("blocked", refuse(403, "Forbidden: bot was blocked by the user"), RecipientGone),
    Case("deactivated", refuse(403, "Forbidden: user is deactivated"), RecipientGone),
    Case("kicked", refuse(403, "Forbidden: bot was kicked from the supergroup chat"), RecipientGone),
    Case("chat not found", refuse(400, "Bad Request: chat not found"), RecipientGone),
    Case("no rights", refuse(400, "Bad Request: not enough rights to send text messages to the chat"), PermanentError),
    Case("closed topic", refuse(400, "Bad Request: TOPIC_CLOSED"), TopicRefused),
    Case("lost topic", refuse(400, "Bad Request: message thread not found"), TopicRefused),
    Case("not in the group", refuse(403, "Forbidden: bot is not a member of the supergroup chat"), RecipientGone),
    Case("an unknown 403", refuse(403, "Forbidden: nobody has seen this yet"), PermanentError),
    Case("bad entities", refuse(400, "Bad Request: can't parse entities: unclosed tag"), ContentRefused),
    Case("caption too long", refuse(400, "Bad Request: message caption is too long"), ContentRefused),
    Case("an unknown 400", refuse(400, "Bad Request: nobody has seen this yet"), ContentRefused),
    Case("file refused", refuse(400, "Bad Request: failed to get HTTP URL content"), MediaRefused),
]


@asynccontextmanager
async def served(behaviour: Behaviour) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve one behaviour; the list has an entry for every connection that brought a request."""
    requests: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(b"")
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await behaviour(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], requests
    finally:
        server.close()


async def meaning_at(url: str) -> SharebotError:
    messenger = TelegramMessenger(Http(connect_seconds=0.4, read_seconds=0.4), url)
    try:
        with pytest.raises(SharebotError) as caught:
            await messenger.send(7, Message("<b>Words</b>"))
    finally:
        await messenger.close()
    return caught.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_every_failure_has_one_meaning_and_is_asked_once(case: Case):
    async with served(case.behaviour) as (port, requests):
        error = await meaning_at(f"{case.scheme}://127.0.0.1:{port}/bot7:secret-token")
    assert type(error) is case.meaning, error
    assert len(requests) == 1, "a send must never be repeated by a library"
    assert "secret-token" not in str(error) and "Words" not in str(error)


async def test_a_refused_connection_provably_sent_nothing():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = await meaning_at(f"http://127.0.0.1:{unused.getsockname()[1]}/bot7:token")
    assert type(error) is TemporaryError


async def test_a_host_nobody_knows_provably_got_nothing():
    assert type(await meaning_at("http://nobody.invalid/bot7:token")) is TemporaryError


async def test_a_connection_that_is_never_taken_provably_sent_nothing():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        # The queue of connections is full, so that the next one gets no answer at all.
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
        error = await meaning_at(f"http://127.0.0.1:{deaf.getsockname()[1]}/bot7:token")
        for filler in fillers:
            filler.close()
    assert type(error) is TemporaryError


@pytest.mark.parametrize(("said", "understood"), [(7, 7), (0, 0), (10**30, 7 * 86_400), ("abc", None), (-5, None)])
async def test_a_429_says_for_how_long(said: object, understood: int | None):
    async with served(refuse(429, retry_after=said)) as (port, _):
        error = await meaning_at(f"http://127.0.0.1:{port}/bot7:token")
    assert isinstance(error, RateLimited)
    assert error.retry_after == (None if understood is None else timedelta(seconds=understood))


async def test_the_date_of_every_answer_is_heard():
    heard: list[object] = []

    async def dated(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = "HTTP/1.1 502 X\r\nDate: Mon, 23 Nov 2026 08:00:00 GMT\r\nContent-Length: 0\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()

    async with served(dated) as (port, _):
        http = Http(heard.append)
        with pytest.raises(UnknownOutcome):
            await http.exchange("POST", f"http://127.0.0.1:{port}/bot7:token/sendMessage")
        await http.close()
    assert [str(one) for one in heard] == ["2026-11-23 08:00:00+00:00"]
