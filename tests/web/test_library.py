"""The library and the campaigns: found again by words, filters and campaign; a campaign's life on the page."""

from datetime import timedelta

import pytest

from sharebot.jobs.prune import prune
from sharebot.models import Content
from sharebot.runtime import Runtime
from sharebot.store.campaigns import get_campaign
from sharebot.store.database import Database
from sharebot.values.status import CampaignStatus, StaffRole
from tests.cast import NOW, FixedClock
from tests.web.conftest import Browser
from tests.web.props import HOSTILE, add_draft, queue_and_release

VAX = {"code": "vax-2026", "name": "Vaccines", "hashtag": "#GlobalVax", "line": "", "goal": "All", "parties": "3"}


@pytest.fixture
def shelf(app, database: Database) -> tuple[int, int]:
    """A content that was sent, and an evergreen draft with hostile words."""
    with database.write() as session:
        sent, draft = add_draft(session), add_draft(session, {"en": HOSTILE, "es": "Una historia 100%"})
        session.get_one(Content, draft).evergreen = True
    queue_and_release(database, sent)
    return sent, draft


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {0, 1}),
        ("q=histoire", {0}),
        ("q=100%25", {1}),
        ("q=%25", {1}),
        ("sent=yes", {0}),
        ("sent=evergreen", {1}),
        ("status=draft", {1}),
        ("kind=video", set()),
        ("campaign=none", set()),
        ("sort=sent&dir=desc&kind=post", {0, 1}),
    ],
)
async def test_contents_are_found_again(browser: Browser, shelf, query: str, found: set[int]) -> None:
    client = await browser(StaffRole.VIEWER)
    page = (await client.get(f"/library?{query}")).text
    assert {number for number in (0, 1) if f'href="/contents/{shelf[number]}"' in page} == found
    assert "<script>alert" not in page


async def test_a_campaign_lives_on_the_page(
    browser: Browser, database: Database, shelf, runtime: Runtime, clock: FixedClock
) -> None:
    client = await browser(StaffRole.EDITOR)
    ends = (NOW + timedelta(days=2)).date().isoformat()
    assert (await client.post("/campaigns/new", data=VAX | {"ends_on": ends})).status_code == 303
    assert (await client.post("/campaigns/new", data=VAX)).status_code == 409
    assert (await client.post("/campaigns/new", data=VAX | {"status": "ended"})).status_code == 422
    with database.write() as session:
        session.get_one(Content, shelf[0]).campaign_id = get_campaign(session, "vax-2026").id
    page = (await client.get("/campaigns/vax-2026")).text
    assert "#GlobalVax" in page and "0 of 3 parties" in page and "A story" in page
    assert f'href="/contents/{shelf[0]}"' in (await client.get("/library?campaign=vax-2026")).text
    words = {name: VAX[name] for name in ("name", "line")} | {"hashtag": "no tag", "ends_on": ends}
    assert (await client.post("/campaigns/vax-2026", data=words)).status_code == 409
    assert (await client.post("/campaigns/vax-2026", data=words | {"hashtag": "#Vax"})).status_code == 303
    clock.at = NOW + timedelta(days=4)
    await prune(runtime)
    clock.at = NOW
    with database.read() as session:
        ended = get_campaign(session, "vax-2026")
        assert (ended.status, ended.hashtag) == (CampaignStatus.ENDED, "#Vax")
    assert "Vaccines" in (await client.get("/campaigns?status=ended")).text
    assert (await client.get("/campaigns/none")).status_code == 404


async def test_a_campaign_ahead_runs_from_its_first_day(
    browser: Browser, database: Database, runtime: Runtime, clock: FixedClock
) -> None:
    client = await browser(StaffRole.EDITOR)
    starts = (NOW + timedelta(days=1)).date().isoformat()
    await client.post("/campaigns/new", data=VAX | {"starts_on": starts})

    def status() -> CampaignStatus:
        with database.read() as session:
            return get_campaign(session, "vax-2026").status

    assert status() is CampaignStatus.PLANNED
    clock.at = NOW + timedelta(days=1)
    await prune(runtime)
    clock.at = NOW
    assert status() is CampaignStatus.RUNNING
    assert (await client.post("/campaigns/vax-2026/end")).status_code == 303
    assert status() is CampaignStatus.ENDED
