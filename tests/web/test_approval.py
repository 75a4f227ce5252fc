"""Approving: seen before it is done, bound to what was seen, done once."""

import pytest
from sqlmodel import select

from sharebot.models import Content, Officer, QueueEntry
from sharebot.rules.timing import Timing
from sharebot.store.contents import list_variants
from sharebot.store.database import Database
from sharebot.values.status import ContentStatus, EntryStatus, Priority, Rhythm
from tests.cast import NOW
from tests.store.props import ITEM, approved, release_now, take_in
from tests.web.conftest import Browser
from tests.web.props import add_draft, hidden_fields


@pytest.fixture
def draft(database: Database, app: object) -> int:
    with database.write() as session:
        return add_draft(session)


def entries(database: Database) -> list[QueueEntry]:
    with database.read() as session:
        return list(session.exec(select(QueueEntry)))


def text_of(html: str) -> str:
    return " ".join(html.split())


async def test_the_page_says_who_gets_it_and_who_not(browser: Browser, draft: int, database: Database) -> None:
    page = text_of((await (await browser()).get(f"/contents/{draft}?languages=fr")).text)
    assert "1 officer gets it in 1 party." in page
    assert "<b>1</b> French" in page
    assert "1 party gets nothing." in page
    assert '<dt>Another language</dt><dd><span dir="auto">Party South</span>' in page


