"""The page of a content's results: what it says of shares that count no more."""

from datetime import timedelta

import pytest

from sharebot.models import LostReshare
from sharebot.store.database import Database
from sharebot.values.status import Evidence, Network, ReshareKind, StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser
from tests.web.props import add_draft, queue_and_release


@pytest.mark.parametrize(
    ("language", "heading", "day"),
    [("en", "Counted no more", "30 Nov 2026"), ("fr", "Ne comptent plus", "30 nov. 2026"), ("es", "Ya no cuentan", "")],
)
async def test_a_lost_share_stands_apart_with_the_day_it_was_missed(
    browser: Browser, database: Database, language: str, heading: str, day: str
) -> None:
    with database.write() as session:
        content_id = add_draft(session)
    queue_and_release(database, content_id)
    reader = await browser(StaffRole.VIEWER, language)
    path = f"/contents/{content_id}/results"
    assert heading not in (await reader.get(path)).text
    with database.write() as session:
        session.add(
            LostReshare(
                reshare_id=1,
                key="post:x:1",
                member_id=1,
                content_id=content_id,
                network=Network.X,
                kind=ReshareKind.REPOST,
                evidence=Evidence.OBSERVED,
                url="https://x.com/north/status/1",
                at=NOW,
                created_at=NOW,
                gone_at=NOW + timedelta(days=7),
            )
        )
    page = (await reader.get(path)).text
    begins = page.index(f">{heading}</h2>")
    assert "/members/north" in page[begins:]
    assert day in page[begins:]
    assert "x.com/north" not in page, "what its author took back is not shown again"
