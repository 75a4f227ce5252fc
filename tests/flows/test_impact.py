"""/impact: a picture with its words, of one's own party alone."""

import pytest
from sqlmodel import select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import ClickTally, Officer, PassingMessage, TrackedLink
from sharebot.values.status import ClickOutcome
from tests.bot.words import said
from tests.cast import CY, NOW
from tests.flows.conftest import Scene


@pytest.fixture
async def shared(listening: Scene) -> Scene:
    """Ben has shared the item, and three people followed the links of each party."""
    await send_deliveries(listening.runtime)
    listening.ben.write("https://www.facebook.com/partysouth/posts/12345678")
    await listening.settle()
    with listening.runtime.database.write() as session:
        for link in session.exec(select(TrackedLink)):
            tally = ClickTally(link_id=link.id or 0, on_date=NOW.date(), outcome=ClickOutcome.COUNTED, n=3)
            session.add(tally)
    return listening


async def test_an_officer_sees_what_their_shares_did(shared: Scene) -> None:
    shared.ben.write("/impact")
    await shared.settle()
    shown = shared.ben.last_message
    assert shown is not None and shown.media == "photo"
    assert said(shared.ben)[-1].startswith("📈 What came of your shares: Party South")
    assert "Link given – 1" in said(shared.ben)[-1]
    assert "people’s clicks on your links" in said(shared.ben)[-1]
    assert "North" not in said(shared.ben)[-1]
    (upload,) = shared.sandbox.telegram.files.uploads.values()
    assert upload.body.startswith(b"\x89PNG") and upload.mime == "image/png"


async def test_somebody_at_high_risk_gets_it_protected_and_for_a_while(shared: Scene) -> None:
    with shared.runtime.database.write() as session:
        session.get_one(Officer, 2).high_risk = True
    shared.ben.write("/impact")
    await shared.settle()
    shown = shared.ben.last_message
    assert shown is not None and shown.protected and "Ben" not in said(shared.ben)[-1]
    with shared.runtime.database.read() as session:
        assert shown.message_id in {one.message_id for one in session.exec(select(PassingMessage))}


async def test_without_a_share_there_is_a_kind_word_and_for_a_stranger_none(listening: Scene) -> None:
    listening.ana.write("/impact")
    stranger = listening.sandbox.telegram.add_phone(CY, "Cy")
    stranger.write("/impact")
    await listening.settle()
    assert said(listening.ana)[-1].startswith("🌱 Rien à montrer")
    assert said(stranger) == []
