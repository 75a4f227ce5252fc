"""Buttons: each says what it means, for its own officer only, and the message shows it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.messages import Shown
from sharebot.sandbox.phone import Phone
from sharebot.store import corrections, officers, queue
from sharebot.texts import replies
from sharebot.values.status import AnswerKind, DeclineReason, DeliveryStatus, OfficerStatus
from tests.bot.words import answers_of, item_text, labels, said, verbs
from tests.cast import BEN


@pytest.fixture
async def sent(listening):
    """The item is with Ana (delivery 1, French) and Ben (2, English)."""
    await send_deliveries(listening.runtime)
    return listening


def forge(phone: Phone, shown: Shown, data: str) -> None:
    """Send a tap that no button of the message has."""
    button = {"text": "forged", "callback_data": data}
    assert phone.tap("forged", message=replace(shown, keyboard=[[button]]))


def kinds(scene) -> list[AnswerKind]:
    return [one.kind for one in answers_of(scene)]


@pytest.mark.parametrize(
    ("verb", "kind", "left"),
    [("t", AnswerKind.TAKEN, "sldmv"), ("s", AnswerKind.SHARED, "mv")],
)
async def test_a_tap_is_noted_shown_and_thanked_for(sent, verb: str, kind: AnswerKind, left: str):
    before = said(sent.ben)
    assert sent.ben.tap(f"{verb}:2:")
    await sent.settle()
    assert kinds(sent) == [kind]
    assert said(sent.ben) == [item_text(sent, 2)] != before
    assert sent.ben.toasts == [replies.toast("en")]
    assert verbs(sent.ben) == set(left)


@pytest.mark.parametrize("reason", list(DeclineReason))
async def test_not_for_us_asks_why(sent, reason: DeclineReason):
    sent.ben.tap("d:2:")
    await sent.settle()
    assert answers_of(sent) == []
    assert sent.ben.tap(f"n:2:{reason.value}")
    await sent.settle()
    assert [(one.kind, one.reason) for one in answers_of(sent)] == [(AnswerKind.DECLINED, reason)]
    assert verbs(sent.ben) == {"b"}


async def test_going_back_from_the_reasons_says_nothing(sent):
    before = labels(sent.ben)
    sent.ben.tap("d:2:")
    await sent.settle()
    assert labels(sent.ben) != before
    assert sent.ben.tap("b:2:")
    await sent.settle()
    assert labels(sent.ben) == before
    assert answers_of(sent) == []


async def test_the_item_can_be_read_in_another_language(sent):
    sent.ana.tap("v:1:en")
    await sent.settle()
    assert "A <b>title</b> & more" in said(sent.ana)[-1]
    assert "Nouvel article" in said(sent.ana)[-1], "the bot itself no longer speaks French"
    sent.ana.tap("v:1:fr")
    await sent.settle()
    assert "Un titre" in said(sent.ana)[-1]
    assert answers_of(sent) == []


async def test_another_language_stays_through_more_and_kit(sent):
    for data in ("v:1:en", "m:1:en", "b:1:en"):
        assert sent.ana.tap(data), data
        await sent.settle()
        assert "A <b>title</b> & more" in said(sent.ana)[-1]
    sent.ana.tap("m:1:en")
    await sent.settle()
    assert sent.ana.tap("k:1:en")
    await sent.settle()
    assert "A <b>title</b> & more" in sent.ana.last_message.words.text
    assert "https://alliance.example/a" in sent.ana.last_message.words.text


async def test_only_the_chat_a_delivery_went_to_may_answer_it(sent, caplog):
    """T9."""
    before = said(sent.ana)
    for data in ("s:1:", "t:1:", "d:1:", "n:1:topic", "v:1:en", "p:1:", "b:1:"):
        forge(sent.ben, sent.ben.last_message, data)
    await sent.settle()
    assert answers_of(sent) == []
    assert said(sent.ana) == before
    assert sent.ben.toasts == []
    told = [one.message for one in caplog.records if "foreign delivery" in one.message]
    assert told == ["tap on a foreign delivery id=1 officer=2"] * 7


@pytest.mark.parametrize(
    "data",
    ["nonsense", "s", "s:2", "s:2:x:y", "S:2:", "y:2:", "s:-2:", "s:2:TOPIC", "s:9999999999999999:", "\0" * 64],
)
async def test_what_is_no_button_of_ours_is_ignored(sent, data: str):
    """T10."""
    forge(sent.ben, sent.ben.last_message, data)
    sent.ben.tap("t:2:")
    await sent.settle()
    assert kinds(sent) == [AnswerKind.TAKEN]


async def test_an_unknown_reason_is_no_reason(sent):
    forge(sent.ben, sent.ben.last_message, "n:2:whatever")
    await sent.settle()
    assert [(one.kind, one.reason) for one in answers_of(sent)] == [(AnswerKind.DECLINED, None)]


async def test_a_withdrawn_item_says_so_and_takes_no_answer(sent):
    """T11."""
    with sent.runtime.database.write() as session:
        queue.withdraw(session, 1, by="someone", now=sent.clock.at)
    sent.ana.tap("s:1:")
    sent.ben.tap("s:2:")
    await sent.settle()
    assert answers_of(sent) == []
    assert sent.ben.toasts == [replies.withdrawn("en")]
    assert sent.ana.toasts == [replies.withdrawn("fr")]
    assert said(sent.ben) == [item_text(sent, 2)]
    assert "/r/" not in said(sent.ben)[-1]
    assert sent.ben.last_message.keyboard == []


async def test_declining_can_be_taken_back(sent):
    before = labels(sent.ben)
    sent.ben.tap("d:2:")
    await sent.settle()
    sent.ben.tap("n:2:topic")
    await sent.settle()
    assert verbs(sent.ben) == {"b"}
    sent.ben.tap("b:2:")
    await sent.settle()
    assert answers_of(sent) == []
    assert labels(sent.ben) == before


async def test_later_asks_when_and_says_nothing_yet(sent):
    sent.ben.tap("l:2:")
    await sent.settle()
    assert verbs(sent.ben) == {"w", "b"}
    assert answers_of(sent) == []


async def test_more_shows_on_the_same_message_and_goes_back(sent):
    before = labels(sent.ben)
    sent.ben.tap("m:2:")
    await sent.settle()
    assert verbs(sent.ben) >= {"k", "b"}
    assert len(said(sent.ben)) == 1
    sent.ben.tap("b:2:")
    await sent.settle()
    assert labels(sent.ben) == before


async def test_the_kit_is_one_message_with_the_text_of_every_network(sent):
    sent.ben.tap("m:2:")
    await sent.settle()
    sent.ben.tap("k:2:")
    await sent.settle()
    assert len(said(sent.ben)) == 2
    kit = sent.ben.last_message.words
    code = sent.ben.messages[0].words.text.rpartition("/r/")[2][:10]
    assert f"A <b>title</b> & more\nhttp://127.0.0.1:8080/r/{code}" in kit.text
    assert "https://alliance.example/a" in kit.text
    assert {entity["type"] for entity in kit.entities} == {"bold", "pre"}


@pytest.fixture
async def party(listening):
    """Ana and Ben are of one party, and both have the item."""
    with listening.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 2")
    await send_deliveries(listening.runtime)
    return listening


async def test_a_colleague_sees_who_takes_it_and_may_still_share(party):
    party.ben.tap("t:2:")
    await party.settle()
    assert "Ben s’en charge jusqu’à mardi, 09:00" in said(party.ana)[-1], "24 hours, in her own clock"
    assert len(said(party.ana)) == 1
    assert "t" not in verbs(party.ana)
    party.ana.tap("s:1:")
    await party.settle()
    assert kinds(party) == [AnswerKind.SHARED, AnswerKind.TAKEN]
    assert "Ana has shared it" in said(party.ben)[-1]


async def test_what_a_colleague_has_cannot_be_taken_and_it_says_who_has_it(party):
    taken_by_ana = party.ana.last_message
    party.ben.tap("t:2:")
    await party.settle()
    forge(party.ana, taken_by_ana, "t:1:")
    await party.settle()
    assert [(one.delivery_id, one.officer_id) for one in answers_of(party)] == [(2, 2)]
    assert party.ana.toasts == ["✋ Ben s’en charge jusqu’à mardi, 09:00."]


async def test_it_frees_itself_after_a_time_and_everybody_sees_it(party):
    before = labels(party.ana)
    party.ben.tap("t:2:")
    await party.settle()
    assert "t" not in verbs(party.ana)
    party.clock.at += timedelta(hours=23, minutes=59)
    await edit_messages(party.runtime)
    assert "t" not in verbs(party.ana), "not before its time"
    party.clock.at += timedelta(minutes=2)
    await edit_messages(party.runtime)
    assert labels(party.ana) == before
    assert "Ben" not in said(party.ana)[-1]
    party.ana.tap("t:1:")
    await party.settle()
    assert "Ana" in said(party.ben)[-1]
    assert "t" not in verbs(party.ben)


async def test_it_frees_itself_also_after_a_correction_in_the_meantime(party):
    before = labels(party.ana)
    party.ben.tap("t:2:")
    await party.settle()
    with party.runtime.database.write() as session:
        corrections.correct(session, 1, "fr", title="Corrigé", text="Mots.", revision=1, now=party.clock.at)
    party.clock.at += timedelta(seconds=2)
    await edit_messages(party.runtime)
    assert "Corrigé" in said(party.ana)[-1] and "Ben" in said(party.ana)[-1]
    party.clock.at += timedelta(hours=24)
    await edit_messages(party.runtime)
    assert labels(party.ana) == before


async def test_whoever_shares_what_they_took_frees_it(party):
    party.ben.tap("t:2:")
    await party.settle()
    party.ben.tap("s:2:")
    await party.settle()
    assert "Ben l’a partagé" in said(party.ana)[-1]


async def test_another_partys_officer_sees_nothing_of_it(sent):
    before = said(sent.ana)
    sent.ben.tap("t:2:")
    await sent.settle()
    assert said(sent.ana) == before


async def test_a_tap_on_a_message_in_doubt_proves_it_and_no_copy_follows(listening):
    scene = listening
    scene.sandbox.faults.append(Fault("drop_after", chat_id=BEN, method="sendMessage"))
    await send_deliveries(scene.runtime)
    assert scene.delivery(2).status is DeliveryStatus.UNCERTAIN
    scene.ben.tap("s:2:")
    await scene.settle()
    row = scene.delivery(2)
    assert (row.status, row.message_id) == (DeliveryStatus.SENT, scene.ben.last_message.message_id)
    assert said(scene.ben) == [item_text(scene, 2)]
    scene.clock.at += timedelta(minutes=5)
    await send_deliveries(scene.runtime)
    assert len(said(scene.ben)) == 1


async def test_somebody_whose_seat_is_gone_cannot_answer(sent):
    with sent.runtime.database.write() as session:
        officers.set_status(session, 2, old=OfficerStatus.ACTIVE, new=OfficerStatus.GONE)
    sent.ben.tap("s:2:")
    await sent.settle()
    assert answers_of(sent) == []


async def test_a_message_that_cannot_be_edited_does_not_undo_the_answer(sent):
    sent.sandbox.faults.append(Fault("answer", method="editMessageText", status=502))
    sent.ben.tap("s:2:")
    await sent.settle()
    assert kinds(sent) == [AnswerKind.SHARED]


async def test_a_button_of_before_a_restore_is_no_answer_to_what_has_its_number_now(sent):
    """A restored backup gives numbers anew, so that an old message may name a delivery it knows nothing of."""
    old = sent.ben.last_message
    with sent.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE delivery SET message_id = message_id + 1000")
    forge(sent.ben, old, "s:2:")
    await sent.settle()
    assert answers_of(sent) == []
