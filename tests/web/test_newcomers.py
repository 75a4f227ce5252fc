"""Who waits to be let in, on the parties' page: those who agreed, by a name that is only words."""

import pytest
from sqlmodel import select

from sharebot.models import Officer
from sharebot.store import admission
from sharebot.store.database import Database
from sharebot.values.status import OfficerStatus, StaffRole
from tests.cast import NOW, seat_cy
from tests.web.conftest import Browser

NAME = "<b>Admin</b>\u202e"


@pytest.fixture
def seat(app, database: Database) -> int:
    """Somebody who joined and has not agreed yet; the pages' cast is there."""
    return seat_cy(database)


def agree(database: Database, seat: int) -> None:
    with database.write() as session:
        admission.agree(session, seat, language="fr", name=NAME, staff_chat=None, now=NOW)


def status_of(database: Database, seat: int) -> OfficerStatus:
    with database.read() as session:
        return OfficerStatus(session.exec(select(Officer.status).where(Officer.id == seat)).one())


async def test_whoever_has_not_agreed_is_neither_listed_nor_let_in(browser: Browser, database: Database, seat: int):
    client = await browser(StaffRole.APPROVER)
    assert "Waiting to be let in" not in (await client.get("/members")).text
    await client.post(f"/officers/{seat}/confirm")
    assert status_of(database, seat) is OfficerStatus.WAITING
    agree(database, seat)
    assert "Waiting to be let in" in (await client.get("/members")).text
    assert (await client.post(f"/officers/{seat}/confirm")).status_code == 303
    assert status_of(database, seat) is OfficerStatus.ACTIVE


async def test_the_name_is_escaped_and_only_for_who_decides(browser: Browser, database: Database, seat: int):
    agree(database, seat)
    page = (await (await browser(StaffRole.APPROVER)).get("/members")).text
    assert "<bdi>&lt;b&gt;Admin&lt;/b&gt;</bdi>" in page
    assert "\u202e" not in page
    seen = (await (await browser(StaffRole.VIEWER)).get("/members")).text
    assert "Admin" not in seen
    assert "Second desk" not in seen


async def test_somebody_turned_away_leaves_a_free_seat(browser: Browser, database: Database, seat: int):
    agree(database, seat)
    client = await browser(StaffRole.APPROVER)
    assert (await client.post(f"/officers/{seat}/reject")).status_code == 303
    assert status_of(database, seat) is OfficerStatus.INVITED
    assert "Waiting to be let in" not in (await client.get("/members")).text
