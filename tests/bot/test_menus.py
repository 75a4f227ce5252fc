"""The menus of commands: in the reader's language, staff's chat its own, and no reason not to start."""

import asyncio
from datetime import timedelta

import pytest
from telegram.error import TelegramError

from sharebot.bot.application import COMMANDS, DESK_COMMANDS
from sharebot.bot.menus import set_menus
from sharebot.bot.updates import poll_updates
from sharebot.sandbox.faults import Fault
from sharebot.store import bots
from sharebot.texts.desk import desk_commands
from sharebot.texts.help import officer_commands
from tests.bot.words import said
from tests.cast import NOW
from tests.flows.conftest import Scene

STAFF = 9001


def menu_of(scene: Scene, number: int) -> dict[str, str]:
    return {one["command"]: one["description"] for one in scene.sandbox.telegram.phones[number].menu}


async def test_everybody_sees_the_menu_of_their_language_and_staff_their_own(listening):
    scene = listening
    await scene.settle()
    scene.ben.write("/help")
    await scene.settle()
    assert menu_of(scene, scene.ana.chat_id) == officer_commands("fr")
    assert menu_of(scene, scene.ben.chat_id) == officer_commands("en")
    scene.sandbox.telegram.add_phone(STAFF, "Staff", language="fr").started = True
    telegram = scene.runtime.settings.telegram.model_copy(update={"staff_chat": STAFF})
    settings = scene.runtime.settings.model_copy(update={"telegram": telegram})
    await set_menus(scene.application.bot, settings)
    assert menu_of(scene, STAFF) == desk_commands("fr")


async def test_a_menu_that_is_refused_keeps_nobody_from_listening(scene):
    scene.sandbox.faults.append(Fault("answer", times=9, method="setMyCommands", status=502))
    poller = asyncio.create_task(poll_updates(scene.runtime, scene.application))
    scene.ben.write("/help")
    await scene.settle()
    assert len(said(scene.ben)) == 1
    scene.runtime.stopping.set()
    scene.sandbox.telegram.wake()
    await asyncio.wait_for(poller, 10)


async def test_a_429_to_an_answer_or_to_the_menus_halts_the_bot(listening):
    scene = listening
    await scene.settle()
    body = '{"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 40}}'
    scene.sandbox.faults.append(Fault("answer", method="setMyCommands", status=429, body=body))
    with pytest.raises(TelegramError):
        await set_menus(scene.application.bot, scene.runtime.settings)
    scene.sandbox.faults.append(Fault("answer", method="sendMessage", status=429, body=body))
    scene.ben.write("/help")
    await scene.settle()
    with scene.runtime.database.read() as session:
        assert bots.is_halted(session, 1, now=NOW + timedelta(seconds=39))
        assert not bots.is_halted(session, 1, now=NOW + timedelta(seconds=40))


async def test_while_the_bot_is_halted_the_menus_wait(scene):
    with scene.runtime.database.write() as session:
        bots.halt(session, 1, timedelta(seconds=40), now=NOW)
    poller = asyncio.create_task(poll_updates(scene.runtime, scene.application))
    for seconds, is_asked in ((0, False), (41, True)):
        scene.clock.at = NOW + timedelta(seconds=seconds)
        scene.ben.write("/help")
        await scene.settle()
        scene.ben.write("/help")  # by now the turn that began after the clock was set is over
        await scene.settle()
        asked = {method for method, _ in scene.sandbox.telegram.requests}
        assert ("setMyCommands" in asked) is is_asked
    scene.runtime.stopping.set()
    scene.sandbox.telegram.wake()
    await asyncio.wait_for(poller, 10)


def test_no_command_of_a_menu_is_unknown():
    assert set(officer_commands("en")) <= set(COMMANDS)
    assert set(desk_commands("en")) - {"help"} <= set(DESK_COMMANDS)
