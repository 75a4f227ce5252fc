"""Staff approve, return, put away and postpone drafts from their chat, with taps counted and rights held."""

from datetime import timedelta

import pytest

from sharebot.models import Member, QueueEntry, Variant
from sharebot.rules.usual_terms import usual_terms
from sharebot.store import contents, queue
from sharebot.store.approvals import propose
from sharebot.values.status import ContentStatus, EntryStatus
from tests.flows.conftest import Scene
from tests.flows.desk_scene import Office, labels

APPROVE, RETURN = 2, 2


@pytest.fixture
async def office(listening: Scene) -> Office:
    made = Office(listening)
    await made.link(made.eva, made.max, made.vi)
    return made


def propose_to_all(office: Office, content_id: int, by: str = "max@alliance.example") -> int:
    """Let somebody lay an entry before the approvers, as on the page."""
    with office.scene.runtime.database.write() as session:
        terms = usual_terms(office.scene.runtime.settings, region=None, now=office.now)
        seen = contents.content_hash(session, content_id)
        approval = queue.Approval(content_id, terms.audience, terms.timing, terms.expires_at, by, seen)
        return propose(session, approval, now=office.now).id or 0


async def test_a_new_draft_comes_as_a_card_once_its_languages_are_together(office):
    office.draft()
    await office.work()
    assert office.group.messages == []
    await office.pass_time()
    (card,) = office.group.messages
    assert "Article" in card.words.text
    assert "EN A clean water pact" in card.words.text
    assert "Twelve cities." in card.words.text
    assert labels(office.group) == ["✅ Approve", "✏️ Edit", "🕘 Later", "🗄 Put away"]
    await office.pass_time(60)
    assert len(office.group.messages) == 1


async def test_a_draft_is_approved_in_two_taps(office):
    number = office.draft()
    await office.pass_time()
    eva = office.hand(office.eva)
    await eva.tap("Approve")
    assert "All parties, Tue 24 Nov, at 09:00 of their own clock" in eva.shown
    assert "2 officers in 2 parties" in eva.shown
    await eva.tap("Confirm")
    assert eva.taps == APPROVE
    (entry,) = office.entries(number)
    assert (entry.status, entry.approved_by) == (EntryStatus.APPROVED, "eva@alliance.example")
    assert "Approved by Eva" in eva.shown
    assert labels(office.group) == ["🔎 Open"]
    assert office.audit()[-1] == ("staff:1", "entry.approved", f"content:{number}")
    await eva.forge(f"c:{number}:approve")
    await eva.forge(f"c:{number}:ok_000000000000")
    assert len(office.entries(number)) == 1


async def test_a_double_tap_approves_once(office):
    number = office.draft()
    await office.pass_time()
    eva = office.hand(office.eva)
    await eva.tap("Approve")
    card = office.group.last_message
    data = card.keyboard[0][0]["callback_data"]
    for _ in range(2):
        office.eva._press(card, data, chat=office.group)
    await office.scene.settle()
    assert [one.status for one in office.entries(number)] == [EntryStatus.APPROVED]


@pytest.mark.parametrize("person", ["vi", "zoe"])
async def test_who_only_looks_on_or_is_not_known_approves_nothing(office, person: str):
    number = office.draft()
    await office.pass_time()
    hand = office.hand(getattr(office, person))
    await hand.tap("Approve")
    await hand.forge(f"c:{number}:ok_000000000000")
    await hand.tap("Put away")
    await hand.tap("Later")
    assert office.entries(number) == [] and office.content(number).status is ContentStatus.DRAFT
    said = {"vi": "Your role does not allow that.", "zoe": "Only staff who have linked their account can do that."}
    assert hand.phone.toasts[-1] == said[person]


async def test_what_was_changed_since_is_shown_anew_and_not_approved(office):
    number = office.draft()
    await office.pass_time()
    eva = office.hand(office.eva)
    await eva.tap("Approve")
    with office.scene.runtime.database.write() as session:
        variant = session.get_one(Variant, contents.list_variants(session, number)[0].id)
        variant.title = "A dirty water pact"
        session.add(variant)
    await eva.tap("Confirm")
    assert office.entries(number) == []
    assert "Changed since you saw it: titles." in eva.shown and "A dirty water pact" in eva.shown
    await eva.tap("Approve")
    await eva.tap("Confirm")
    assert len(office.entries(number)) == 1


async def test_another_plan_than_the_one_shown_has_to_be_confirmed_again(office):
    number = office.draft()
    await office.pass_time()
    eva = office.hand(office.eva)
    await eva.tap("Approve")
    with office.scene.runtime.database.write() as session:
        session.get_one(Member, 2).zone = "Asia/Manila"
    office.scene.clock.at += timedelta(days=1)
    await eva.tap("Confirm")
    assert office.entries(number) == [] and "please confirm again" in eva.shown
    await eva.tap("Confirm")
    assert len(office.entries(number)) == 1


async def test_two_pairs_of_eyes_are_two_people(office):
    office.change("approval", eyes=2)
    number = office.draft()
    await office.pass_time()
    eva, ida = office.hand(office.eva), office.hand(office._hire(5005, "Ida", "approver"))
    await office.link(ida.phone)
    await eva.tap("Approve")
    await eva.tap("Confirm")
    assert "Eva proposes it for: All parties" in eva.shown
    assert office.eva.toasts[-1] == "Proposed. A second person has to approve it."
    await eva.tap("Approve")
    assert office.eva.toasts[-1] == "You proposed it yourself: somebody else has to approve it."
    await ida.tap("Approve")
    await ida.tap("Confirm")
    (entry,) = office.entries(number)
    assert (entry.status, entry.proposed_by, entry.approved_by) == (
        EntryStatus.APPROVED, "eva@alliance.example", "ida@alliance.example",
    )  # fmt: skip


