"""One page for all words of a content: kept as a whole, shown again when it cannot be, previewed without keeping."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.models import AuditRecord, Content, QueueEntry, Variant
from sharebot.runtime import Runtime
from sharebot.store.campaigns import CampaignWords, add_campaign
from sharebot.store.database import Database
from sharebot.store.editing import get_draft
from sharebot.values.drafts import Draft
from sharebot.values.status import EntryStatus, Network, StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser
from tests.web.edit_form import fields_of
from tests.web.props import HOSTILE, add_draft, hidden_fields, queue_and_release


@pytest.fixture
def draft(database: Database, app: FastAPI) -> int:
    with database.write() as session:
        return add_draft(session)


def kept(database: Database, content_id: int = 1) -> Draft:
    with database.read() as session:
        return get_draft(session, content_id)


async def test_everything_on_the_page_is_kept_with_one_button(
    app: FastAPI, browser: Browser, draft: int, database: Database
) -> None:
    runtime: Runtime = app.state.runtime
    topics = {"health": {"en": "Health"}, "peace": {"en": "Peace"}}
    object.__setattr__(runtime, "settings", Settings.model_validate({"topics": topics}))
    with database.write() as session:
        add_campaign(session, "vax", CampaignWords("Vaccines for all", "#GlobalVax", "Together."), now=NOW)
    client = await browser(StaffRole.EDITOR)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    assert fields["language"] == ["en", "fr", ""]
    fields["title"][0], fields["wordings"][0] = (
        "A better title",
        f"One voice,\r\ntwo lines.\r\n\r\n{HOSTILE}\r\n\r\n\r\n",
    )
    fields["x"][1], fields["instagram"][1] = "Pour X.", "En images."
    fields["language"][2], fields["title"][2] = "es", "Una historia"
    fields |= {
        "hashtags": ["health, #Peace"],
        "campaign": ["vax"],
        "topics": ["peace", "health"],
        "evergreen": ["true"],
    }
    answer = await client.post(f"/contents/{draft}/edit", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/contents/{draft}?said=edited")
    is_now = kept(database)
    english, spanish, french = is_now.versions
    assert english.title == "A better title"
    assert english.wordings[0] == "One voice,\ntwo lines."
    assert (spanish.title, spanish.url) == ("Una historia", english.url)
    assert french.own == ((Network.X, "Pour X."), (Network.INSTAGRAM, "En images."))
    assert (is_now.hashtags, is_now.topics, is_now.campaign) == ("#health #Peace", ("health", "peace"), "vax")
    assert is_now.evergreen
    page = (await client.get(answer.headers["location"])).text
    assert "An approval from before does not hold any more." in page
    assert "#GlobalVax Together." in page
    assert "<script>alert" not in page
    with database.read() as session:
        noted = session.exec(select(AuditRecord).where(AuditRecord.action == "content.edited")).all()
    assert [one.subject for one in noted] == [f"content:{draft}"]


async def test_a_form_as_it_was_opened_changes_nothing(browser: Browser, draft: int, database: Database) -> None:
    client = await browser(StaffRole.EDITOR)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    answer = await client.post(f"/contents/{draft}/edit", data=fields)
    assert answer.headers["location"] == f"/contents/{draft}"
    with database.read() as session:
        assert {one.revision for one in session.exec(select(Variant))} == {1}
        assert session.exec(select(AuditRecord).where(AuditRecord.action == "content.edited")).all() == []


async def test_what_changed_meanwhile_is_shown_and_nothing_typed_is_lost(
    browser: Browser, draft: int, database: Database
) -> None:
    """A4."""
    client = await browser(StaffRole.EDITOR)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    other = {name: list(values) for name, values in fields.items()}
    other["title"][0] = "Theirs"
    await client.post(f"/contents/{draft}/edit", data=other)
    fields["title"][0] = "Mine"
    answer = await client.post(f"/contents/{draft}/edit", data=fields)
    assert answer.status_code == 409
    assert kept(database).versions[0].title == "Theirs"
    assert re.search(r"English: Title</dt><dd[^>]*>Theirs</dd>", answer.text)
    again = fields_of(answer.text)
    assert again["title"][0] == "Mine"
    assert (await client.post(f"/contents/{draft}/edit", data=again)).status_code == 303
    assert kept(database).versions[0].title == "Mine"


async def test_what_cannot_be_kept_is_marked_and_shown_again(browser: Browser, draft: int, database: Database) -> None:
    client = await browser(StaffRole.EDITOR)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    fields["title"] = ["", "Une histoire", "Without a language"]
    fields["url"][1] = "javascript:alert(1)"
    fields["bluesky"][0] = "é" * 301
    answer = await client.post(f"/contents/{draft}/edit", data=fields)
    assert answer.status_code == 422
    for words in ("A title is needed.", "This is no web address.", "Choose the language", "Too long: 3", "4 fields"):
        assert words in answer.text
    assert answer.text.count('aria-invalid="true"') == 4
    again = fields_of(answer.text)
    assert again["bluesky"][0] == "é" * 301
    assert again["title"] == fields["title"]
    assert kept(database).versions[0].title == "A story"


@pytest.mark.parametrize(
    "change",
    [
        {"role": ["admin"]},
        {"topics": ["none"]},
        {"title": ["One alone"]},
        {"language": ["en", "en", ""]},
        {"language": ["en", "fr", "??"], "title": ["A", "B", "C"]},
        {"before": []},
        {"text": ["x" * 40_001, "", ""]},
    ],
)
async def test_forms_that_no_page_has_are_refused(
    browser: Browser, draft: int, database: Database, change: dict[str, list[str]]
) -> None:
    """A2."""
    client = await browser(StaffRole.EDITOR)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    for address in ("edit", "preview?part=1"):
        assert (await client.post(f"/contents/{draft}/{address}", data=fields | change)).status_code == 422
    assert kept(database).versions[0].title == "A story"
    assert (await client.get(f"/contents/{draft}?tier=huge")).status_code == 422


async def test_a_preview_shows_every_tier_and_language_of_what_is_typed_and_keeps_nothing(
    browser: Browser, draft: int, database: Database
) -> None:
    client = await browser(StaffRole.EDITOR)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    fields["title"][1], fields["x"][1] = "Titre <b>provisoire</b>", "Pour X. " + "long " * 60
    fields["hashtags"] = ["#Neuf"]
    part = await client.post(f"/contents/{draft}/preview?part=1&tier=full&shown=fr", data=fields)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "Titre &lt;b&gt;provisoire&lt;/b&gt;" in part.text
    assert "Titre &lt;b&gt;provisoire&lt;/b&gt; #Neuf" in part.text
    assert part.text.count("Cut to fit.") == 1
    assert "own text" in part.text
    assert 'class="picture picture"' in part.text
    light = await client.post(f"/contents/{draft}/preview?part=1&tier=text&shown=fr", data=fields)
    assert 'class="picture' not in light.text
    whole = await client.post(f"/contents/{draft}/preview?tier=full&shown=fr", data=fields)
    assert "<html" in whole.text
    assert fields_of(whole.text)["title"] == fields["title"]
    assert kept(database).versions[1].title == "Une histoire"


async def test_what_is_out_is_corrected_and_what_waits_is_approved_again(
    browser: Browser, draft: int, database: Database
) -> None:
    client = await browser(StaffRole.APPROVER)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    form = hidden_fields((await client.get(f"/contents/{draft}")).text)
    form |= {"when": "now", "day": "2026-11-24", "at": "09:00", "hours": "168"}
    await client.post(f"/contents/{draft}/approve", data=form)
    fields["title"][0] = "Edited after approval"
    assert (await client.post(f"/contents/{draft}/edit", data=fields)).status_code == 303
    with database.read() as session:
        assert session.get_one(QueueEntry, 1).status is EntryStatus.PROPOSED
    with database.write() as session:
        second = add_draft(session)
    late = fields_of((await client.get(f"/contents/{second}")).text)
    entry = queue_and_release(database, second)
    late["title"][0] = "Too late"
    assert (await client.post(f"/contents/{second}/edit", data=late)).status_code == 409
    page = (await client.get(f"/contents/{second}")).text
    assert 'id="edit"' not in page
    assert f'href="/queue/{entry}"' in page
    assert (await client.post(f"/contents/{second}/evergreen", data={"evergreen": "true"})).status_code == 303
    with database.read() as session:
        assert session.get_one(Content, second).evergreen
        assert session.get_one(Variant, 3).title == "A story"


async def test_the_page_asks_the_database_no_more_the_more_there_is(
    browser: Browser, database: Database, app: FastAPI
) -> None:
    with database.write() as session:
        small, large = (
            add_draft(session, {"en": "A"}),
            add_draft(session, {code: code for code in ("en", "fr", "es", "pt")}),
        )
    client = await browser()
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    counts = []
    for content_id in (small, large):
        asked.clear()
        fields = fields_of((await client.get(f"/contents/{content_id}")).text)
        page = sum(statement != "BEGIN" for statement in asked)
        asked.clear()
        await client.post(f"/contents/{content_id}/preview?part=1", data=fields)
        counts.append((page, sum(statement != "BEGIN" for statement in asked)))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 15


async def test_who_may_not_edit_sees_the_words_alone(browser: Browser, draft: int) -> None:
    page = (await (await browser(StaffRole.VIEWER)).get(f"/contents/{draft}?tier=light&shown=fr")).text
    assert 'id="edit"' not in page
    assert 'href="?tier=text&amp;shown=fr#preview"' in page
    assert "The text of Une histoire" in page


async def test_texts_that_are_almost_the_same_are_warned_of(browser: Browser, draft: int) -> None:
    client = await browser(StaffRole.EDITOR)
    fields = fields_of((await client.get(f"/contents/{draft}")).text)
    fields["wordings"][0] = "Health is a right for all.\n\nSomething else.\n\nHealth is a right for ALL!"
    await client.post(f"/contents/{draft}/edit", data=fields)
    assert "Texts 1 and 3 are almost the same" in (await client.get(f"/contents/{draft}")).text
