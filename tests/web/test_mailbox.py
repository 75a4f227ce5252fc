"""Staff offer a seat by e-mail on the page of the parties."""

from sqlmodel import select

from sharebot.models import Delivery, Officer
from sharebot.store.database import Database
from sharebot.values.status import DeliveryKind, OfficerStatus, StaffRole
from tests.cast import add_member, add_officer
from tests.web.conftest import Browser


async def test_a_free_seat_is_offered_and_a_taken_one_is_not(browser: Browser, database: Database) -> None:
    with database.write() as session:
        seat = add_officer(session, add_member(session, "west"), "Desk", chat_id=None).id
    client = await browser(StaffRole.APPROVER)
    assert f'action="/officers/{seat}/mailbox"' in (await client.get("/members/west")).text
    done = await client.post(f"/officers/{seat}/mailbox", data={"address": " eva@west.example "})
    assert done.headers["location"] == "/members/west?said=mailed"
    assert (await client.post(f"/officers/{seat}/mailbox", data={"address": "eva@west"})).status_code == 409
    assert (await client.post("/officers/1/mailbox", data={"address": "eva@north.example"})).status_code == 409
    with database.read() as session:
        queued = session.exec(select(Delivery)).one()
        assert (queued.kind, queued.officer_id, queued.about_officer_id) == (DeliveryKind.WELCOME, None, seat)
        assert session.get_one(Officer, seat).status is OfficerStatus.INVITED


async def test_one_address_takes_one_seat(browser: Browser, database: Database) -> None:
    with database.write() as session:
        west = add_member(session, "west")
        first, second = (add_officer(session, west, label, chat_id=None).id for label in ("Desk", "Press"))
    client = await browser(StaffRole.APPROVER)
    for seat, status in ((first, 303), (second, 409), (first, 303)):
        answer = await client.post(f"/officers/{seat}/mailbox", data={"address": "eva@west.example"})
        assert answer.status_code == status
