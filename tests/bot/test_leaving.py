"""Pause, hand over, export: what the officer asked for, and nothing else."""

import json
import re
from datetime import date, timedelta

from sharebot.store import officers
from sharebot.values.status import OfficerStatus
from tests.bot.test_joining import officer_row, press
from tests.bot.words import said, status_of
from tests.flows.fingers import forge_tap

PAUSES = (
    ("/pause 2026-12-24", date(2026, 12, 24), "before 24 December 2026"),
    ("/pause", None, "until you write /resume"),
    ("/pause 24.12.2026", date(2026, 12, 24), "before 24 December 2026"),
    ("/pause soon", None, "I do not understand “soon”"),
    ("/pause 2026-02-31", None, "I do not understand"),
    ("/pause 2020-01-01", None, "does not fit"),
    ("/pause 2026-11-23", None, "does not fit"),
    ("/pause 2099-01-01", None, "does not fit"),
    ("/pause <b>x</b>", None, "“<b>x</b>”"),
)
ENDS = (
    ("Until tomorrow", date(2026, 11, 24)),
    ("Until next Monday", date(2026, 11, 30)),
    ("For two weeks", date(2026, 12, 7)),
    ("Until /resume", None),
)


async def test_a_pause_begins_at_once_whatever_is_written_after_it(listening):
    for words, until, answer in PAUSES:
        listening.ben.write(words)
        await listening.settle()
        officer = officer_row(listening, 2)
        assert (officer.status, officer.paused_until) == (OfficerStatus.PAUSED, until)
        assert answer in said(listening.ben)[-1]


async def test_the_end_of_a_pause_is_one_more_tap(listening):
    listening.ben.write("/pause 2026-12-01")
    await listening.settle()
    for button, until in ENDS:
        await press(listening, listening.ben, button)
        assert officer_row(listening, 2).paused_until == until


async def test_somebody_wakes_on_their_own_day(listening):
    scene = listening
    scene.ben.write("/pause 2026-11-25")
    await scene.settle()
    midnight = scene.clock.at.replace(day=24, hour=23)  # in Brussels
    for at, woken in ((midnight - timedelta(seconds=1), []), (midnight, [2]), (midnight, [])):
        with scene.runtime.database.write() as session:
            assert officers.wake_due(session, now=at) == woken
    assert (officer_row(scene, 2).status, officer_row(scene, 2).paused_until) == (OfficerStatus.ACTIVE, None)


async def test_a_pause_without_an_end_wakes_nobody_and_resume_forgets_the_day(listening):
    scene = listening
    scene.ben.write("/pause")
    await scene.settle()
    with scene.runtime.database.write() as session:
        assert officers.wake_due(session, now=scene.clock.at + timedelta(days=900)) == []
    scene.ben.write("/pause 2026-12-24")
    scene.ben.write("/resume")
    await scene.settle()
    assert (officer_row(scene, 2).status, officer_row(scene, 2).paused_until) == (OfficerStatus.ACTIVE, None)


async def test_a_second_handover_ends_the_first_link_and_makes_no_second_seat(listening):
    scene = listening
    for _ in range(2):
        scene.ben.write("/handover")
    await scene.settle()
    links = [re.search(r"start=([\w-]+)", words)[1] for words in said(scene.ben)]  # type: ignore[index]
    with scene.runtime.database.write() as session:
        assert [one.label for one in officers.list_officers(session)] == ["Ana", "Ben", "Ben 2"]
        assert officers.join(session, links[0], bot_id=1, address=4711, now=scene.clock.at) is None
        assert officers.join(session, links[1], bot_id=1, address=4711, now=scene.clock.at) is not None
    scene.ben.write("/handover")
    await scene.settle()
    assert "waits to be confirmed" in said(scene.ben)[-1]


async def test_the_export_holds_what_is_held_and_nothing_of_others(listening):
    scene = listening
    scene.ben.write("/pause 2026-12-24")
    await scene.settle()
    scene.ben.write("/export")
    await scene.settle()
    (file,) = scene.sandbox.telegram.uploads.values()
    told = json.loads(file.body)
    assert file.name == "sharebot-2026-11-23.json"
    assert (told["party"], told["seat"]["label"], told["telegram_chat"]) == ("Party South", "Ben", "1002")
    assert told["seat"]["paused_until"] == "2026-12-24"
    assert [one["item"] for one in told["messages"]] == ["A <b>title</b> & more"]
    assert len(told["raw_updates"]) == 1, "the request itself is under way"
    assert "Ana" not in file.body.decode()


async def test_no_button_of_a_stranger_erases_anybody(listening):
    scene = listening
    scene.ben.write("/forget")
    await scene.settle()
    stranger = scene.sandbox.telegram.add_phone(4711, "Cy")
    stranger.write("/help")
    await scene.settle()
    forge_tap(scene, stranger, "z:0:erase")
    await scene.settle()
    assert [status_of(scene, one) for one in (1, 2)] == [OfficerStatus.ACTIVE, OfficerStatus.ACTIVE]
