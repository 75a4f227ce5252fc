"""Staff's commands: what goes out, what waits, the stop, withdrawing and reminding, with taps counted; T12 and T13."""

from datetime import timedelta

import pytest

from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Member
from sharebot.store import bots
from sharebot.values.status import BotStatus, EntryStatus
from tests.flows.conftest import Scene
from tests.flows.desk_scene import Office, labels

WITHDRAW, STOP, NUDGE = 3, 2, 2
COMMANDS = ("today", "queue", "drafts", "approve 1", "add https://alliance.example/a", "withdraw", "nudge", "report")


@pytest.fixture
async def office(listening: Scene) -> Office:
    made = Office(listening)
    await made.link(made.eva, made.max, made.vi)
    return made


async def approve(office: Office, title: str = "A clean water pact", *, code: str = "pact") -> int:
    """Let Eva approve a new draft in the chat; return its entry."""
    number = office.draft(title, code=code)
    await office.pass_time()
    eva = office.hand(office.eva)
    await eva.tap("Approve")
    await eva.tap("Confirm")
    return office.entries(number)[0].id or 0


def status_of(office: Office, entry_id: int) -> EntryStatus:
    with office.scene.runtime.database.read() as session:
        from_rows = session.connection().exec_driver_sql(f"SELECT status FROM queue_entry WHERE id = {entry_id}")
        return EntryStatus(from_rows.one()[0])


async def test_queue_lists_what_goes_out_and_opens_an_entry(office):
    vi = office.hand(office.vi)
    await vi.command("/queue")
    assert "1. A <b>title</b> & more – 0 of 2 sent" in vi.shown
    entry_id = await approve(office)
    await vi.command("/queue")
    assert "1. A clean water pact – Tue 24 Nov, at 09:00 of their own clock" in vi.shown
    assert labels(office.group) == ["1", "🔎 The whole queue"]
    await vi.tap("1", message=office.group.last_message)
    assert "A clean water pact\nAll parties, Tue 24 Nov" in vi.shown
    await vi.tap("Withdraw")
    assert office.vi.toasts[-1] == "Your role does not allow that."
    assert status_of(office, entry_id) is EntryStatus.APPROVED
    await vi.tap("Back")
    assert "What goes out next" in vi.shown


async def test_today_says_what_waits_what_goes_out_and_how_the_week_is(office):
    office.draft()
    eva = office.hand(office.eva, private=True)
    await eva.command("/today")
    assert "📰 1 draft" in eva.shown and "• A <b>title</b> & more – 0 of 2 sent" in eva.shown
    await send_deliveries(office.scene.runtime)
    await eva.command("/today")
    assert "📬 2 messages to 2 parties" in eva.shown and "Nothing is planned." in eva.shown
    await eva.tap("Show the drafts")
    await office.work()
    assert "A clean water pact" in eva.shown and "Approve" in labels(office.eva)[0]


async def test_an_item_is_withdrawn_in_three_taps(office):
    await send_deliveries(office.scene.runtime)
    eva = office.hand(office.eva)
    await eva.command("/withdraw")
    await eva.tap("A <b>title</b> & more")
    assert "2 messages have arrived: they will say that this was withdrawn" in eva.shown
    await eva.tap("Withdraw it")
    assert eva.taps == WITHDRAW
    assert status_of(office, 1) is EntryStatus.WITHDRAWN
    assert "Withdrawn by Eva: “A <b>title</b> & more”." in eva.shown and "2 messages changed" in eva.shown
    assert office.audit()[-1] == ("staff:1", "entry.withdrawn", "entry:1")
    await edit_messages(office.scene.runtime)
    assert "withdrawn" in office.scene.ben.last_message.words.text.lower()
    await eva.forge("y:1:withdraw_yes")
    assert office.eva.toasts[-1] == "That is not possible any more. Its page says why."
    assert [action for _, action, _ in office.audit()].count("entry.withdrawn") == 1


async def test_everything_is_stopped_in_two_taps_and_let_go_on(office):
    eva = office.hand(office.eva)
    await eva.command("/stop A <b>hacked</b> feed")
    assert "Stop everything?" in eva.shown and "A <b>hacked</b> feed" in eva.shown
    await eva.tap("Stop now")
    assert eva.taps == STOP
    with office.scene.runtime.database.read() as session:
        (bot,) = bots.list_bots(session)
        assert bot.status is BotStatus.PAUSED
        assert bot.pause_reason == "stopped by eva@alliance.example: A <b>hacked</b> feed"
    await send_deliveries(office.scene.runtime)
    assert office.scene.ben.messages == []
    await eva.tap("Let it go on")
    assert "Eva: it goes on." in eva.shown
    await send_deliveries(office.scene.runtime)
    assert len(office.scene.ben.messages) == 1
    assert [action for _, action, _ in office.audit()[-2:]] == ["bot.stopped", "bot.resumed"]
    await eva.command("/go")
    assert eva.shown == "Nothing was stopped."


async def test_only_approvers_of_all_regions_stop_everything(office):
    await office.link(office.eva, region="Europe")
    for phone in (office.eva, office.max, office.vi):
        hand = office.hand(phone)
        await hand.command("/stop now")
        assert hand.shown == "Your role does not allow that."
        await hand.forge("y:0:stop")
    with office.scene.runtime.database.read() as session:
        assert bots.list_bots(session)[0].status is BotStatus.RUNNING


