"""Inline mode: an officer posts an item into a chat of their own, and nobody else gets to see anything."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Member, Reshare
from sharebot.sandbox.phone import Phone
from sharebot.store.queue import withdraw
from sharebot.values.status import AnswerKind, Evidence, Network
from tests.bot.words import answers_of
from tests.cast import CY, add_officer
from tests.flows.conftest import Scene

DORA = 1004  # Ana's colleague


def answer_to(scene: Scene, query_id: str) -> dict[str, object]:
    return scene.sandbox.telegram.inline.answers[query_id]


def titles(scene: Scene, query_id: str) -> list[str]:
    results = answer_to(scene, query_id)["results"]
    assert isinstance(results, list)
    return [one["title"] for one in results]


@pytest.fixture
async def sent(listening: Scene) -> Scene:
    """The scene after the item has arrived."""
    await send_deliveries(listening.runtime)
    return listening


async def ask(scene: Scene, phone: Phone, words: str) -> str:
    query_id = phone.ask_inline(words)
    await scene.settle()
    return query_id


async def test_an_officer_posts_an_item_and_that_counts_as_a_claim(sent: Scene):
    query_id = await ask(sent, sent.ana, "")
    assert titles(sent, query_id) == ["Un titre"]
    told = answer_to(sent, query_id)
    assert (told["is_personal"], told["cache_time"]) == (True, 0)
    (number,) = [one["id"] for one in sent.sandbox.telegram.inline.results_for(sent.ana.chat_id)]
    channel = sent.sandbox.telegram.add_channel(-1002000000009, "North's channel")
    posted = sent.ana.choose(number, chat=channel)
    assert "Un titre" in posted.words.text
    assert "/r/" in posted.words.text
    await sent.settle()
    (answer,) = answers_of(sent)
    assert (answer.kind, answer.network, answer.officer_id) == (AnswerKind.SHARED, Network.TELEGRAM, 1)
    with sent.runtime.database.read() as session:
        (share,) = session.exec(select(Reshare))
    assert (share.network, share.evidence, share.member_id) == (Network.TELEGRAM, Evidence.CLAIMED, 1)


async def test_words_choose_among_the_items(sent: Scene):
    assert titles(sent, await ask(sent, sent.ben, "MORE title")) == ["A <b>title</b> & more"]
    assert titles(sent, await ask(sent, sent.ben, "words.")) == ["A <b>title</b> & more"]
    assert titles(sent, await ask(sent, sent.ben, "title climate")) == []


async def test_strangers_get_nothing_and_can_claim_nothing(sent: Scene):
    cy = sent.sandbox.telegram.add_phone(CY, "Cy")
    query_id = await ask(sent, cy, "")
    assert titles(sent, query_id) == []
    assert answer_to(sent, query_id)["is_personal"] is True
    for claimer, number in ((cy, "1"), (sent.ben, "1"), (sent.ana, "99"), (sent.ana, "x'; --")):
        chosen = {"result_id": number, "from": claimer.user_json(), "query": ""}
        sent.sandbox.telegram.push(chosen_inline_result=chosen)
    await sent.settle()
    assert answers_of(sent) == []


async def test_what_is_over_is_not_offered(sent: Scene):
    sent.clock.at += timedelta(days=4)
    assert titles(sent, await ask(sent, sent.ana, "")) == []


async def test_an_answer_that_comes_too_late_is_no_failure(sent: Scene):
    sent.sandbox.telegram.push(inline_query={"id": "unknown", "from": sent.ana.user_json(), "query": "", "offset": ""})
    await sent.settle()
    assert titles(sent, await ask(sent, sent.ana, "")) == ["Un titre"]


async def test_whoever_refuses_to_be_counted_posts_no_short_link_of_a_colleague(sent: Scene):
    with sent.runtime.database.write() as session:
        north = session.get_one(Member, 1)
        dora = add_officer(session, north, "Dora", chat_id=DORA, language="fr")
        dora.untracked = True
    phone = sent.sandbox.telegram.add_phone(DORA, "Dora")
    query_id = await ask(sent, phone, "")
    assert titles(sent, query_id) == ["Un titre"]
    assert "/r/" not in str(answer_to(sent, query_id))
    assert "https://alliance.example/fr/a" in str(answer_to(sent, query_id))


async def test_what_was_withdrawn_is_not_offered(sent: Scene):
    with sent.runtime.database.write() as session:
        withdraw(session, 1, by="test", now=sent.clock.at)
    assert titles(sent, await ask(sent, sent.ana, "")) == []
