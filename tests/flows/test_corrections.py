"""What is delivered is corrected or taken back in place, and whoever shared it is told."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.errors import Refused
from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Delivery, Variant
from sharebot.sandbox.faults import Fault
from sharebot.store import bots, corrections, edits
from sharebot.values.status import DeliveryKind, DeliveryStatus, PauseKind
from tests.cast import NOW
from tests.flows.conftest import Scene

WORDS = {"title": "A better title", "text": "Better words."}


def correct(scene: Scene, *, revision: int = 1, **words: str) -> corrections.Changed:
    with scene.runtime.database.write() as session:
        return corrections.correct(session, 1, "en", **{**WORDS, **words}, revision=revision, now=scene.clock.at)


def withdraw(scene: Scene) -> corrections.Changed:
    with scene.runtime.database.write() as session:
        return corrections.take_back(session, 1, by="someone", now=scene.clock.at)


async def deliver(scene: Scene) -> None:
    await send_deliveries(scene.runtime)
    scene.clock.at += timedelta(seconds=2)


async def test_a_correction_edits_one_language_in_place(scene):
    await deliver(scene)
    assert correct(scene) == corrections.Changed(cancelled=0, edits=1, told=0)
    await edit_messages(scene.runtime)
    assert len(scene.ben.messages) == len(scene.ana.messages) == 1
    assert "A better title" in scene.ben.last_message.words.text
    assert scene.ben.last_message.keyboard, "its buttons stay"
    assert not scene.ana.last_message.edited, "the French version was not corrected"


async def test_one_that_cannot_be_written_does_not_keep_the_others_waiting(scene):
    await deliver(scene)
    with scene.runtime.database.write() as session:
        ana = session.get_one(Delivery, 1)
        ana.kind, ana.edit_at = DeliveryKind.DIGEST, NOW  # one that lists nothing
    correct(scene)
    await edit_messages(scene.runtime)
    assert "A better title" in scene.ben.last_message.words.text
    with scene.runtime.database.read() as session:
        assert session.get_one(Delivery, 1).edit_at is None, "it is not tried every second"


async def test_what_is_not_sent_yet_goes_out_corrected(scene):
    correct(scene)
    await deliver(scene)
    assert "A better title" in scene.ben.last_message.words.text
    await edit_messages(scene.runtime)
    assert not scene.ben.last_message.edited


async def test_who_shared_is_told_of_a_correction_once(listening):
    scene = listening
    await deliver(scene)
    scene.ben.tap("Shared")
    await scene.settle()
    assert correct(scene).told == 1
    await deliver(scene)
    assert "please check your post" in scene.ben.last_message.words.text
    assert "A better title" in scene.ben.last_message.words.text
    assert len(scene.ana.messages) == 1, "who did not share is left in peace"


async def test_a_withdrawal_takes_the_buttons_away_and_tells_who_shared(listening):
    scene = listening
    await deliver(scene)
    scene.ana.tap("Partagé")
    await scene.settle()
    changed = withdraw(scene)
    assert (changed.edits, changed.told) == (2, 1)
    await edit_messages(scene.runtime)
    await deliver(scene)
    item, note = scene.ana.messages
    assert item.keyboard == [] and "a été retiré" in item.words.text
    assert "supprimer votre publication" in note.words.text
    assert scene.ben.last_message.keyboard == []
    with scene.runtime.database.read() as session:
        (sharer,) = corrections.list_sharers(session, 1)
    assert sharer.member_code == "north"


async def test_a_stale_or_empty_correction_changes_nothing(scene):
    await deliver(scene)
    with pytest.raises(Refused, match="changed it after you opened it"):
        correct(scene, revision=7)
    with pytest.raises(Refused, match="a title is needed"):
        correct(scene, title="  ")
    with pytest.raises(Refused, match="nothing was changed"):
        correct(scene, title="A <b>title</b> & more", text="Words.")
    with scene.runtime.database.read() as session:
        assert edits.list_due(session, now=scene.clock.at) == []


async def test_a_withdrawn_item_is_not_corrected(scene):
    await deliver(scene)
    withdraw(scene)
    with pytest.raises(Refused, match="nothing of it is out"):
        correct(scene)


@pytest.mark.parametrize("fault", [Fault("drop_after"), Fault("answer", status=502)], ids=["dropped", "502"])
async def test_an_edit_whose_fate_is_unknown_is_done_again(scene, fault: Fault):
    await deliver(scene)
    correct(scene)
    scene.sandbox.faults.append(fault)
    await edit_messages(scene.runtime)
    scene.clock.at += timedelta(seconds=31)
    await edit_messages(scene.runtime)
    assert "A better title" in scene.ben.last_message.words.text
    with scene.runtime.database.read() as session:
        assert edits.list_due(session, now=scene.clock.at + timedelta(days=1)) == []


async def test_a_429_holds_edits_and_sends_alike(scene):
    await deliver(scene)
    withdraw(scene)
    body = json.dumps({"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": 60}})
    scene.sandbox.faults.append(Fault("answer", status=429, body=body))
    await edit_messages(scene.runtime)
    assert [one.last_message.edited for one in (scene.ana, scene.ben)] == [False, False]
    scene.clock.at += timedelta(seconds=61)
    await edit_messages(scene.runtime)
    assert [one.last_message.edited for one in (scene.ana, scene.ben)] == [True, True]


async def test_a_message_that_its_reader_deleted_is_given_up(scene):
    await deliver(scene)
    scene.ben.messages.clear()
    correct(scene)
    await edit_messages(scene.runtime)
    with scene.runtime.database.read() as session:
        assert edits.list_due(session, now=NOW + timedelta(days=9)) == []
        assert sorted(session.exec(select(Variant.revision))) == [1, 2]
    assert scene.delivery(2).status is DeliveryStatus.SENT


async def test_a_refused_token_pauses_the_bot_and_keeps_the_edits(scene):
    await deliver(scene)
    withdraw(scene)
    body = json.dumps({"ok": False, "error_code": 401, "description": "Unauthorized"})
    scene.sandbox.faults.append(Fault("answer", status=401, body=body))
    await edit_messages(scene.runtime)
    assert [one.last_message.edited for one in (scene.ana, scene.ben)] == [False, False]
    with scene.runtime.database.write() as session:
        assert bots.get_bot(session).pause_kind is PauseKind.TOKEN
        bots.resume_bots(session)
    await edit_messages(scene.runtime)
    assert [one.last_message.edited for one in (scene.ana, scene.ben)] == [True, True]
