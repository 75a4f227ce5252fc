"""What Telegram brings: let in by its secret alone, within limits, and stored before it is answered."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlmodel import select

from sharebot.config.bots import check_webhook, path_of
from sharebot.config.settings import Settings
from sharebot.errors import ConfigError
from sharebot.models import Bot, InboxUpdate
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.web.app import build_app
from sharebot.web.gate import BODY_WITHIN_S, MAX_BODY
from sharebot.web.server import serve
from sharebot.web.webhook import HEADER, MAX_DEPTH, read_update
from tests.bot.hurry import HurriedLoop
from tests.cast import FixedClock
from tests.store.conftest import either, pg_database

__all__ = ["either", "pg_database"]

SECRET = "a-secret-of_Telegram-and-us"
RIGHT = {HEADER: SECRET}
MAIN, SOUTH = path_of(SECRET, "main"), path_of(SECRET, "south")
BASE = "https://share.alliance.example"
CANARY = "canary-5d1e9b"


def settings_of(**telegram: object) -> Settings:
    bots = {"south": {"regions": ["Americas"]}}
    return Settings.model_validate({"web": {"public_url": BASE}, "telegram": {"bots": bots} | telegram})


def runtime_over(database: Database, **telegram: object) -> Runtime:
    return Runtime(settings_of(**telegram), FixedClock(), database, Fetcher(), ParserPool(size=1))


@pytest.fixture
async def runtime(either: Database) -> AsyncIterator[Runtime]:
    runtime = runtime_over(either, webhook_secret=SECRET)
    yield runtime
    await runtime.fetcher.aclose()
    await runtime.parsers.aclose()


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return build_app(runtime)


@pytest.fixture
async def telegram(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Telegram, as it calls: without an origin, a cookie or a browser's headers."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"User-Agent": ""}) as client:
        yield client


def update(number: int, words: str = "x") -> dict[str, object]:
    return {"update_id": number, "message": {"message_id": 1, "text": words, "chat": {"id": 5, "type": "private"}}}


def stored(database: Database) -> list[tuple[str, int, str]]:
    """Return the bot, number and words of what is stored."""
    with database.read() as session:
        rows = session.exec(select(Bot.code, InboxUpdate).join(Bot, Bot.id == InboxUpdate.bot_id))  # type: ignore[arg-type]
        found = [(code, row.update_id, json.loads(row.body)) for code, row in rows]
    return sorted((code, number, str(body.get("message", {}).get("text", ""))) for code, number, body in found)


# --- what is taken


async def test_an_update_is_stored_for_its_bot_and_then_answered(telegram, either):
    body = json.dumps(update(7, "sí 👍 \x00 \ud800"))
    answer = await telegram.post(MAIN, content=body, headers=RIGHT)
    assert (answer.status_code, answer.content) == (200, b"")
    assert stored(either) == [("main", 7, "sí 👍 \x00 \ud800")]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "connection" not in answer.headers, "Telegram keeps its connections"


async def test_a_replay_is_answered_alike_and_changes_nothing(telegram, either):
    """T6."""
    for words in ("first", "second", "second"):
        assert (await telegram.post(MAIN, json=update(7, words), headers=RIGHT)).status_code == 200
    assert stored(either) == [("main", 7, "first")]


async def test_many_calls_at_once_are_all_stored(telegram, either):
    numbers = [number % 40 for number in range(80)]
    calls = (telegram.post(MAIN, json=update(number), headers=RIGHT) for number in numbers)
    assert {answer.status_code for answer in await asyncio.gather(*calls)} == {200}
    assert [number for _, number, _ in stored(either)] == list(range(40))


async def test_each_bot_has_a_path_and_numbers_of_its_own(telegram, either):
    for path, words in ((MAIN, "to main"), (SOUTH, "to south")):
        assert (await telegram.post(path, json=update(7, words), headers=RIGHT)).status_code == 200
    assert stored(either) == [("main", 7, "to main"), ("south", 7, "to south")]
    with either.read() as session:
        assert len(session.exec(select(Bot)).all()) == 2


# --- what is not


@pytest.mark.parametrize("given", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "é", "x" * 300])
async def test_without_the_secret_nothing_is_read(app, either, caplog, given):
    """T5."""
    headers = [(b"host", b"share.alliance.example"), (b"content-length", b"10")]
    headers += [(HEADER.lower().encode(), given.encode())] if given is not None else []
    assert await call(app, MAIN, headers, nobody_may_read) == 403
    assert stored(either) == []


@pytest.mark.parametrize("path", [SOUTH.replace("south", "main"), SOUTH.replace("south", "north"), MAIN[:-1]])
async def test_a_path_that_is_nobodys_is_none_of_ours_even_with_the_secret(telegram, either, path):
    assert (await telegram.post(path, json=update(7), headers=RIGHT)).status_code == 403
    assert stored(either) == []


async def test_only_post_is_a_call(telegram):
    assert (await telegram.get(MAIN, headers=RIGHT)).status_code == 404
    assert (await telegram.put(MAIN, json=update(7), headers=RIGHT)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[" * 10_000,
        b"[" * 10_000 + b"]" * 10_000,
        b'{"update_id": 7, "message": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"update_id": 7, "message": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}",
        b'{"update_id": 7, "message": ' + b'{"a":' * 100 + b"1" + b"}" * 101,
        b'[{"update_id": 7}]',
        b'{"message": {}}',
        b'{"update_id": null}',
        b'{"update_id": "7"}',
        b'{"update_id": 7.0}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": ' + b"9" * 5_000 + b"}",
        b'{"update_id": 7, "message": "\xff"}',
        b'{"update_id": 7, "message": "\x00"}',
    ],
    ids=lambda body: f"{len(body)} {body[:24]!r}",
)
async def test_what_is_no_update_is_refused(telegram, either, body):
    """T8."""
    answer = await telegram.post(MAIN, content=body, headers=RIGHT)
    assert answer.status_code == 400
    assert stored(either) == []


async def test_what_is_as_deep_as_it_may_be_is_taken(telegram, either):
    body = b'{"update_id": 7, "x": ' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    assert (await telegram.post(MAIN, content=body, headers=RIGHT)).status_code == 200
    assert read_update(b'{"update_id": 7}') == (7, '{"update_id": 7}')


async def test_a_body_ends_at_one_megabyte(telegram, either):
    """T8."""

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * (MAX_BODY // 3)

    for content in (b" " * 10_000_000, b" " * (MAX_BODY + 1), unannounced()):
        answer = await telegram.post(MAIN, content=content, headers=RIGHT)
        assert answer.status_code == 413
        assert answer.headers["connection"] == "close"
    whole = json.dumps(update(7)).encode()
    answer = await telegram.post(MAIN, content=whole + b" " * (MAX_BODY - len(whole)), headers=RIGHT)
    assert answer.status_code == 200
    assert [number for _, number, _ in stored(either)] == [7]


async def test_a_length_that_is_too_long_is_refused_before_anything_is_read(app):
    for length in (b"10000000", b"9" * 5_000, "²".encode(), b"-1"):
        headers = [(HEADER.lower().encode(), SECRET.encode()), (b"content-length", length)]
        assert await call(app, MAIN, headers, nobody_may_read) == 413


async def test_a_caller_who_goes_away_in_the_middle_leaves_nothing(app, either):
    half = {"type": "http.request", "body": b'{"upd', "more_body": True}
    messages: Iterator[dict[str, Any]] = iter([half, {"type": "http.disconnect"}])

    async def receive() -> dict[str, Any]:
        return next(messages)

    assert await call(app, MAIN, [(HEADER.lower().encode(), SECRET.encode())], receive) == 400
    assert stored(either) == []


def test_a_body_that_drips_is_given_up(database):
    """Half a minute, which passes in three seconds here."""

    async def drip() -> dict[str, Any]:
        await asyncio.sleep(1)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def run() -> tuple[int, float]:
        began = asyncio.get_running_loop().time()
        app = build_app(runtime_over(database, webhook_secret=SECRET))
        status = await call(app, MAIN, [(HEADER.lower().encode(), SECRET.encode())], drip)
        return status, asyncio.get_running_loop().time() - began

    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        status, took = runner.run(run())
    assert status == 408
    assert BODY_WITHIN_S <= took < BODY_WITHIN_S + 10


async def test_a_stranger_is_sent_away_by_a_real_server_while_the_body_is_still_to_come(app):
    """Ten megabytes are announced, none of them is sent, and the answer is there all the same."""
    stop, port = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, host="127.0.0.1", port=0, stop=stop, ready=port.set_result))
    reader, writer = await asyncio.open_connection("127.0.0.1", await port)
    writer.write(f"POST {MAIN} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n".encode())
    answer = await asyncio.wait_for(reader.read(), 10)  # to its end: the connection is closed
    assert answer.startswith(b"HTTP/1.1 403 ")
    writer.close()
    stop.set()
    await asyncio.wait_for(task, 10)


async def test_while_nothing_can_be_stored_telegram_is_told_to_come_again(telegram, either):
    rename(either, "inbox_update", "away")
    answer = await telegram.post(MAIN, json=update(7), headers=RIGHT)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    rename(either, "away", "inbox_update")
    assert (await telegram.post(MAIN, json=update(7), headers=RIGHT)).status_code == 200
    assert [number for _, number, _ in stored(either)] == [7]


async def test_neither_a_body_nor_the_secret_is_logged(telegram, either, caplog):
    caplog.set_level("DEBUG")
    bodies: list[bytes] = [json.dumps(update(7, CANARY)).encode(), CANARY.encode(), CANARY.encode() * 200_000]
    for headers in (RIGHT, {HEADER: CANARY}):
        for body in bodies:
            await telegram.post(MAIN, content=body, headers=headers)
    rename(either, "inbox_update", "away")
    assert (await telegram.post(MAIN, content=bodies[0], headers=RIGHT)).status_code == 503
    rename(either, "away", "inbox_update")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("sharebot"))
    assert ours.count("bot=main") == 5, "it was logged that they came"
    assert CANARY not in ours and SECRET not in ours and MAIN not in ours


# --- whether it is on


@pytest.mark.parametrize("telegram_settings", [{}, {"webhook_secret": ""}])
async def test_without_a_secret_in_the_settings_there_is_no_webhook(database, telegram_settings):
    app = build_app(runtime_over(database, **telegram_settings))
    for path in (path_of("", "main"), MAIN):
        for given in (b"", SECRET.encode()):
            headers = [(b"host", b"share.alliance.example"), (HEADER.lower().encode(), given)]
            assert await call(app, path, headers, nobody_may_read) == 403
    assert stored(database) == []


def test_a_path_says_nothing_of_the_secret_and_changes_with_it():
    paths = {path_of(secret, code) for secret in (SECRET, SECRET + "x") for code in ("main", "south")}
    assert len(paths) == 4
    assert not [path for path in paths if SECRET in path or len(path.rpartition("/")[2]) < 32]


@pytest.mark.parametrize(
    ("public_url", "base_url", "secret", "complaint"),
    [
        ("https://share.example", "https://api.telegram.org/bot", SECRET, None),
        ("https://share.example:8443", "https://api.telegram.org/bot", SECRET, None),
        ("http://127.0.0.1:8080", "https://api.telegram.org/bot", None, None),
        ("http://127.0.0.1:8080", "https://api.telegram.org/bot", "", None),
        ("http://127.0.0.1:8080", "http://127.0.0.1:9999/bot", SECRET, None),
        ("http://127.0.0.1:8080", "https://api.telegram.org/bot", SECRET, "Telegram cannot call the webhook there"),
        ("https://localhost", "https://api.telegram.org/bot", SECRET, "Telegram cannot call the webhook there"),
        ("https://share.example:8080", "https://api.telegram.org/bot", SECRET, "on port 443, 80, 88 or 8443"),
        ("https://share.example", "https://api.telegram.org/bot", "with a space", "must be at most 256 of the char"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:9999/bot", "x" * 257, "must be at most 256 of the characters"),
    ],
)
def test_a_webhook_that_telegram_cannot_call_is_a_clear_error(public_url, base_url, secret, complaint):
    telegram = {"base_url": base_url, "webhook_secret": secret}
    settings = Settings.model_validate({"web": {"public_url": public_url}, "telegram": telegram})
    if complaint is None:
        check_webhook(settings)
        return
    with pytest.raises(ConfigError) as caught:
        check_webhook(settings)
    assert complaint in str(caught.value)
    assert "SHAREBOT_TELEGRAM__WEBHOOK_SECRET" in str(caught.value)
    assert str(secret) not in str(caught.value)


# --- how to call


async def nobody_may_read() -> dict[str, Any]:
    raise AssertionError("the body was read")


async def call(app: FastAPI, path: str, headers: list[tuple[bytes, bytes]], receive: Callable[[], Any]) -> int:
    """Call the application itself, so that a test sees what it reads, and return the status."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("203.0.113.9", 1234),
        "server": (socket.gethostname(), 443),
    }
    await app(scope, receive, send)
    return int(sent[0]["status"])


def rename(database: Database, old: str, new: str) -> None:
    with database.write() as session:
        session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
