"""The texts to post, the topics and the campaign, given on a content's page."""

import re

import pytest
from fastapi import FastAPI

from sharebot.config.settings import Settings
from sharebot.models import Content
from sharebot.runtime import Runtime
from sharebot.store.campaigns import CampaignWords, add_campaign
from sharebot.store.database import Database
from sharebot.store.wordings import list_wordings
from sharebot.values.status import StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser
from tests.web.props import HOSTILE, add_draft, queue_and_release


@pytest.fixture
def draft(database: Database, app: object) -> int:
    with database.write() as session:
        return add_draft(session)


async def test_texts_are_kept_one_a_paragraph_and_shown_again(browser: Browser, draft: int, database: Database) -> None:
    client = await browser(StaffRole.EDITOR)
    texts = f"One voice,\r\ntwo lines.\r\n\r\n{HOSTILE}\r\n\r\n\r\n"
    answer = await client.post(f"/contents/{draft}/texts", data={"language": "en", "texts": texts})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/contents/{draft}?said=texts_set")
    with database.read() as session:
        assert list_wordings(session, [1])[1] == ["One voice,\ntwo lines.", HOSTILE]
    page = (await client.get(answer.headers["location"])).text
    assert "An approval from before does not hold any more." in page
    assert "<script>" not in page
    box = re.search(r"<textarea[^>]*en\".*?</textarea>", page, re.DOTALL)
    assert box is not None
    assert "One voice,\ntwo lines." in box[0]
    again = await client.post(f"/contents/{draft}/texts", data={"language": "en", "texts": texts})
    assert again.headers["location"] == f"/contents/{draft}"


async def test_texts_that_are_almost_the_same_are_warned_of(browser: Browser, draft: int) -> None:
    client = await browser(StaffRole.EDITOR)
    texts = "Health is a right for all.\n\nSomething else.\n\nHealth is a right for ALL!"
    await client.post(f"/contents/{draft}/texts", data={"language": "en", "texts": texts})
    assert "Texts 1 and 3 are almost the same" in (await client.get(f"/contents/{draft}")).text


async def test_what_is_out_keeps_its_texts(browser: Browser, draft: int, database: Database) -> None:
    queue_and_release(database, draft)
    client = await browser(StaffRole.EDITOR)
    assert 'name="texts"' not in (await client.get(f"/contents/{draft}")).text
    answer = await client.post(f"/contents/{draft}/texts", data={"language": "en", "texts": "Late."})
    assert answer.status_code == 409


async def test_topics_and_campaign_are_chosen(app: FastAPI, browser: Browser, draft: int, database: Database) -> None:
    runtime: Runtime = app.state.runtime
    topics = {"health": {"en": "Health"}, "peace": {"en": "Peace"}}
    object.__setattr__(runtime, "settings", Settings.model_validate({"topics": topics}))
    with database.write() as session:
        add_campaign(session, "vax", CampaignWords("Vaccines for all", "#GlobalVax"), now=NOW)
    client = await browser(StaffRole.EDITOR)
    page = (await client.get(f"/contents/{draft}")).text
    assert "Vaccines for all #GlobalVax" in page
    form = {"topics": ["peace", "health"], "campaign": "vax"}
    answer = await client.post(f"/contents/{draft}/sorting", data=form)
    assert answer.headers["location"] == f"/contents/{draft}?said=sorted"
    with database.read() as session:
        content = session.get_one(Content, draft)
        assert (content.topics, content.campaign_id) == ("health,peace", 1)
    page = (await client.get(f"/contents/{draft}")).text
    assert page.count(" checked") >= 2
    assert "#GlobalVax" in page.partition('id="preview"')[2]
    assert (await client.post(f"/contents/{draft}/sorting", data={"topics": "none"})).status_code == 409
    assert (await client.post(f"/contents/{draft}/sorting", data={"role": "admin"})).status_code == 422
