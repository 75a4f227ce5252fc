"""The outbox on bad days: a clock that leaps, a database that fails, several bots in one process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from sharebot.bot.application import close_application
from sharebot.clock_watch import ClockWatch
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.messengers.http import Http
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.runtime import Runtime
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from sharebot.store.bots import ensure_bots
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database
from sharebot.values.status import ChatKind, DeliveryStatus
from sharebot.worker import with_bots
from tests.cast import ANA, CY, NOW, FixedClock, SetClock
from tests.flows.conftest import Scene
from tests.store.props import delivery, queue_note

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEN_YEARS = timedelta(days=3653)


def with_set_clock(scene: Scene) -> tuple[Runtime, SetClock]:
    """Give the scene a clock that can be set, and that has just agreed with Telegram's."""
    clock = SetClock(scene.clock.at)
    runtime = replace(scene.runtime, clock=clock, watch=ClockWatch(clock))
    runtime.clock_watch.hear(clock.now())
    return runtime, clock


async def taken(*faults: Fault) -> None:
    """Wait until the requests that the faults are for have come in."""
    async with asyncio.timeout(10):
        while any(fault.times for fault in faults):  # noqa: ASYNC110 - the stand-in has no event
            await asyncio.sleep(0.001)


def texts(phone: Phone) -> list[str]:
    return [str(one.words.text) for one in phone.messages if one.from_bot]


# --- the clock


@pytest.mark.parametrize("leap", [-HOUR, HOUR, 4 * DAY, TEN_YEARS])
async def test_a_clock_that_leaps_sends_nothing_and_lets_nothing_expire(scene, leap: timedelta):
    runtime, clock = with_set_clock(scene)
    clock.set(leap)
    assert await send_deliveries(runtime) == 0
    assert scene.statuses() == ["queued", "queued"]
    assert scene.ana.messages == scene.ben.messages == []
    clock.set(-leap)
    runtime.clock_watch.hear(clock.now())
    assert await send_deliveries(runtime) == 2


async def test_a_clock_that_disagrees_with_telegrams_sends_nothing(scene):
    runtime, clock = with_set_clock(scene)
    runtime.clock_watch.hear(clock.now() - DAY)
    assert await send_deliveries(runtime) == 0
    assert scene.statuses() == ["queued", "queued"]


async def test_a_worker_asks_telegram_for_the_time_before_its_first_send(scene):
    """Its clock was ahead before it started: nothing leaps, and only Telegram's answer shows it."""
    ahead = SetClock(NOW + 2 * DAY)
    plain = replace(scene.runtime, clock=ahead, watch=ClockWatch(ahead), messengers={})
    runtime, (application,) = with_bots(plain)
    assert await send_deliveries(runtime) == 0
    assert runtime.clock_watch.find_trouble() == "this machine's clock is 2 d ahead of Telegram's"
    assert [method for method, _ in scene.sandbox.telegram.requests] == ["getMe"]
    await close_application(application)


async def test_a_clock_that_could_not_be_compared_yet_lets_nothing_expire(scene):
    """The machine starts with a wrong clock and without a network: all that waits is not over for that."""
    ahead = SetClock(NOW + 4 * DAY)
    runtime = replace(scene.runtime, clock=ahead, watch=ClockWatch(ahead))
    scene.sandbox.faults.append(Fault("drop_before", times=99))
    assert await send_deliveries(runtime) == 0
    assert scene.statuses() == ["queued", "queued"]


@pytest.mark.parametrize("leap", [-HOUR, HOUR, TEN_YEARS])
async def test_a_leap_while_a_message_is_out_does_not_stop_its_chat(scene, leap: timedelta):
    runtime, clock = with_set_clock(scene)
    slow = Fault("slow", chat_id=ANA, seconds=0.2)
    scene.sandbox.faults.append(slow)
    sending = asyncio.create_task(send_deliveries(runtime))
    await taken(slow)
    clock.set(leap)
    await sending
    assert scene.statuses() == ["sent", "sent"]
    clock.set(-leap)
    clock.run(timedelta(seconds=5))
    runtime.clock_watch.hear(clock.now())
    queue_note(runtime.database, chat=(scene.delivery(1).chat_id, 1), officer_id=1)
    assert await send_deliveries(runtime) == 1, "the chat waits for a time that the clock said by mistake"


