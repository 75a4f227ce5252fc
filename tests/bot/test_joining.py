"""Joining: consent first, in their language; with one answer for everybody who is not invited."""

from collections.abc import Mapping
from datetime import time, timedelta

import pytest
from sqlmodel import select

from sharebot.errors import Refused
from sharebot.jobs.prune import prune
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Chat, Delivery, InboxUpdate, Member, Officer, QueueEntry
from sharebot.sandbox.phone import Phone
from sharebot.store import officers
from sharebot.texts import joining, leaving, replies
from sharebot.values.status import DataTier, DeliveryKind, OfficerStatus, Rhythm
from tests.bot.words import labels, said, status_of
from tests.cast import CY, NOW, add_officer
from tests.flows.conftest import Scene
from tests.flows.fingers import forge_tap


def invite(scene: Scene, language: str = "en", label: str = "Second desk") -> tuple[int, str]:
    with scene.runtime.database.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        seat = add_officer(session, north, label, chat_id=None, language=language)
        return seat.id or 0, officers.create_invitation(session, seat.id or 0, now=NOW)


async def join(scene: Scene, token: str, *, language: str = "en") -> Phone:
    phone = scene.sandbox.telegram.add_phone(CY, "Cy", language=language)
    phone.follow(f"https://t.me/sharebot_demo_bot?start={token}")
    await scene.settle()
    return phone


async def press(scene: Scene, phone: Phone, *buttons: str) -> None:
    for label in buttons:
        assert phone.tap(label), f"no button {label} among {labels(phone)}"
        await scene.settle()


def officer_row(scene: Scene, seat: int) -> Officer:
    with scene.runtime.database.read() as session:
        officer = session.get(Officer, seat)
    assert officer is not None
    return officer


AGREE: Mapping[str, str] = {"en": "I agree", "fr": "J’accepte", "es": "Acepto"}


@pytest.mark.parametrize(
    ("telegram", "seat_language", "spoken"),
    [("fr", "en", "fr"), ("es-MX", "fr", "es"), ("de", "fr", "fr"), ("", "en", "en"), ("FR-be", "es", "fr")],
)
async def test_the_language_is_guessed_from_telegram_else_from_the_seat(listening, telegram, seat_language, spoken):
    seat, token = invite(listening, seat_language)
    phone = await join(listening, token, language=telegram)
    assert labels(phone)[0] == f"✅ {AGREE[spoken]}"
    assert officer_row(listening, seat).language == seat_language, "something was stored before the consent"
    await press(listening, phone, AGREE[spoken])
    assert officer_row(listening, seat).language == spoken


async def test_before_the_consent_nothing_but_the_chat_is_stored(listening):
    scene = listening
    seat, token = invite(scene)
    phone = await join(scene, token)
    await press(scene, phone, "Français", "Español")
    officer = officer_row(scene, seat)
    assert (officer.status, officer.consented_at, officer.name_sealed) == (OfficerStatus.WAITING, None, None)
    with scene.runtime.database.read() as session:
        assert {row.body for row in session.exec(select(InboxUpdate))} == {""}
    await press(scene, phone, "Acepto")
    assert officer_row(scene, seat).consented_at == NOW


async def test_what_is_chosen_on_the_way_holds_and_the_message_stays_one(listening):
    scene = listening
    seat, token = invite(scene)
    phone = await join(scene, token)
    await press(scene, phone, "I agree", "✓ Climate", "Continue", "Light", "Morning", "Daily", "Done")
    officer = officer_row(scene, seat)
    assert (officer.topics, officer.tier, officer.rhythm) == ("peace", DataTier.LIGHT, Rhythm.DAILY)
    assert (officer.opens, officer.closes) == (time(8), time(12))
    assert len(said(phone)) == 1
    assert "confirm" in said(phone)[0]


async def test_a_choice_before_the_consent_is_no_choice(listening):
    scene = listening
    seat, token = invite(scene)
    phone = await join(scene, token)
    for data in ("g:1:tier_text", "x:1:wishes", "g:0:safety_on", "x:0:main", "z:0:pause_weeks"):
        forge_tap(scene, phone, data)
    phone.write("/settings")
    phone.write("/zone Africa/Nairobi")
    await scene.settle()
    officer = officer_row(scene, seat)
    assert (officer.tier, officer.high_risk, officer.zone) == (DataTier.FULL, False, None)
    assert officer.status is OfficerStatus.WAITING


async def test_no_language_is_stored_before_they_agree(listening):
    seat, token = invite(listening)
    phone = await join(listening, token)
    forge_tap(listening, phone, "i:0:es")
    await listening.settle()
    assert officer_row(listening, seat).language == "en"


async def test_staff_may_confirm_before_the_last_step_and_then_the_defaults_hold(listening):
    scene = listening
    seat, token = invite(scene)
    phone = await join(scene, token)
    with scene.runtime.database.write() as session, pytest.raises(Refused, match="has not agreed"):
        officers.confirm(session, seat, now=NOW)
    await press(scene, phone, "I agree")
    with scene.runtime.database.write() as session:
        officers.confirm(session, seat, now=NOW)
    await press(scene, phone, "Continue", "Done")
    assert status_of(scene, seat) is OfficerStatus.ACTIVE
    assert "You are set up for Party North" in said(phone)[0]
    scene.clock.at += timedelta(seconds=2)
    await send_deliveries(scene.runtime)
    assert "Welcome" in said(phone)[1]


async def test_nothing_is_sent_before_staff_confirm(listening):
    scene = listening
    _, token = invite(scene)
    phone = await join(scene, token)
    await press(scene, phone, "I agree")
    await send_deliveries(scene.runtime)
    assert len(said(phone)) == 1


