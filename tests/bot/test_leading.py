"""One process polls for a bot: the one that leads, and only as long as nobody has to look at the bot first."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from sharebot.bot.application import BotApplication, close_application
from sharebot.bot.updates import poll_updates
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.leading import Leading
from sharebot.sandbox.faults import Fault
from sharebot.store import bots, inbox
from sharebot.values.status import BotStatus, PauseKind
from sharebot.worker import with_bots
from tests.bot.words import bot_of, said, until
from tests.flows.conftest import Scene

pytestmark = pytest.mark.hurried
UNHEARD = 5  # seconds; a process that polls would have asked by then
Poll = Callable[..., asyncio.Task[None]]


@pytest.fixture
async def poll(scene: Scene) -> AsyncIterator[Poll]:
    """Return a function that lets one process poll; all are stopped at the end, and none may have failed."""
    pollers: list[asyncio.Task[None]] = []

    def start(leading: Leading, application: BotApplication | None = None) -> asyncio.Task[None]:
        polling = poll_updates(scene.runtime, application or scene.application, leading)
        pollers.append(asyncio.create_task(polling))
        return pollers[-1]

    yield start
    scene.runtime.stopping.set()
    scene.sandbox.telegram.wake()
    await asyncio.wait_for(asyncio.gather(*pollers), 60)


@asynccontextmanager
async def another_process(scene: Scene) -> AsyncIterator[BotApplication]:
    """Build the same bot once more, as a second process does."""
    _, (application,) = with_bots(replace(scene.runtime, messengers={}))
    yield application
    await close_application(application)


async def is_heard(scene: Scene) -> bool:
    """Whether anybody asks for what phones say."""
    try:
        await asyncio.wait_for(scene.sandbox.drained(), UNHEARD)
    except TimeoutError:
        return False
    return True


def asked(scene: Scene) -> int:
    return sum(method == "getUpdates" for method, _ in scene.sandbox.telegram.requests)


def refuse(scene: Scene, status: int, *, times: int, method: str = "getUpdates") -> Fault:
    body = json.dumps({"ok": False, "error_code": status, "description": "x"})
    scene.sandbox.faults.append(Fault("answer", times=times, method=method, status=status, body=body))
    return scene.sandbox.faults[-1]


def resume(scene: Scene) -> None:
    with scene.runtime.database.write() as session:
        bots.resume_bots(session)


# --- one leads


def test_whoever_leads_has_gained_it_and_not_lost_it():
    leading = Leading()
    assert not leading
    leading.put(True)
    leading.put(True)
    assert leading
    leading.put(False)
    assert not leading
    assert Leading(leads=True)


async def test_gain_and_loss_can_be_waited_for():
    leading = Leading()
    await asyncio.wait_for(leading.lost(), 1)
    gained = asyncio.create_task(leading.gained())
    leading.put(True)
    await asyncio.wait_for(gained, 1)
    lost = asyncio.create_task(leading.lost())
    leading.put(False)
    await asyncio.wait_for(lost, 1)


async def test_a_process_asks_nothing_until_it_leads(scene, poll):
    leading = Leading()
    poll(leading)
    scene.ben.write("/pause")
    assert not await is_heard(scene)
    assert scene.sandbox.telegram.requests == []
    leading.put(True)
    await scene.settle()
    assert len(said(scene.ben)) == 1


async def test_a_process_that_leads_no_longer_asks_no_more_and_the_next_goes_on(scene, poll):
    first, second = Leading(leads=True), Leading()
    poll(first)
    await until(lambda: asked(scene) > 0)
    first.put(False)
    scene.ben.write("/pause")
    assert not await is_heard(scene)
    async with another_process(scene) as application:
        poll(second, application)
        second.put(True)
        await scene.settle()
        assert len(said(scene.ben)) == 1
        scene.ben.write("/resume")
        await scene.settle()
        assert len(said(scene.ben)) == 2


async def test_what_the_next_leader_stored_is_left_to_it(scene, poll):
    """The last thing the former one does must not be to answer what its successor answers."""
    leading = Leading(leads=True)
    poller = poll(leading)
    await until(lambda: asked(scene) > 0)
    scene.runtime.stopping.set()
    leading.put(False)
    scene.ben.write("/help")
    bodies = [(number, json.dumps(body)) for number, body in scene.sandbox.telegram.updates.waiting.items()]
    with scene.runtime.database.write() as session:
        inbox.store_updates(session, 1, bodies, now=scene.clock.at)
    await asyncio.wait_for(poller, 60)
    assert said(scene.ben) == []
    with scene.runtime.database.read() as session:
        assert len(inbox.claim_pending(session, 1, worker="w")) == 1


async def test_what_a_former_leader_took_and_did_not_finish_is_taken_by_the_next(scene, poll):
    """The database failed between the two, so that the lead was lost; the process itself lives on."""
    scene.ben.write("/help")
    bodies = [(number, json.dumps(body)) for number, body in scene.sandbox.telegram.updates.waiting.items()]
    with scene.runtime.database.write() as session:
        inbox.store_updates(session, 1, bodies, now=scene.clock.at)
        inbox.claim_pending(session, 1, worker=scene.runtime.worker)
    poll(Leading())
    runtime = replace(scene.runtime, worker="second", messengers={})
    runtime, (application,) = with_bots(runtime)
    poller = asyncio.create_task(poll_updates(runtime, application, Leading(leads=True)))
    try:
        await until(lambda: len(said(scene.ben)) == 1)
    finally:
        scene.runtime.stopping.set()
        scene.sandbox.telegram.wake()
        await asyncio.wait_for(poller, 60)
        await close_application(application)


# --- nobody has to look first


async def test_five_conflicts_in_a_row_pause_the_bot_until_staff_resume_it(scene, poll):
    fault = refuse(scene, 409, times=5)
    poll(Leading(leads=True))
    await until(lambda: bot_of(scene).status is BotStatus.PAUSED, seconds=90)
    assert bot_of(scene).pause_kind is PauseKind.CONFLICT
    assert "409" in (bot_of(scene).pause_reason or "")
    assert fault.times == 0
    assert await send_deliveries(scene.runtime) == 0
    scene.ben.write("/help")
    assert not await is_heard(scene)
    resume(scene)
    await scene.settle()
    assert len(said(scene.ben)) == 1
    assert bot_of(scene).status is BotStatus.RUNNING


async def test_four_conflicts_are_a_change_of_leaders(scene, poll):
    fault = refuse(scene, 409, times=4)
    scene.ben.write("/help")
    poll(Leading(leads=True))
    await until(lambda: fault.times == 0 and scene.sandbox.telegram.pending == 0, seconds=90)
    assert bot_of(scene).status is BotStatus.RUNNING
    assert len(said(scene.ben)) == 1


@pytest.mark.parametrize("method", ["getMe", "getUpdates"])
@pytest.mark.parametrize("status", [401, 404])
async def test_a_refused_token_pauses_the_bot_until_staff_resume_it(scene, poll, method: str, status: int):
    refuse(scene, status, times=1, method=method)
    poll(Leading(leads=True))
    await until(lambda: bot_of(scene).status is BotStatus.PAUSED)
    assert bot_of(scene).pause_kind is PauseKind.TOKEN
    assert str(status) in (bot_of(scene).pause_reason or "")
    scene.ben.write("/help")
    assert not await is_heard(scene)
    resume(scene)
    await scene.settle()
    assert len(said(scene.ben)) == 1


async def test_another_bots_token_sends_nothing_and_asks_for_nothing(scene, poll):
    """O11."""
    with scene.runtime.database.write() as session:
        bots.record_identity(session, 1, external_id=42, username="earlier_bot")
    scene.ben.write("/help")
    poll(Leading(leads=True))
    await until(lambda: bot_of(scene).status is BotStatus.PAUSED)
    assert (bot_of(scene).pause_kind, bot_of(scene).external_id) == (PauseKind.OTHER_BOT, 42)
    assert await send_deliveries(scene.runtime) == 0
    assert not await is_heard(scene)
    assert (asked(scene), said(scene.ben)) == (0, [])


async def test_staff_who_pause_a_bot_are_still_heard_by_it(scene, poll):
    """A stop of all sending is no reason to lose what officers say."""
    with scene.runtime.database.write() as session:
        bots.pause_bot(session, None, "a mistake", kind=PauseKind.STAFF)
    poll(Leading(leads=True))
    scene.ben.write("/pause")
    await scene.settle()
    assert len(said(scene.ben)) == 1
