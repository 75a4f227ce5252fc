"""From an invitation to a reported share, through the real bot and the phones."""

import pytest
from sqlmodel import select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Answer, InboxUpdate, Member, Officer, Reshare
from sharebot.sandbox.telegram import Shown
from sharebot.store import officers
from sharebot.values.status import AnswerKind, Evidence, Network, OfficerStatus
from tests.cast import CY, NOW, add_officer


def _text(shown: Shown | None) -> str:
    assert shown is not None
    return str(shown.words.text)


async def test_a_stranger_gets_one_answer_whatever_the_token(listening):
    scene = listening
    stranger = scene.sandbox.telegram.add_phone(CY, "<b>Cy</b>", language="es")
    answers = set()
    for payload in ("", "unknown", "x' OR 1=1 --", "../../etc", "a" * 64):
        stranger.open_link(payload)
        await scene.settle()
        answers.add(_text(stranger.last_message))
    assert len(answers) == 1
    stranger.write("https://x.com/a/status/1")
    stranger.write("/help")
    stranger.write("/approve 1")
    await scene.settle()
    assert len([one for one in stranger.messages if one.from_bot]) == 7
    assert {_text(one) for one in stranger.messages if one.from_bot} == answers


async def test_an_invitation_works_once_and_waits_for_staff(listening):
    scene = listening
    with scene.runtime.database.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        seat = add_officer(session, north, "Second", chat_id=None, language="es")
        token = officers.create_invitation(session, seat.id or 0, now=NOW)
    first = scene.sandbox.telegram.add_phone(CY, "Cy", language="es")
    first.open_link(token)
    await scene.settle()
    first.tap("Acepto")
    await scene.settle()
    with scene.runtime.database.read() as session:
        joined = officers.find_by_chat(session, CY, bot_id=1)
        assert joined is not None
        assert (joined.status, joined.language) == (OfficerStatus.WAITING, "es")
    second = scene.sandbox.telegram.add_phone(CY + 1, "Thief")
    second.open_link(token)
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert officers.find_by_chat(session, CY + 1, bot_id=1) is None
    with scene.runtime.database.write() as session:
        officers.confirm(session, joined.id, now=NOW)
    await send_deliveries(scene.runtime)
    assert "Te damos" in _text(first.last_message) or "bienven" in _text(first.last_message).lower()


async def test_a_tap_is_an_answer_and_a_pasted_link_makes_it_stronger(listening):
    scene = listening
    await send_deliveries(scene.runtime)
    assert scene.ben.tap("Shared")
    await scene.settle()
    assert "Shared" in _text(scene.ben.last_message)
    scene.ben.write("https://www.facebook.com/partysouth/posts/12345678")
    await scene.settle()
    assert "Facebook" in _text(scene.ben.last_message)
    with scene.runtime.database.read() as session:
        answer = session.exec(select(Answer)).one()
        assert (answer.kind, answer.network) == (AnswerKind.SHARED, Network.FACEBOOK)
        share = session.exec(select(Reshare)).one()
        assert (share.evidence, share.network) == (Evidence.LINK_GIVEN, Network.FACEBOOK)


async def test_declining_asks_why_and_can_be_taken_back(listening):
    scene = listening
    await send_deliveries(scene.runtime)
    scene.ben.tap("Not for us")
    await scene.settle()
    assert scene.ben.tap("Not our topic")
    await scene.settle()
    with scene.runtime.database.read() as session:
        answer = session.exec(select(Answer)).one()
        assert answer.kind is AnswerKind.DECLINED
        assert answer.reason is not None


async def test_a_colleague_sees_who_took_it(listening):
    scene = listening
    with scene.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 2")
    await send_deliveries(scene.runtime)
    scene.ben.tap("I'll take it") or scene.ben.tap("take it")
    await scene.settle()
    assert "Ben" in _text(scene.ana.last_message)


async def test_a_tap_on_somebody_elses_delivery_does_nothing(listening):
    scene = listening
    await send_deliveries(scene.runtime)
    shown = scene.ben.last_message
    foreign = {1: 2, 2: 1}[int(next(_data(shown)).split(":")[1])]
    scene.ben._press(shown, f"s:{foreign}:")
    scene.ben._press(shown, "s:999999:")
    scene.ben._press(shown, "nonsense")
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert session.exec(select(Answer)).all() == []


def _data(shown: Shown):
    return (key["callback_data"] for row in shown.keyboard for key in row if "callback_data" in key)


async def test_a_replayed_update_has_no_second_effect(listening):
    """T6."""
    scene = listening
    await send_deliveries(scene.runtime)
    scene.ben.tap("take it")
    await scene.settle()
    with scene.runtime.database.read() as session:
        before = len(session.exec(select(InboxUpdate)).all())
    scene.sandbox.telegram.updates.next_number = 1
    scene.ben.tap("Shared")
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert len(session.exec(select(InboxUpdate)).all()) == before
        assert session.exec(select(Answer)).one().kind is AnswerKind.TAKEN


async def test_blocking_stops_and_unblocking_brings_back(listening):
    scene = listening
    scene.ana.block()
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert session.get(Officer, 1).status is OfficerStatus.UNREACHABLE
    scene.ana.unblock()
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert session.get(Officer, 1).status is OfficerStatus.ACTIVE


@pytest.mark.parametrize(("word", "status"), [("/pause", OfficerStatus.PAUSED), ("/resume", OfficerStatus.ACTIVE)])
async def test_a_break_and_its_end(listening, word: str, status: OfficerStatus):
    scene = listening
    scene.ben.write("/pause")
    scene.ben.write(word)
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert session.get(Officer, 2).status is status
