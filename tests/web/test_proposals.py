"""The page of proposals: shown as they are, decided once, and counted on the first page."""

import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.models import Content, Proposal, Variant
from sharebot.store.database import Database
from sharebot.values.status import ProposalKind, ProposalStatus, StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser
from tests.web.props import HOSTILE, add_draft


@pytest.fixture
def proposed(app: FastAPI, database: Database) -> Database:
    """South proposes an item (1), and a German version of content 1 (2)."""
    with database.write() as session:
        content_id = add_draft(session)
        for kind, language in ((ProposalKind.ITEM, "en"), (ProposalKind.TRANSLATION, "de")):
            is_item = kind is ProposalKind.ITEM
            session.add(
                Proposal(
                    kind=kind,
                    status=ProposalStatus.OPEN,
                    member_id=2,
                    content_id=None if is_item else content_id,
                    language=language,
                    title=HOSTILE if is_item else "Ein Titel",
                    text=HOSTILE if is_item else "Ein paar Worte.",
                    url="https://partysouth.example/plan" if is_item else "https://alliance.example/story",
                    created_at=NOW,
                )
            )
            session.flush()
    return database


def status_of(database: Database, number: int) -> ProposalStatus:
    with database.read() as session:
        return session.get_one(Proposal, number).status


async def test_proposals_are_listed_with_their_words_escaped(browser: Browser, proposed: Database) -> None:
    page = await (await browser(StaffRole.VIEWER)).get("/inbox?show=proposals")
    assert "Party South" in page.text and "Ein Titel" in page.text and "German" in page.text
    assert "<script>" not in page.text
    assert "<button name=" not in page.text.partition("<main")[2].partition("</main>")[0], "a viewer only looks"
    overview = await (await browser(StaffRole.VIEWER)).get("/")
    assert "proposals of parties" in overview.text


async def test_an_accepted_item_is_a_draft_that_names_who_proposed_it(browser: Browser, proposed: Database) -> None:
    editor = await browser(StaffRole.EDITOR)
    answer = await editor.post("/proposals", data={"proposal": "1", "word": "accept"})
    assert answer.headers["location"] == "/contents/2?said=proposal_accepted"
    page = await editor.get("/contents/2?said=proposal_accepted")
    assert page.status_code == 200 and "proposed by Party South" in page.text
    with proposed.read() as session:
        assert session.get_one(Content, 2).proposed_by_id == 2
    again = await editor.post("/proposals", data={"proposal": "1", "word": "decline"})
    assert again.headers["location"] == "/inbox?show=proposals&said=decided_before"
    assert status_of(proposed, 1) is ProposalStatus.ACCEPTED


async def test_an_accepted_translation_joins_its_content_and_a_second_one_is_refused(
    browser: Browser, proposed: Database
) -> None:
    editor = await browser(StaffRole.EDITOR)
    answer = await editor.post("/proposals", data={"proposal": "2", "word": "accept"})
    assert answer.headers["location"] == "/contents/1?said=translation_accepted"
    with proposed.write() as session:
        german = session.exec(select(Variant).where(Variant.language == "de")).one()
        assert (german.content_id, german.title) == (1, "Ein Titel")
        second = Proposal(
            kind=ProposalKind.TRANSLATION, status=ProposalStatus.OPEN, member_id=1, content_id=1, language="de",
            title="Noch ein Titel", created_at=NOW,
        )  # fmt: skip
        session.add(second)
    refused = await editor.post("/proposals", data={"proposal": "3", "word": "accept"})
    assert refused.status_code == 409
    assert status_of(proposed, 3) is ProposalStatus.OPEN
    await editor.post("/proposals", data={"proposal": "3", "word": "decline"})
    assert status_of(proposed, 3) is ProposalStatus.DECLINED


@pytest.mark.parametrize("form", [{}, {"proposal": "1"}, {"proposal": "1", "word": "maybe"}, {"proposal": "x"}])
async def test_half_a_form_decides_nothing(browser: Browser, proposed: Database, form: dict[str, str]) -> None:
    editor = await browser(StaffRole.EDITOR)
    assert (await editor.post("/proposals", data=form)).status_code == 422
    assert status_of(proposed, 1) is ProposalStatus.OPEN
