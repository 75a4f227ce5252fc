"""A pasted link is a claim for the item it belongs to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Reshare
from sharebot.rules.utm import new_code
from sharebot.store import contents, queue
from sharebot.texts import replies
from sharebot.values.feeds import FeedItem
from sharebot.values.status import AnswerKind, Evidence, Network
from tests.bot.words import answers_of, item_text, labels, said
from tests.cast import NOW
from tests.flows.conftest import Scene
from tests.store.props import approval_of

POST = "https://www.facebook.com/partysouth/posts/12345678"


@pytest.fixture
async def sent(listening):
    await send_deliveries(listening.runtime)
    return listening


def shares(scene: Scene) -> list[Reshare]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(Reshare)))


async def second_item(scene: Scene) -> None:
    with scene.runtime.database.write() as session:
        item = FeedItem("b", "Second & last", "Words.", "https://alliance.example/b", NOW, "en")
        contents.ingest(session, [item], contents.Intake("en", frozenset({"alliance.example"}), NOW))
        approval = replace(approval_of(session, 2), expires_at=NOW + timedelta(days=9))
        entry = queue.approve(session, approval, now=NOW)
        queue.release(session, entry.id or 0, settings=scene.runtime.settings, new_code=new_code, now=NOW)
    scene.clock.at += timedelta(seconds=5)
    await send_deliveries(scene.runtime)


async def test_a_link_is_a_claim_for_the_one_open_item_and_its_message_shows_it(sent):
    sent.ben.write(f"Here it is: {POST}")
    await sent.settle()
    assert said(sent.ben)[-1] == replies.link_noted("en", "Facebook")
    assert said(sent.ben)[0] == item_text(sent, 2)
    assert not [data for data in ("t:2:", "s:2:", "d:2:") if sent.ben.tap(data)]
    assert [(one.kind, one.network) for one in answers_of(sent)] == [(AnswerKind.SHARED, Network.FACEBOOK)]
    assert [(one.member_id, one.evidence) for one in shares(sent)] == [(2, Evidence.LINK_GIVEN)]


async def test_the_same_link_twice_counts_once(sent):
    for _ in range(2):
        sent.ben.write(POST)
    await sent.settle()
    assert len(shares(sent)) == 1


async def test_with_two_open_items_the_officer_says_which(sent):
    await second_item(sent)
    sent.ben.write(POST)
    await sent.settle()
    assert shares(sent) == []
    assert sorted(labels(sent.ben)) == ["A <b>title</b> & more", "Second & last"]
    assert sent.ben.tap("Second & last")
    await sent.settle()
    assert said(sent.ben)[-1] == replies.link_noted("en", "Facebook")
    assert [one.content_id for one in shares(sent)] == [2]


async def test_the_link_goes_to_the_only_item_not_answered_yet(sent):
    await second_item(sent)
    sent.ben.tap("s:4:")
    await sent.settle()
    sent.ben.write(POST)
    await sent.settle()
    assert {one.content_id for one in shares(sent) if one.evidence is Evidence.LINK_GIVEN} == {1}


async def test_a_choice_whose_link_is_forgotten_ends_the_spinner_and_claims_nothing(sent):
    await second_item(sent)
    sent.ben.write(POST)
    await sent.settle()
    for chat in sent.application.chat_data.values():
        chat.clear()
    sent.ben.tap("Second & last")
    await sent.settle()
    assert shares(sent) == []
    assert sent.sandbox.telegram.requests[-2][0] == "answerCallbackQuery"


async def test_the_choice_of_somebody_elses_item_claims_nothing(sent):
    await second_item(sent)
    sent.ben.write(POST)
    await sent.settle()
    sent.ben._press(sent.ben.last_message, "p:1:")
    await sent.settle()
    assert shares(sent) == []


async def test_words_without_a_link_get_a_hint(sent):
    sent.ben.write("Thanks, will do!")
    await sent.settle()
    assert said(sent.ben)[-1] == replies.not_understood("en")
    assert shares(sent) == []


async def test_a_link_without_an_open_item_is_told_so(listening):
    listening.ben.write(POST)
    await listening.settle()
    assert said(listening.ben) == [replies.no_open_item("en")]


async def test_a_forwarded_link_and_one_from_a_group_are_ignored(sent):
    telegram, before = sent.sandbox.telegram, said(sent.ben)
    message = telegram.message_json(sent.ben, telegram.add_own(sent.ben, POST))
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Somebody"}
    telegram.push(message=message | {"forward_origin": origin})
    telegram.push(message=message | {"chat": {"id": -100, "type": "group", "title": "Group"}})
    telegram.push(edited_message=message | {"edit_date": 5})
    await sent.settle()
    assert shares(sent) == []
    assert said(sent.ben) == before


async def test_a_colleague_sees_that_it_is_shared(listening):
    with listening.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 2")
    await send_deliveries(listening.runtime)
    listening.ben.write(POST)
    await listening.settle()
    assert "Ben" in said(listening.ana)[-1]
