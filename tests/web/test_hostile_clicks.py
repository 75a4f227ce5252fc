"""Requests for short links as nobody's browser writes them, over a real connection."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.models import ClickSalt, ClickTally, VisitTally
from sharebot.store.database import Database
from sharebot.values.status import ClickOutcome
from tests.cast import FixedClock
from tests.web.conftest import PERSON

COUNTED, REPEAT = ClickOutcome.COUNTED, ClickOutcome.REPEAT


def counted(database: Database) -> dict[ClickOutcome, int]:
    with database.read() as session:
        return {row.outcome: row.n for row in session.exec(select(ClickTally))}


def visits(database: Database) -> int:
    with database.read() as session:
        return sum(row.n for row in session.exec(select(VisitTally)))


async def ask(server: httpx.AsyncClient, path: str, *headers: bytes) -> bytes:
    """Send a request as it is written here, and return the first line of the answer."""
    reader, writer = await asyncio.open_connection(server.base_url.host, server.base_url.port)
    host = f"Host: {server.base_url.netloc.decode()}".encode()
    writer.write(b"\r\n".join([f"GET {path} HTTP/1.1".encode(), host, b"Connection: close", *headers, b"", b""]))
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer.partition(b"\r\n")[0]


def said(**changed: bytes | None) -> list[bytes]:
    """Return a person's headers, with some changed or left out."""
    values = {name: value.encode() for name, value in PERSON.items()} | {
        name.replace("_", "-"): value for name, value in changed.items()
    }
    return [name.encode() + b": " + value for name, value in values.items() if value is not None]


async def test_headers_twice_or_in_another_case_make_nobody_two_people(
    server: httpx.AsyncClient, code: str, database: Database
) -> None:
    path = f"/r/{code}"
    again = PERSON["User-Agent"].encode()
    for headers in (said(), [*said(), b"user-agent: " + again], said(**{"User-Agent": None, "uSER-aGENT": again})):
        assert b" 302 " in await ask(server, path, *headers)
    assert counted(database) == {COUNTED: 1, REPEAT: 2}


@pytest.mark.parametrize("agent", [b"\xff\xfe\x80", b"Mozilla/5.0 " + b"x" * 20_000, b"Mozilla/5.0 (" * 2000, b"\t \t"])
async def test_whatever_somebody_calls_himself_he_is_sent_on(
    server: httpx.AsyncClient, code: str, agent: bytes
) -> None:
    answer = await ask(server, f"/r/{code}", *said(**{"User-Agent": agent}))
    assert b" 302 " in answer
    assert b" 200 " in await ask(server, f"/v/{code}.gif", *said(**{"User-Agent": agent}))


async def test_one_machine_that_calls_itself_by_many_names_and_addresses_is_twelve_people_at_most(
    server: httpx.AsyncClient, code: str, database: Database
) -> None:
    for number in range(40):
        agent = f"Mozilla/5.0 (Linux; Android {number}) AppleWebKit/537.36 Chrome/142 Mobile Safari/537.36".encode()
        far = f"X-Forwarded-For: 203.0.{number}.9\r\nForwarded: for=203.0.{number}.9\r\nX-Real-IP: 203.0.{number}.9"
        await ask(server, f"/r/{code}", *said(**{"User-Agent": agent}), far.encode())
        await ask(server, f"/v/{code}.gif", *said(**{"User-Agent": agent}), far.encode())
    assert counted(database) == {COUNTED: 12, REPEAT: 28}
    assert visits(database) <= 12


@pytest.mark.parametrize(
    "tail",
    ["%00", "%0d%0aSet-Cookie:a=b", "?url=https://evil.example/", "//evil.example", "%F0%9F%98%80", "x" * 5000],
)
async def test_whatever_leads_nowhere_answers_alike(server: httpx.AsyncClient, code: str, tail: str) -> None:
    none = await server.get("/r/0000000000")
    for path in (f"/r/0000000000{tail}", f"/r/{tail.strip('?/')}"):
        answer = await server.get(path)
        assert (answer.status_code, answer.text) == (404, none.text), path
        kept = {name: value for name, value in answer.headers.items() if name != "date"}
        assert kept == {name: value for name, value in none.headers.items() if name != "date"}


async def test_the_days_border_is_that_of_utc_and_each_day_has_its_salt(
    server: httpx.AsyncClient, code: str, database: Database, app: FastAPI
) -> None:
    clock: FixedClock = app.state.runtime.clock
    midnight = datetime.combine(clock.now().date() + timedelta(days=1), datetime.min.time(), UTC)
    for at in (midnight - timedelta(microseconds=1), midnight):
        clock.at = at
        for _ in range(2):
            assert b" 302 " in await ask(server, f"/r/{code}", *said())
    with database.read() as session:
        days = {row.on_date: row.n for row in session.exec(select(ClickTally).where(ClickTally.outcome == COUNTED))}
        salts = {bytes(row.salt) for row in session.exec(select(ClickSalt))}
    assert days == {midnight.date() - timedelta(days=1): 1, midnight.date(): 1}
    assert len(salts) == 2
