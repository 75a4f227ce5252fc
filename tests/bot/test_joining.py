"""Joining: in three languages for the invited, with one answer for everybody else."""

from datetime import timedelta

import pytest

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Member
from sharebot.store import officers
from sharebot.texts import replies
from sharebot.texts.officer import choose_language
from sharebot.values.status import OfficerStatus
from tests.bot.words import item_text, labels, said, status_of
from tests.cast import CY, NOW, add_officer
from tests.flows.conftest import Scene


def invite(scene: Scene, language: str = "en", label: str = "Second desk") -> tuple[int, str]:
    with scene.runtime.database.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        seat = add_officer(session, north, label, chat_id=None, language=language)
        return seat.id or 0, officers.create_invitation(session, seat.id or 0, now=NOW)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
async def test_the_invited_joins_and_is_welcomed_in_their_language(listening, language: str):
    scene = listening
    seat, token = invite(scene, language)
    phone = scene.sandbox.telegram.add_phone(CY, "Cy", language="de")
    phone.follow(f"https://t.me/sharebot_demo_bot?start={token}")
    await scene.settle()
    question = choose_language(language)
    assert said(phone) == [question.html, replies.waiting(language, "The Alliance")]
    assert set(labels(phone)) == {"English", "Français", "Español"}
    assert status_of(scene, seat) is OfficerStatus.WAITING
    await send_deliveries(scene.runtime)
    assert len(said(phone)) == 2, "something was sent to somebody not confirmed"
    with scene.runtime.database.write() as session:
        officers.confirm(session, seat, now=scene.clock.at)
    await send_deliveries(scene.runtime)
    assert said(phone)[2:] == [item_text(scene, 3)]
    assert len({choose_language(code).html for code in ("en", "fr", "es")}) == 3


@pytest.mark.parametrize(("name", "code"), [("English", "en"), ("Français", "fr"), ("Español", "es")])
async def test_the_bot_speaks_the_language_that_was_chosen(listening, name: str, code: str):
    scene = listening
    scene.ben.write("/language")
    await scene.settle()
    assert scene.ben.tap(name)
    await scene.settle()
    assert said(scene.ben)[-1] == replies.language_set(code)
    scene.ben.write("/pause")
    await scene.settle()
    assert said(scene.ben)[-1] == replies.paused(code)


async def test_a_language_nobody_offered_changes_nothing(listening):
    scene = listening
    scene.ben.write("/language")
    await scene.settle()
    shown = scene.ben.last_message
    for data in ("i:0:de", "i:0:", "i:0:zz"):
        scene.ben._press(shown, data)
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert officers.get_officer(session, 2).language == "en"


async def test_every_token_that_is_not_good_gets_the_same_answer(listening):
    scene = listening
    _, revoked = invite(scene, label="one")
    seat, used = invite(scene, label="two")
    _, expired = invite(scene, label="three")
    with scene.runtime.database.write() as session:
        officers.create_invitation(session, seat - 1, now=NOW)
        officers.join(session, used, bot_id=1, address=77, now=NOW)
    scene.clock.at += timedelta(hours=73)
    answers = []
    for number, token in enumerate(("", "unknown", used, expired, revoked, "../..", "a b c", "x" * 64)):
        phone = scene.sandbox.telegram.add_phone(CY + number, "<b>Admin</b>\u202e", language="fr")
        phone.open_link(token)
        await scene.settle()
        answers.append(said(phone))
    assert answers == [[replies.neutral()]] * 8
    with scene.runtime.database.read() as session:
        assert all(officers.find_by_chat(session, CY + number, bot_id=1) is None for number in range(8))


def test_the_neutral_answer_is_in_all_three_languages():
    assert len(set(replies.neutral().split("\n\n"))) == 3


async def test_start_of_somebody_who_has_joined_tells_where_they_stand_and_changes_nothing(listening):
    scene = listening
    _, token = invite(scene)
    scene.ben.open_link(token)
    await scene.settle()
    assert said(scene.ben) == [replies.status("en", "Party South")]
    assert status_of(scene, 2) is OfficerStatus.ACTIVE
    phone = scene.sandbox.telegram.add_phone(CY, "Cy")
    phone.open_link(token)
    await scene.settle()
    assert len(said(phone)) == 2, "the invitation was used up by somebody who has a seat"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OfficerStatus.UNREACHABLE, OfficerStatus.ACTIVE),
        (OfficerStatus.PAUSED, OfficerStatus.PAUSED),
        (OfficerStatus.WAITING, OfficerStatus.WAITING),
    ],
)
async def test_start_brings_back_only_whoever_could_not_be_reached(listening, before, after):
    scene = listening
    with scene.runtime.database.write() as session:
        officers.set_status(session, 2, old=OfficerStatus.ACTIVE, new=before)
    scene.ben.write("/start")
    await scene.settle()
    assert status_of(scene, 2) is after


async def test_a_stranger_hears_nothing_but_the_answer_to_start(listening):
    scene = listening
    phone = scene.sandbox.telegram.add_phone(CY, "Cy")
    for text in ("/help", "/pause", "/resume", "/language", "/approve 1", "hello", "https://x.com/a/status/1"):
        phone.write(text)
    await scene.settle()
    assert said(phone) == []
