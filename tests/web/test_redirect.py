"""Short links over a real server: people counted, robots not, nothing leads anywhere else."""

import asyncio

import httpx
import pytest
from sqlmodel import select

from sharebot.models import ClickTally
from sharebot.store.database import Database
from sharebot.store.queue import withdraw
from sharebot.values.status import ClickOutcome
from tests.cast import NOW


def tallies(database: Database) -> dict[ClickOutcome, int]:
    with database.read() as session:
        return {row.outcome: row.n for row in session.exec(select(ClickTally))}


async def test_a_person_is_sent_on_and_counted_once(server: httpx.AsyncClient, code: str, database: Database) -> None:
    for _ in range(2):
        answer = await server.get(f"/r/{code}")
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("https://alliance.example/story/")
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers
    assert tallies(database) == {ClickOutcome.COUNTED: 1, ClickOutcome.REPEAT: 1}


@pytest.mark.parametrize(
    ("method", "headers", "outcome"),
    [
        ("HEAD", {}, ClickOutcome.HEAD),
        ("GET", {"User-Agent": "TelegramBot (like TwitterBot)"}, ClickOutcome.PREVIEW),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0"}, ClickOutcome.PREVIEW),
        ("GET", {"Sec-Purpose": "prefetch"}, ClickOutcome.PREFETCH),
        ("GET", {"User-Agent": "curl/8.0"}, ClickOutcome.ROBOT),
    ],
)
async def test_what_is_no_person_is_sent_on_and_not_counted(
    server: httpx.AsyncClient,
    code: str,
    database: Database,
    method: str,
    headers: dict[str, str],
    outcome: ClickOutcome,
) -> None:
    answer = await server.request(method, f"/r/{code}", headers=headers)
    assert answer.status_code == 302
    assert tallies(database) == {outcome: 1}


async def test_whatever_leads_nowhere_gets_the_same_page(
    server: httpx.AsyncClient, code: str, database: Database
) -> None:
    with database.write() as session:
        withdraw(session, 1, by="someone", now=NOW)
    paths = [
        code,
        "0000000000",
        "",
        "a" * 500,
        "%0d%0aLocation:%20https://evil.example",
        "/evil.example",
        "é",
    ]
    answers = [await server.get(f"/r/{path}") for path in [*paths, "x?url=https://evil.example"]]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert not [answer for answer in answers if "location" in answer.headers]
    assert tallies(database) == {}


async def test_a_link_never_leads_elsewhere(server: httpx.AsyncClient, code: str) -> None:
    answer = await server.get(f"/r/{code}?url=https://evil.example&next=//evil.example")
    assert answer.headers["location"].startswith("https://alliance.example/story/")
    assert "evil" not in answer.headers["location"]


async def test_a_forwarded_address_is_not_believed(server: httpx.AsyncClient, code: str, database: Database) -> None:
    for number in range(3):
        spoof = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        await server.get(f"/r/{code}", headers=spoof)
    assert tallies(database) == {ClickOutcome.COUNTED: 1, ClickOutcome.REPEAT: 2}


async def test_it_still_redirects_when_counting_fails(server: httpx.AsyncClient, code: str, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE click_tally")
    assert (await server.get(f"/r/{code}")).status_code == 302
    assert (await server.get("/r/0000000000")).status_code == 404


async def test_many_clicks_at_once_are_all_counted(server: httpx.AsyncClient, code: str, database: Database) -> None:
    browsers = [{"User-Agent": f"Mozilla/5.0 (Phone {number}) Safari/537.36"} for number in range(12)]
    answers = await asyncio.gather(*(server.get(f"/r/{code}", headers=one) for one in browsers))
    assert {answer.status_code for answer in answers} == {302}
    assert tallies(database) == {ClickOutcome.COUNTED: 12}