async def test_whoever_does_not_agree_within_three_days_is_forgotten(listening):
    scene = listening
    seat, token = invite(scene)
    await join(scene, token)
    scene.clock.at += timedelta(hours=71)
    scene.runtime.clock_watch.hear(scene.clock.at)
    await prune(scene.runtime)
    assert status_of(scene, seat) is OfficerStatus.WAITING
    scene.clock.at += timedelta(hours=1)
    await prune(scene.runtime)
    assert status_of(scene, seat) is OfficerStatus.INVITED
    with scene.runtime.database.read() as session:
        assert len(session.exec(select(Chat)).all()) == 2
        assert session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.JOINED)).all() == []


async def test_every_token_that_is_not_good_gets_the_same_answer(listening):
    """T1 and T3."""
    scene = listening
    _, revoked = invite(scene, label="one")
    seat, used = invite(scene, label="two")
    _, expired = invite(scene, label="three")
    with scene.runtime.database.write() as session:
        officers.create_invitation(session, seat - 1, now=NOW)
        officers.join(session, used, bot_id=1, address=77, now=NOW)
    scene.clock.at += timedelta(hours=73)
    tokens = ("", "unknown", used, expired, revoked, "../..", "a b c", "x" * 64, "x' OR 1=1 --", "a\nb")
    answers = []
    for number, token in enumerate(tokens):
        phone = scene.sandbox.telegram.add_phone(CY + number, "<b>Admin</b>\u202e", language="fr")
        phone.open_link(token)
        await scene.settle()
        answers.append(said(phone))
    assert answers == [[replies.neutral()]] * len(tokens)
    with scene.runtime.database.read() as session:
        assert all(officers.find_by_chat(session, CY + number, bot_id=1) is None for number in range(len(tokens)))


async def test_a_chat_with_an_odd_number_is_seated_nowhere(listening):
    """T16."""
    scene, telegram = listening, listening.sandbox.telegram
    seat, token = invite(scene)
    for number in (-1, 0, 2**53 + 1, "1003", None, 1.5, True):
        telegram.push(
            message={
                "message_id": 1,
                "date": telegram.timestamp(),
                "chat": {"id": number, "type": "private", "first_name": "Cy"},
                "from": {"id": number, "is_bot": False, "first_name": "Cy"},
                "text": f"/start {token}",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            }
        )
    await scene.settle()
    assert status_of(scene, seat) is OfficerStatus.INVITED
    with scene.runtime.database.read() as session:
        assert len(session.exec(select(Chat)).all()) == 2


def test_the_neutral_answer_is_in_all_three_languages():
    assert len(set(replies.neutral().split("\n\n"))) == 3


async def test_start_of_somebody_who_has_joined_tells_where_they_stand_and_changes_nothing(listening):
    """T4."""
    scene = listening
    _, token = invite(scene)
    scene.ben.open_link(token)
    await scene.settle()
    assert "You are set up for Party South" in said(scene.ben)[0]
    assert "Topics: all" in said(scene.ben)[0]
    assert status_of(scene, 2) is OfficerStatus.ACTIVE
    phone = await join(scene, token)
    assert labels(phone)[0] == "✅ I agree", "the invitation was used up by somebody who has a seat"
    phone.write("/start")
    await scene.settle()
    assert said(phone)[0] == said(phone)[1], "the question is asked again"
    await press(scene, phone, "I agree")
    phone.write("/start")
    await scene.settle()
    assert said(phone)[-1] == joining.waiting("en", "The Alliance")
    scene.ben.write("/pause")
    scene.ben.write("/start")
    await scene.settle()
    assert said(scene.ben)[-1] == leaving.paused("en", None).html


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


async def test_a_strangers_commands_do_nothing_and_their_words_get_the_neutral_answer(listening):
    """T12."""
    scene = listening
    phone = scene.sandbox.telegram.add_phone(CY, "Cy")
    for text in (
        "/pause",
        "/resume",
        "/language",
        "/settings",
        "/zone",
        "/export",
        "/forget",
        "/handover",
        "/approve 1",
    ):
        phone.write(text)
    await scene.settle()
    assert said(phone) == []
    for text in ("/help", "hello", "https://x.com/a/status/1"):
        phone.write(text)
    await scene.settle()
    assert said(phone) == [replies.neutral()] * 3
    with scene.runtime.database.read() as session:
        assert {row.body for row in session.exec(select(InboxUpdate))} == {""}


async def test_an_officer_is_no_staff(listening):
    """T12."""
    scene = listening
    with scene.runtime.database.read() as session:
        before = [one.model_dump() for one in session.exec(select(QueueEntry))]
    scene.ben.write("/approve 1")
    await scene.settle()
    assert said(scene.ben) == [replies.not_understood("en")]
    with scene.runtime.database.read() as session:
        assert [one.model_dump() for one in session.exec(select(QueueEntry))] == before


@pytest.mark.parametrize(("name", "code"), [("English", "en"), ("Français", "fr"), ("Español", "es")])
async def test_the_bot_speaks_the_language_that_was_chosen(listening, name: str, code: str):
    scene = listening
    scene.ben.write("/language")
    await scene.settle()
    assert scene.ben.tap(name)
    await scene.settle()
    scene.ben.write("/resume")
    await scene.settle()
    assert said(scene.ben)[-1] == leaving.resumed(code)


async def test_a_language_nobody_offered_changes_nothing(listening):
    scene = listening
    scene.ben.write("/language")
    await scene.settle()
    for data in ("i:0:de", "i:0:", "i:0:zz", "g:0:lang_de", "g:0:lang_", "a:0:fr"):
        forge_tap(scene, scene.ben, data)
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert officers.get_officer(session, 2).language == "en"