async def test_approving_what_was_seen_queues_it(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    form = hidden_fields((await client.get(f"/contents/{draft}?languages=fr&when=now&hours=24")).text)
    form |= {"languages": "fr", "when": "now", "hours": "24"}
    answer = await client.post(f"/contents/{draft}/approve", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue/1?said=approved")
    [entry] = entries(database)
    assert entry.status is EntryStatus.APPROVED
    assert entry.audience == '{"languages": ["fr"]}'
    assert (entry.approved_by or "").startswith("approver.en")
    assert "Approved." in (await client.get(answer.headers["location"])).text


async def test_the_default_form_can_be_approved_at_once(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    form = hidden_fields((await client.get(f"/contents/{draft}")).text)
    # A browser sends the fields with the values the page gave them.
    form |= {"when": "now", "day": "2026-11-24", "at": "09:00", "hours": "168"}
    answer = await client.post(f"/contents/{draft}/approve", data=form)
    assert answer.headers["location"] == "/queue/1?said=approved"


async def test_a_changed_audience_is_shown_before_it_is_approved(
    browser: Browser, draft: int, database: Database
) -> None:
    client = await browser()
    form = hidden_fields((await client.get(f"/contents/{draft}")).text)
    answer = await client.post(f"/contents/{draft}/approve", data=form | {"languages": "fr"})
    assert answer.status_code == 303
    assert entries(database) == []
    page = await client.get(answer.headers["location"])
    assert "You changed the form." in page.text
    assert "1 party gets nothing." in page.text


async def test_an_edit_after_the_look_stops_the_approval(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    form = hidden_fields((await client.get(f"/contents/{draft}")).text)
    with database.write() as session:
        variant = list_variants(session, draft)[0]
        variant.title = "Something else"
        session.add(variant)
    answer = await client.post(f"/contents/{draft}/approve", data=form)
    assert answer.status_code == 409
    assert "It has changed in the meantime" in answer.text
    assert "Something else" in answer.text
    assert entries(database) == []


async def test_pressing_twice_queues_once(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    form = hidden_fields((await client.get(f"/contents/{draft}")).text)
    form |= {"when": "now", "day": "2026-11-24", "at": "09:00", "hours": "168"}
    await client.post(f"/contents/{draft}/approve", data=form)
    again = await client.post(f"/contents/{draft}/approve", data=form)
    assert again.headers["location"] == f"/contents/{draft}?said=already"
    assert len(entries(database)) == 1


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("when=local&day=2026-11-20", "lies in the past"),
        ("when=moment&day=2026-11-23&at=08:59", "lies in the past"),
        ("when=local&day=", "Choose the day"),
        ("countries=FR", "Nobody would get it"),
    ],
)
async def test_what_cannot_be_sent_has_no_approve_button(
    browser: Browser, draft: int, database: Database, query: str, says: str
) -> None:
    client = await browser()
    page = (await client.get(f"/contents/{draft}?{query}")).text
    assert says in page
    assert "/approve" not in page
    form = hidden_fields(page) | dict(pair.split("=") for pair in query.split("&"))
    await client.post(f"/contents/{draft}/approve", data=form)
    assert entries(database) == []


async def test_a_content_without_a_link_cannot_be_approved(browser: Browser, app: object, database: Database) -> None:
    with database.write() as session:
        draft = add_draft(session, url=None)
    page = (await (await browser()).get(f"/contents/{draft}")).text
    assert "It has no link to share" in page
    assert "/approve" not in page


async def test_local_time_and_expiry_are_kept(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    chosen = {"when": "local", "day": "2026-11-25", "at": "10:30", "hours": "48", "urgent": "true"}
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    form = hidden_fields((await client.get(f"/contents/{draft}?{query}")).text)
    await client.post(f"/contents/{draft}/approve", data=form | chosen)
    [entry] = entries(database)
    assert f"{entry.send_on} {entry.send_local}" == "2026-11-25 10:30:00"
    assert entry.urgent
    # The day ends last at UTC-12, and then it is offered for two days more.
    assert entry.expires_at.isoformat() == "2026-11-27T22:30:00+00:00"


async def test_fields_that_no_form_has_are_refused(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    form = hidden_fields((await client.get(f"/contents/{draft}")).text)
    for extra in ({"by": "boss"}, {"when": "never"}, {"hours": "999999"}, {"day": "yesterday"}):
        answer = await client.post(f"/contents/{draft}/approve", data=form | extra)
        assert answer.status_code == 422
    assert entries(database) == []


async def test_a_draft_can_be_put_away(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    seen = hidden_fields((await client.get(f"/contents/{draft}")).text)["content_hash"]
    assert (await client.post(f"/contents/{draft}/archive", data={"content_hash": "0"})).status_code == 409
    assert (await client.post(f"/contents/{draft}/archive", data={"content_hash": seen})).status_code == 303
    with database.read() as session:
        content = session.get(Content, draft)
        assert content is not None and content.status is ContentStatus.ARCHIVED
    assert "This was put away." in (await client.get(f"/contents/{draft}")).text


async def test_priority_is_seen_before_it_is_approved_and_kept(
    browser: Browser, draft: int, database: Database
) -> None:
    client = await browser()
    page = (await client.get(f"/contents/{draft}?priority=low")).text
    assert "2 of them get it in a digest: 2 since the priority is low." in text_of(page)
    assert '<option value="low" selected>Low priority</option>' in page
    form = hidden_fields(page)
    refused = await client.post(f"/contents/{draft}/approve", data=form)
    assert "objection=changed" in refused.headers["location"]
    answer = await client.post(f"/contents/{draft}/approve", data=form | {"priority": "low"})
    assert answer.headers["location"] == "/queue/1?said=approved"
    assert entries(database)[0].priority is Priority.LOW
    assert "low priority" in text_of((await client.get("/queue/1")).text)


async def test_the_page_says_who_waits_for_a_digest_and_whose_topics_differ(
    browser: Browser, draft: int, database: Database
) -> None:
    with database.write() as session:
        content = session.get_one(Content, draft)
        content.topics = "water"
        ana, ben = session.get_one(Officer, 1), session.get_one(Officer, 2)
        ana.rhythm, ben.topics = Rhythm.WEEKLY, "peace,work"
        session.add_all([content, ana, ben])
    page = text_of((await (await browser()).get(f"/contents/{draft}")).text)
    assert "1 of them gets it in a digest: 1 since they want digests." in page
    assert "1 officer chose other topics." in page
    assert '<dt>Chose other topics</dt><dd><span dir="auto">Party South</span>' in page


async def test_the_entrys_page_counts_what_waits_for_digests(browser: Browser, app: object, database: Database) -> None:
    with database.write() as session:
        ana = session.get_one(Officer, 1)
        ana.rhythm = Rhythm.DAILY
        session.add(ana)
    take_in(database, ITEM)
    entry = approved(database, 1, timing=Timing(send_at=NOW))
    with database.write() as session:
        release_now(session, entry)
    page = text_of((await (await browser()).get(f"/queue/{entry}")).text)
    assert '<li class="held"><b>1</b> waiting for a digest</li>' in page
    assert "going out" in page
