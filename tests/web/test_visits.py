"""Visits of the pages behind short links: seen by a picture, of people alone, once a day."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlmodel import select

from sharebot.models import ClickTally, VisitTally
from sharebot.store.database import Database
from sharebot.store.queue import withdraw
from sharebot.values.status import StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser

PICTURE = {"Accept": "image/avif,image/webp,*/*;q=0.8", "Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"}


def visits(database: Database) -> int:
    with database.read() as session:
        return sum(row.n for row in session.exec(select(VisitTally)))


async def test_the_page_knows_the_code_and_its_picture_counts_once(
    server: httpx.AsyncClient, code: str, database: Database
) -> None:
    page = (await server.get(f"/r/{code}")).headers["location"]
    came_by = parse_qs(urlsplit(page).query)["utm_content"][0]
    assert came_by == code
    for _ in range(2):
        answer = await server.get(f"/v/{came_by}.gif", headers=PICTURE)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/gif")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert "set-cookie" not in answer.headers
    assert visits(database) == 1
    with database.read() as session:
        assert [row.n for row in session.exec(select(ClickTally))] == [1], "a visit is no click"


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "curl/8.0"},
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Sec-Fetch-Dest": "document"},
    ],
)
async def test_robots_and_pages_that_nobody_sees_yet_do_not_count(
    server: httpx.AsyncClient, code: str, database: Database, headers: dict[str, str]
) -> None:
    assert (await server.get(f"/v/{code}.gif", headers=PICTURE | headers)).status_code == 200
    assert visits(database) == 0


async def test_the_picture_tells_nothing_of_a_link(server: httpx.AsyncClient, code: str, database: Database) -> None:
    with database.write() as session:
        withdraw(session, 1, by="someone", now=NOW)
    answers = [await server.get(f"/v/{one}.gif", headers=PICTURE) for one in (code, "0000000000", "x", "a" * 500)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert visits(database) == 0


async def test_the_picture_comes_also_when_counting_fails(
    server: httpx.AsyncClient, code: str, database: Database
) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE visit_tally")
    assert (await server.get(f"/v/{code}.gif", headers=PICTURE)).status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Visits seen on the page", "none seen")),
        ("fr", ("Visites vues", "aucune vue")),
        ("es", ("Visitas vistas", "ninguna vista")),
    ],
)
async def test_staff_see_the_way_from_button_to_page(
    browser: Browser, server: httpx.AsyncClient, code: str, language: str, words: tuple[str, str]
) -> None:
    reader = await browser(StaffRole.VIEWER, language)
    await server.get(f"/r/{code}/x")
    await server.get(f"/r/{code}")
    before = (await reader.get("/contents/1/results")).text
    assert all(word in before for word in words)
    await server.get(f"/v/{code}.gif", headers=PICTURE)
    after = (await reader.get("/contents/1/results")).text
    assert words[0] in after
    assert words[1] not in after
