"""Breaks, blocks and groups."""

import pytest

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.texts import leaving
from sharebot.values.status import DeliveryStatus, OfficerStatus
from tests.bot.words import said, status_of

ME = {"id": 7000000001, "is_bot": True, "first_name": "sharebot"}


def change(scene, kind: str, status: str) -> None:
    """Let a stranger change the bot's standing in a group or channel."""
    member = {"user": ME, "status": status} | ({"until_date": 0} if status == "kicked" else {})
    scene.sandbox.telegram.push(
        my_chat_member={
            "chat": {"id": -1001, "type": kind, "title": "<b>Group</b>"},
            "from": {"id": 4, "is_bot": False, "first_name": "X"},
            "date": 1,
            "old_chat_member": {"user": ME, "status": "left"},
            "new_chat_member": member,
        }
    )


def left(scene) -> list[str]:
    return [str(raw["chat_id"]) for method, raw in scene.sandbox.telegram.requests if method == "leaveChat"]


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_the_bot_leaves_any_group_it_is_added_to(listening, kind: str):
    """T14."""
    change(listening, kind, "member")
    await listening.settle()
    assert left(listening) == ["-1001"]


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_there_is_nothing_to_leave_where_it_was_thrown_out(listening, status: str):
    change(listening, "group", status)
    await listening.settle()
    assert left(listening) == []


async def test_a_break_holds_everything_back_and_its_end_brings_it(listening):
    listening.ben.write("/pause")
    await listening.settle()
    assert await send_deliveries(listening.runtime) == 1
    assert said(listening.ben) == [leaving.paused("en", None).html]
    listening.ben.write("/resume")
    await listening.settle()
    assert await send_deliveries(listening.runtime) == 1
    assert said(listening.ben)[1] == leaving.resumed("en")
    assert "/r/" in said(listening.ben)[2]


async def test_whoever_blocks_the_bot_is_left_alone_and_may_come_back(listening):
    listening.ben.block()
    await listening.settle()
    assert status_of(listening, 2) is OfficerStatus.UNREACHABLE
    await send_deliveries(listening.runtime)
    assert listening.delivery(2).status is DeliveryStatus.QUEUED
    listening.ben.unblock()
    await listening.settle()
    assert status_of(listening, 2) is OfficerStatus.ACTIVE
    assert await send_deliveries(listening.runtime) == 1


async def test_a_block_does_not_end_a_break(listening):
    listening.ben.write("/pause")
    await listening.settle()
    listening.ben.block()
    listening.ben.unblock()
    await listening.settle()
    assert status_of(listening, 2) is OfficerStatus.PAUSED