async def test_those_who_have_not_answered_are_reminded_in_two_taps(office):
    await send_deliveries(office.scene.runtime)
    office.scene.ben.tap("Shared")
    await office.scene.settle()
    office.scene.clock.at += timedelta(hours=2)
    eva = office.hand(office.eva)
    await eva.command("/nudge")
    eva.taps = 0
    await eva.tap("A <b>title</b> & more")
    assert "1 officer has not answered and can be reminded once" in eva.shown
    await eva.tap("Remind 1")
    assert eva.taps == NUDGE
    assert "Eva: 1 officer is reminded of “A <b>title</b> & more”." in eva.shown
    await send_deliveries(office.scene.runtime)
    assert len(office.scene.ana.messages) == 2
    await eva.forge("y:1:nudge_yes")
    await send_deliveries(office.scene.runtime)
    assert len(office.scene.ana.messages) == 2


async def test_staff_of_a_region_withdraw_only_what_is_for_it_alone(office):
    with office.scene.runtime.database.write() as session:
        session.get_one(Member, 2).region = "Asia"
    await office.link(office.eva, region="Asia")
    eva = office.hand(office.eva)
    await eva.command("/withdraw")
    assert eva.shown == "There is nothing to withdraw."
    await eva.forge("y:1:withdraw_yes")
    assert status_of(office, 1) is EntryStatus.RELEASED


@pytest.mark.parametrize(
    ("person", "refused"),
    [
        ("vi", {"add https://alliance.example/x", "withdraw", "nudge", "stop", "go"}),
        ("max", {"withdraw", "nudge", "stop", "go"}),
        ("eva", set()),
    ],
)
async def test_each_command_takes_its_role(office, person: str, refused: set[str]):
    """The cells of role and command; what is not refused does something else than say so."""
    hand = office.hand(getattr(office, person), private=True)
    commands = ("today", "queue", "drafts", "report", "help", "add https://alliance.example/a", *sorted(refused))
    said = {}
    for command in commands:
        await hand.command(f"/{command}")
        said[command] = hand.shown
    assert {command for command, words in said.items() if words == "Your role does not allow that."} == refused | (
        {"add https://alliance.example/a"} if person == "vi" else set()
    )


async def test_the_week_is_told_with_its_chart(office):
    await send_deliveries(office.scene.runtime)
    office.scene.ben.tap("Shared")
    await office.scene.settle()
    vi = office.hand(office.vi)
    await vi.command("/report")
    assert "This week so far: 23 November\n" in vi.shown
    assert "1 party shared at least one item, of 2 that received something." in vi.shown
    assert office.group.last_message.media == "photo"


async def test_strangers_get_no_answer_and_are_noted(office):
    """T12."""
    ben, cy = office.scene.ben, office.scene.sandbox.telegram.add_phone(6000, "Cy")
    other = office.scene.sandbox.telegram.add_group(-6001, "A party's group")
    other.has_bot = True
    noted = len(office.audit())
    for command in COMMANDS:
        ben.write(f"/{command}")
        cy.write(f"/{command}")
        other.write(cy, f"/{command}")
        other.write(office.eva, f"/{command}")
    await office.scene.settle()
    assert not [one for one in (*cy.messages, *other.messages) if one.from_bot]
    unknown = "I understand links to your posts and the buttons under the items. /help shows more."
    assert {one.words.text for one in ben.messages if one.from_bot} == {unknown}
    fresh = office.audit()[noted:]
    assert [(actor, action) for actor, action, _ in fresh] == [("chat", "chat.refused")] * 3
    assert all(subject.startswith("telegram:") and "6000" not in subject for _, _, subject in fresh)


async def test_who_is_not_linked_is_told_once_how_to_be(office):
    zoe = office.hand(office.zoe)
    await zoe.command("/queue")
    assert "take the code from there and send me /staff with it" in zoe.shown
    count = len(office.group.messages)
    await zoe.command("/queue")
    assert len(office.group.messages) == count + 1, "only what she wrote herself"


async def test_forwards_channels_and_anonymous_administrators_are_nobody(office):
    """T13."""
    telegram, group = office.scene.sandbox.telegram, office.group
    office.eva.forward("/stop everything")
    shown = group.write(office.eva, "/help")
    await office.scene.settle()
    said = len([one for one in group.messages if one.from_bot])
    message = telegram.message_json(group, shown) | {"text": "/stop everything"}
    message["entities"] = [{"type": "bot_command", "offset": 0, "length": 5}]
    channel = {"id": -1007, "type": "channel", "title": "Somebody"}
    hidden = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    origin = {"type": "user", "date": 1, "sender_user": office.eva.user_json()}
    for number, disguise in enumerate(
        ({"sender_chat": channel}, {"sender_chat": group.chat_json(), "from": hidden}, {"forward_origin": origin})
    ):
        telegram.push(message=message | disguise | {"message_id": 9000 + number})
    await office.scene.settle()
    assert len([one for one in group.messages if one.from_bot]) == said
    assert not [one for one in office.eva.messages if one.from_bot and "Stop everything?" in one.words.text]


async def test_who_has_left_is_a_stranger_at_once(office):
    with office.scene.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE staff SET active = false WHERE id = 1")
    eva = office.hand(office.eva, private=True)
    count = len(office.eva.messages)
    await eva.command("/today")
    assert len(office.eva.messages) == count + 1
