"""Proposals: drafts of one officer, open until staff decide once, and what each decision makes."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import Content, Delivery, Member, Officer, Proposal, QueueEntry, Variant
from sharebot.store import proposals
from sharebot.store.database import Database
from sharebot.store.subjects import get_subjects
from sharebot.values.proposals import Draft, ProposalCard, Verdict
from sharebot.values.status import ContentStatus, DeliveryKind, EntryStatus, ProposalKind, ProposalStatus
from tests.cast import NOW, add_member
from tests.store.props import approved, released

ANA, BEN = 1, 2
ITEM = Draft("Our plan", "Our plan\nIt is good.", "https://partysouth.example/plan")
GERMAN = Draft("Ein Titel", "Worte", "https://alliance.example/a0", item=1)
STAFFED = Settings.model_validate({"telegram": {"staff_chat": -500}})


@pytest.fixture
def ready(either: Database) -> Database:
    released(either)
    return either


def propose(database: Database, draft: Draft, *, officer: int = BEN, language: str = "") -> int:
    with database.write() as session:
        number = proposals.add_draft(session, officer, draft, now=NOW)
        found = proposals.find_draft(session, officer, number)
        assert found is not None
        proposals.confirm(session, found, settings=STAFFED, now=NOW, language=language)
    return number


def decide(database: Database, number: int, *, accept: bool) -> bool | None:
    with database.write() as session:
        return proposals.decide(session, number, accept=accept, by="Eva", settings=STAFFED, now=NOW)


def about(database: Database, kind: DeliveryKind) -> list[Delivery]:
    with database.read() as session:
        return list(session.exec(select(Delivery).where(Delivery.kind == kind)))


def subject(database: Database, delivery: Delivery) -> object:
    with database.read() as session:
        number = delivery.id or 0
        return get_subjects(session, {number: delivery.kind}, settings=STAFFED, now=NOW)[number]


def test_a_draft_is_its_officers_own_and_does_not_stay(ready: Database) -> None:
    with ready.write() as session:
        number = proposals.add_draft(session, BEN, ITEM, now=NOW)
        assert proposals.find_draft(session, ANA, number) is None
        assert proposals.find_draft(session, BEN, number) is not None
        assert proposals.list_open(session, language="en") == []
        proposals.add_draft(session, ANA, ITEM, now=NOW + timedelta(days=3))
        assert proposals.find_draft(session, BEN, number) is None


def test_staff_are_asked_once_in_their_chat(ready: Database) -> None:
    number = propose(ready, ITEM)
    with ready.read() as session:
        assert proposals.find_draft(session, BEN, number) is None
        assert len(proposals.list_open(session, language="en")) == 1
    (question,) = about(ready, DeliveryKind.PROPOSAL)
    card = subject(ready, question)
    assert isinstance(card, ProposalCard)
    assert (card.party, card.title, card.status) == ("Party South", "Our plan", ProposalStatus.OPEN)


def test_an_accepted_item_is_a_draft_credited_to_its_party_and_the_officer_is_told(ready: Database) -> None:
    number = propose(ready, ITEM)
    assert decide(ready, number, accept=True) is False
    assert decide(ready, number, accept=False) is None, "the first word counts"
    with ready.read() as session:
        content = session.get_one(Content, 2)
        assert (content.status, content.proposed_by_id) == (ContentStatus.DRAFT, 2)
        assert session.get_one(Proposal, number).content_id == 2
        assert "proposed by Party South" in content.quarantine
    (news,) = about(ready, DeliveryKind.DECIDED)
    told = subject(ready, news)
    assert isinstance(told, Verdict)
    assert (news.officer_id, told.is_accepted, told.title) == (BEN, True, "Our plan")


def test_a_declined_item_leaves_nothing_but_the_word(ready: Database) -> None:
    assert decide(ready, propose(ready, ITEM), accept=False) is False
    with ready.read() as session:
        assert session.get(Content, 2) is None
    (news,) = about(ready, DeliveryKind.DECIDED)
    told = subject(ready, news)
    assert isinstance(told, Verdict) and not told.is_accepted


def test_a_translation_ends_approvals_that_did_not_cover_it(ready: Database) -> None:
    entry = approved(ready)
    number = propose(ready, GERMAN, language="de")
    assert decide(ready, number, accept=True) is True
    with ready.read() as session:
        made = session.exec(select(Variant).where(Variant.language == "de")).one()
        assert (made.content_id, made.title, made.url) == (1, "Ein Titel", "https://alliance.example/a0")
        assert session.get_one(QueueEntry, entry).status is EntryStatus.PROPOSED
        card = proposals.get_card(session, number, language="en")
        assert card is not None and card.is_to_approve


def test_of_two_translations_the_second_can_only_be_declined(ready: Database) -> None:
    first, second = (propose(ready, GERMAN, language="de") for _ in range(2))
    decide(ready, first, accept=True)
    with pytest.raises(Refused):
        decide(ready, second, accept=True)
    assert decide(ready, second, accept=False) is False


def test_languages_that_are_missing_are_offered_the_partys_own_first(ready: Database) -> None:
    with ready.write() as session:
        session.get_one(Member, 2).languages = "en,mt"
        for code, languages in (("a", "sw,de"), ("b", "sw"), ("c", "de,sw,en")):
            add_member(session, code, languages=languages)
        offered = proposals.list_languages_missing(session, BEN, 1)
        assert offered[:3] == ["mt", "sw", "de"] and len(offered) == proposals.LANGUAGES_OFFERED
        number = proposals.add_draft(session, BEN, GERMAN, now=NOW)
        draft = session.get_one(Proposal, number)
        assert [word for word in ("mt", "en", "yes", "xx") if proposals.is_fitting(session, draft, word)] == ["mt"]
        item = session.get_one(Proposal, proposals.add_draft(session, BEN, ITEM, now=NOW))
        assert [word for word in ("mt", "yes") if proposals.is_fitting(session, item, word)] == ["yes"]


def test_nobody_is_told_when_the_proposer_is_gone(ready: Database) -> None:
    number = propose(ready, ITEM)
    with ready.write() as session:
        session.get_one(Officer, BEN).chat_id = None
    assert decide(ready, number, accept=True) is False
    assert about(ready, DeliveryKind.DECIDED) == []
    with ready.read() as session:
        assert session.get_one(Proposal, number).kind is ProposalKind.ITEM