async def test_an_editor_proposes_and_an_approver_returns_it_with_a_note(office):
    number = office.draft()
    await office.pass_time()
    max_, eva = office.hand(office.max), office.hand(office.eva)
    await max_.tap("Approve")
    await max_.tap("Confirm")
    assert "Max proposes it for: All parties" in max_.shown
    await max_.tap("Approve")
    assert office.max.toasts[-1] == "Your role does not allow that."
    await eva.tap("Return with note")
    question = office.group.last_message
    assert "Eva, what should be changed in “A clean water pact”?" in question.words.text
    eva.taps += 1
    await eva.type("Please name the twelve cities.", reply_to=question)
    assert eva.taps == RETURN
    (entry,) = office.entries(number)
    assert (entry.status, entry.returned_by) == (EntryStatus.RETURNED, "eva@alliance.example")
    assert entry.note == "Please name the twelve cities."
    await office.work()
    assert "Returned by Eva: Please name the twelve cities." in office.group.messages[0].words.text
    assert office.audit()[-1] == ("staff:1", "entry.returned", f"entry:{entry.id}")


async def test_only_an_answer_to_the_bots_own_question_by_an_approver_is_a_note(office):
    number = office.draft()
    entry_id = propose_to_all(office, number)
    await office.pass_time()
    eva = office.hand(office.eva)
    await eva.tap("Return with note")
    question = office.group.last_message
    for phone in (office.max, office.zoe):
        await office.hand(phone).type("No!", reply_to=question)
    office.group.write(office.eva, "/help", reply_to=office.group.write(office.eva, f"#{entry_id}"))
    await office.scene.settle()
    assert [one.status for one in office.entries(number)] == [EntryStatus.PROPOSED]


async def test_later_asks_again_tomorrow_at_nine(office):
    number = office.draft()
    await office.pass_time()
    await office.hand(office.max).tap("Later")
    assert "It comes again: Tue 24 Nov, at 09:00." in office.group.last_message.words.text
    assert office.max.toasts[-1] == "It comes again tomorrow at nine."
    office.scene.clock.at = office.now.replace(hour=8, minute=5) + timedelta(days=1)
    await office.work()
    assert [one.keyboard[0][0]["text"] for one in office.group.messages] == ["✅ Approve", "✅ Approve"]
    assert office.content(number).status is ContentStatus.DRAFT


async def test_what_is_decided_before_tomorrow_does_not_come_again(office):
    office.draft()
    await office.pass_time()
    eva = office.hand(office.eva)
    await eva.tap("Later")
    await eva.tap("Approve")
    await eva.tap("Confirm")
    await office.pass_time(3 * 24 * 60)
    assert len([one for one in office.group.messages if "A clean water pact" in one.words.text]) == 1


async def test_a_draft_is_put_away_and_brought_back(office):
    number = office.draft()
    await office.pass_time()
    max_ = office.hand(office.max)
    await max_.tap("Put away")
    assert office.content(number).status is ContentStatus.ARCHIVED
    assert "Put away by Max." in max_.shown
    await max_.tap("Bring it back")
    assert office.content(number).status is ContentStatus.DRAFT
    assert "Approve" in labels(office.group)[0]


async def test_what_is_decided_on_the_page_is_shown_on_every_card(office):
    number = office.draft()
    await office.pass_time()
    eva = office.hand(office.eva, private=True)
    await eva.command("/drafts")
    await office.work()
    assert "A clean water pact" in eva.shown
    entry_id = propose_to_all(office, number)
    await office.work()
    for chat in (office.group, office.eva):
        assert "Max proposes it for: All parties" in chat.last_message.words.text
    with office.scene.runtime.database.write() as session:
        session.get_one(QueueEntry, entry_id).status = EntryStatus.APPROVED
        session.get_one(QueueEntry, entry_id).approved_by = "eva@alliance.example"
    await office.work()
    for chat in (office.group, office.eva):
        assert "Approved by Eva: All parties" in chat.last_message.words.text


async def test_staff_of_a_region_reach_its_parties_alone(office):
    with office.scene.runtime.database.write() as session:
        session.get_one(Member, 2).region = "Asia"
    await office.link(office.eva, region="Asia")
    number, other = office.draft(), office.draft("Another one", code="other")
    propose_to_all(office, other)
    await office.pass_time()
    eva = office.hand(office.eva)
    card = next(one for one in office.group.messages if "clean water" in one.words.text)
    await eva.tap("Approve", message=card)
    assert "Asia, Tue 24 Nov" in card.words.text and "1 officer in 1 party" in card.words.text
    await eva.tap("Confirm", message=card)
    assert office.entries(number)[0].audience == '{"regions": ["Asia"]}'
    card = next(one for one in office.group.messages if "Another one" in one.words.text)
    await eva.tap("Approve", message=card)
    assert office.eva.toasts[-1] == "That concerns parties outside your region."
    assert office.entries(other)[0].status is EntryStatus.PROPOSED


async def test_approving_from_chat_can_be_switched_off(office):
    office.change("approval", in_chat=False)
    number = office.draft()
    await office.pass_time()
    assert labels(office.group) == ["✏️ Edit", "🕘 Later", "🗄 Put away"]
    eva = office.hand(office.eva)
    await eva.forge(f"c:{number}:approve")
    assert office.eva.toasts[-1] == "Approving from chat is switched off. Please use the page."


async def test_a_flood_of_drafts_does_not_flood_the_chat(office):
    for number in range(14):
        office.draft(f"Item {number}", code=f"item{number}")
    for _ in range(5):
        await office.pass_time()
    assert len(office.group.messages) == 10
    await office.pass_time(60)
    await office.pass_time()
    assert len(office.group.messages) == 14
