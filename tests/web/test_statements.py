"""No page of the desk asks the database for more than fifteen statements, whatever it shows."""

import httpx
import pytest
from fastapi import FastAPI

from sharebot.models import AssetBody, Campaign, Content, MemberList, Staff
from sharebot.store.database import Database
from sharebot.store.staff import add_staff
from sharebot.store.staff_sessions import open_session
from sharebot.values.sign_in import Way
from sharebot.values.status import CampaignStatus, StaffRole
from tests.cast import NOW
from tests.web.addresses import addresses, files, pages
from tests.web.conftest import BASE
from tests.web.props import add_draft, queue_and_release
from tests.web.statements import Statements

MOST = 15
SAMPLES = {
    "content_id": "1",
    "entry_id": "1",
    "code": "north",
    "campaigns.code": "spring",
    "list_id": "1",
    "staff_id": "1",
    "period": "2026-W47",
    "asset_id": "1",
}


@pytest.fixture
def cookie(app: FastAPI, database: Database) -> str:
    """Give every page something to show: a content that is out and in a campaign, a draft, a list, an uploaded file."""
    with database.write() as session:
        content_id = add_draft(session)
        add_draft(session, quarantine="odd")
        session.add(Campaign(code="spring", name="Spring", status=CampaignStatus.ENDED, created_at=NOW))
        session.flush()
        session.get_one(Content, content_id).campaign_id = 1
        session.add(MemberList(name="The North", created_at=NOW))
        session.add(AssetBody(asset_id=1, body=b"\x89PNG"))
    queue_and_release(database, content_id)
    with database.write() as session:
        add_staff(session, "admin@alliance.example", role=StaffRole.ADMIN, language="fr", now=NOW)
        staff_id = session.get_one(Staff, 1).id or 0
        return open_session(session, staff_id, now=NOW, way=Way.LINK)


async def test_no_page_asks_for_more_than_fifteen_statements(app: FastAPI, database: Database, cookie: str) -> None:
    asked: dict[str, int] = {}
    wanted = [one for route in pages() for kind in (addresses, files) for one in kind(route, SAMPLES)]
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE, cookies={"sharebot": cookie}) as client:
        with Statements(database) as counted:
            for address in wanted:
                counted.clear()
                answer = await client.get(address)
                assert answer.status_code < 400, f"{address}: {answer.status_code}"
                asked[address] = len(counted.said)
    assert {address: n for address, n in asked.items() if n > MOST} == {}
