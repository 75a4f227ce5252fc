"""The staff's chat as canary: what Telegram refuses there reaches no officer, and staff are told why."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from sharebot.jobs.release_entries import release_entries
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import QueueEntry
from sharebot.runtime import Runtime
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.telegram import Shown
from sharebot.store.queue import get_entry
from sharebot.values.status import EntryStatus
from tests.flows.conftest import Scene
from tests.store.props import approved

STAFF = -500


@dataclass
class Stage:
    """The scene with a preview chat, and a second wave of its item that was approved for all."""

    scene: Scene
    runtime: Runtime
    staff: Phone
    entry_id: int

    def entry(self) -> QueueEntry:
        with self.runtime.database.read() as session:
            return get_entry(session, self.entry_id)

    async def work(self, *, seconds: float = 5) -> None:
        """Do all jobs once, and let some time pass."""
        await release_entries(self.runtime)
        await send_deliveries(self.runtime)
        self.scene.clock.at += timedelta(seconds=seconds)

    def refuse(self, status: int, description: str, **parameters: object) -> None:
        body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self.scene.sandbox.faults.append(Fault("answer", chat_id=STAFF, status=status, body=json.dumps(body)))


@pytest.fixture
async def stage(scene: Scene) -> Stage:
    await send_deliveries(scene.runtime)
    scene.clock.at += timedelta(seconds=5)
    telegram = scene.runtime.settings.telegram.model_copy(update={"preview_chat": STAFF})
    settings = scene.runtime.settings.model_copy(update={"telegram": telegram})
    staff = scene.sandbox.telegram.add_phone(STAFF, "Staff")
    staff.started = True
    return Stage(scene, replace(scene.runtime, settings=settings), staff, approved(scene.runtime.database))


def items(phone: Phone) -> list[Shown]:
    return [one for one in phone.messages if "title" in one.words.text or "titre" in one.words.text]


async def test_staff_see_every_language_before_any_officer_does(stage):
    await stage.work()
    assert [len(items(phone)) for phone in (stage.staff, stage.scene.ana, stage.scene.ben)] == [1, 1, 1]
    assert stage.entry().status is EntryStatus.PREVIEWING
    await stage.work()
    assert len(items(stage.staff)) == 2
    assert {"Un titre" in one.words.text for one in items(stage.staff)} == {True, False}
    assert stage.entry().status is EntryStatus.RELEASED
    await stage.work()
    assert [len(items(phone)) for phone in (stage.staff, stage.scene.ana, stage.scene.ben)] == [2, 2, 2]
    latest = max(one.message_id for one in items(stage.staff))
    assert all(items(phone)[-1].message_id > latest for phone in (stage.scene.ana, stage.scene.ben))


async def test_a_preview_carries_no_partys_link(stage):
    for _ in range(2):
        await stage.work()
    assert ["/r/" in one.words.text for one in items(stage.staff)] == [False, False]


@pytest.mark.parametrize(
    ("status", "description", "note"),
    [
        (400, "Bad Request: can't parse entities: unsupported start tag", "Telegram refuses it"),
        (400, "Bad Request: chat not found", "the preview chat cannot be reached"),
        (403, "Forbidden: bot was kicked from the group chat", "the preview chat cannot be reached"),
        (403, "Forbidden: bot is not a member of the channel chat", "not a member"),
        (403, "Forbidden: something new", "something new"),
    ],
)
async def test_what_fails_in_the_staffs_chat_stops_there_and_says_why(stage, status: int, description: str, note: str):
    stage.refuse(status, description)
    for _ in range(4):
        await stage.work()
    assert [len(items(phone)) for phone in (stage.scene.ana, stage.scene.ben)] == [1, 1]
    assert stage.entry().status is EntryStatus.PAUSED
    assert note in stage.entry().note


async def test_a_preview_chat_that_became_a_supergroup_is_followed(stage):
    moved = stage.scene.sandbox.telegram.add_phone(-1_009_999, "Staff")
    moved.started = True
    stage.refuse(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1_009_999)
    for _ in range(4):
        await stage.work()
    assert (len(items(stage.staff)), len(items(moved))) == (0, 2)
    assert [len(items(phone)) for phone in (stage.scene.ana, stage.scene.ben)] == [2, 2]


async def test_a_preview_nobody_can_confirm_is_shown_again_and_officers_wait_for_it(stage):
    stage.scene.sandbox.faults.append(Fault("drop_after", chat_id=STAFF))
    for _ in range(3):
        await stage.work()
    assert [len(items(phone)) for phone in (stage.scene.ana, stage.scene.ben)] == [1, 1]
    stage.scene.clock.at += timedelta(seconds=90)
    for _ in range(3):
        await stage.work()
    assert len(items(stage.staff)) == 3
    assert [len(items(phone)) for phone in (stage.scene.ana, stage.scene.ben)] == [2, 2]