# --- several bots


@pytest.fixture
async def second(scene: Scene) -> AsyncIterator[Sandbox]:
    """A second Telegram, where another bot lives."""
    world = Sandbox(clock=scene.clock, token="8:another")
    await world.start(build_app(world))
    yield world
    await world.stop()


@pytest.fixture
async def africa(scene: Scene, second: Sandbox) -> AsyncIterator[tuple[Runtime, Phone]]:
    """The scene with another bot, which has a note for Cy: delivery 3."""
    database = scene.runtime.database
    with database.write() as session:
        bot_id = ensure_bots(session, ["africa"])["africa"]
        chat = ensure_chat(session, bot_id, CY, ChatKind.PRIVATE)
    queue_note(database, chat=(chat, bot_id))
    phone = second.telegram.add_phone(CY, "Cy")
    phone.started = True
    messenger = TelegramMessenger(Http(), f"{second.telegram_url}{second.telegram.token}")
    yield replace(scene.runtime, messengers={**scene.runtime.messengers, bot_id: messenger}), phone
    await messenger.close()


async def test_every_bot_sends_its_own(scene, africa):
    runtime, cy = africa
    assert await send_deliveries(runtime) == 3
    assert [len(texts(phone)) for phone in (scene.ana, scene.ben, cy)] == [1, 1, 1]


async def test_a_bot_whose_telegram_is_down_holds_up_no_other(scene, africa, second):
    runtime, cy = africa
    second.faults.append(Fault("answer", times=99, status=502))
    assert await send_deliveries(runtime) == 2
    assert delivery(runtime.database, 3).status is DeliveryStatus.UNCERTAIN
    assert texts(cy) == []


# --- the database


class MendingClock(FixedClock):
    """Whoever waits finds the database mended afterwards."""

    def __init__(self, at, mend: Callable[[], None]) -> None:
        super().__init__(at)
        self.mend = mend

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        self.mend()


class FailingDatabase:
    """A database that takes no outcomes while the table of attempts is out of the way."""

    def __init__(self, database: Database) -> None:
        self.database, self.failed = database, False

    def fail(self) -> None:
        self._rename("attempt", "attempt_away")
        self.failed = True

    def mend(self) -> None:
        if self.failed:
            self._rename("attempt_away", "attempt")
            self.failed = False

    def _rename(self, old: str, new: str) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_what_was_sent_while_the_database_failed_is_written_down_later(scene):
    failing = FailingDatabase(scene.runtime.database)
    runtime = replace(scene.runtime, clock=MendingClock(NOW, failing.mend))
    slow = Fault("slow", times=2, method="sendMessage", seconds=0.2)
    scene.sandbox.faults.append(slow)
    sending = asyncio.create_task(send_deliveries(runtime))
    await taken(slow)
    failing.fail()
    assert await sending == 2
    assert not failing.failed
    assert scene.statuses() == ["sent", "sent"]
    assert [scene.delivery(number).copies for number in (1, 2)] == [1, 1]


async def test_a_database_that_failed_one_bot_does_not_queue_again_what_another_is_sending(scene, africa, second):
    runtime, cy = africa
    failing = FailingDatabase(runtime.database)
    runtime = replace(runtime, clock=MendingClock(NOW, failing.mend))
    short = Fault("slow", times=2, method="sendMessage", seconds=0.2)
    long = Fault("slow", method="sendMessage", seconds=1)
    scene.sandbox.faults.append(short)
    second.faults.append(long)
    sending = asyncio.create_task(send_deliveries(runtime))
    await taken(short, long)
    failing.fail()
    await sending
    assert not failing.failed
    scene.clock.at += timedelta(seconds=5)
    await send_deliveries(replace(runtime, clock=scene.clock))
    assert len(texts(cy)) == 1, "sent twice, and the second copy is not marked"
    assert delivery(runtime.database, 3).status is DeliveryStatus.SENT
