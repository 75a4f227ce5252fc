"""A party's group: who brings the bot, where items arrive, who may answer, and what ends it."""

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Chat, Delivery, Member, Officer
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.sandbox.groups import Group
from sharebot.sandbox.membership import change_json
from sharebot.sandbox.phone import Phone
from sharebot.store import contents, groups, proposals, queue
from sharebot.store.database import vault_of
from sharebot.store.export import export_officer
from sharebot.texts import groups as texts
from sharebot.values.status import AnswerKind, ChatKind, DeliveryStatus, Network, OfficerStatus
from sharebot.values.taps import Tap, Verb, encode_tap
from tests.bot.words import answers_of
from tests.cast import CY, add_officer
from tests.flows.conftest import Scene

GROUP, FORUM, MOVED = -4001, -1001000000001, -1001000000002
DORA = 1004  # Ana's colleague


def said_in(group: Group) -> list[str]:
    return [shown.words.text for shown in group.messages if shown.from_bot]


def release(scene: Scene) -> int:
    """Send the item to everybody once more, and return the entry."""
    scene.clock.at += timedelta(minutes=1)
    now = scene.runtime.now()
    with scene.runtime.database.write() as session:
        seen = contents.content_hash(session, 1)
        timing = Timing(send_at=now, urgent=True)
        entry = queue.approve(
            session, queue.Approval(1, Audience(), timing, now + timedelta(days=3), "test", seen), now=now
        )
        queue.release(session, entry.id or 0, settings=scene.runtime.settings, new_code=new_code, now=now)
        return entry.id or 0


def group_seats(scene: Scene) -> list[Officer]:
    with scene.runtime.database.read() as session:
        at_groups = select(Officer).join(Chat, col(Chat.id) == col(Officer.chat_id)).where(Chat.kind == ChatKind.GROUP)
        return list(session.exec(at_groups.order_by(col(Officer.id))))


def item_of(scene: Scene, entry_id: int, officer_id: int | None) -> Delivery | None:
    with scene.runtime.database.read() as session:
        own = select(Delivery).where(Delivery.entry_id == entry_id, Delivery.officer_id == officer_id)
        return session.exec(own).first()


def members_reached(scene: Scene, entry_id: int) -> list[str]:
    """Return the labels of the seats that an entry goes to."""
    with scene.runtime.database.read() as session:
        seats = select(Officer).join(Delivery, col(Delivery.officer_id) == col(Officer.id))
        found = session.exec(seats.where(Delivery.entry_id == entry_id).order_by(col(Officer.id)))
        return [vault_of(session).open(one.label_sealed) for one in found]


@pytest.fixture
async def dora(listening: Scene) -> Phone:
    """Seat a colleague of Ana's, who reads English; what waited for all is sent."""
    with listening.runtime.database.write() as session:
        member = session.get_one(Member, session.get_one(Officer, 1).member_id)
        add_officer(session, member, "Dora", chat_id=DORA)
    phone = listening.sandbox.telegram.add_phone(DORA, "Dora")
    phone.started = True
    await send_deliveries(listening.runtime)
    return phone


@pytest.fixture
async def forum(listening: Scene, dora: Phone) -> Group:
    """Link a topic of a forum to Ana's party."""
    group = listening.sandbox.telegram.add_group(FORUM, "North", topics={7: "To share", 8: "Talk"})
    group.join(listening.ana, dora)
    group.add_bot(listening.ana)
    await listening.settle()
    group.write(listening.ana, "/here", thread_id=7)
    await listening.settle()
    return group


async def test_an_officer_brings_the_bot_and_says_where_items_arrive(listening: Scene, forum: Group, dora: Phone):
    invited, linked = [shown for shown in forum.messages if shown.from_bot]
    assert invited.words.text == texts.invite_here("fr")
    assert "Party North" in linked.words.text
    assert linked.thread_id == 7
    (seat,) = group_seats(listening)
    assert (seat.member_id, seat.language, seat.status) == (1, "fr", OfficerStatus.ACTIVE)
    before = len(listening.ana.messages), len(dora.messages)
    entry = release(listening)
    assert members_reached(listening, entry) == ["Ben", "Group"]
    assert await send_deliveries(listening.runtime) == 2
    item = forum.last_message
    assert item is not None
    assert (item.thread_id, "Un titre" in item.words.text) == (7, True)
    assert (len(listening.ana.messages), len(dora.messages)) == before


async def test_strangers_do_not_get_the_bot_into_their_group(listening: Scene):
    """T14."""
    cy = listening.sandbox.telegram.add_phone(CY, "Cy")
    group = listening.sandbox.telegram.add_group(GROUP, "Cy's")
    group.add_bot(cy)
    await listening.settle()
    assert (group.has_bot, group.messages) == (False, [])
    group.add_bot(listening.ben)
    await listening.settle()
    group.write(cy, "/here")
    await listening.settle()
    assert said_in(group) == [texts.invite_here("en")]
    assert group_seats(listening) == []


@pytest.mark.parametrize("disguise", ["channel", "anonymous", "forward"])
async def test_a_command_that_nobody_answers_for_is_ignored(listening: Scene, disguise: str):
    """T13."""
    group = listening.sandbox.telegram.add_group(GROUP, "North")
    group.add_bot(listening.ana)
    await listening.settle()
    shown = group.write(listening.ana, "nothing to the bot")
    message = listening.sandbox.telegram.message_json(group, shown)
    message |= {"text": "/here", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
    if disguise == "forward":
        message["forward_origin"] = {"type": "user", "sender_user": listening.ana.user_json(), "date": 1}
    else:
        chat = group.chat_json() if disguise == "anonymous" else {"id": -1009, "type": "channel", "title": "Ana"}
        message |= {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": chat}
    listening.sandbox.telegram.push(message=message)
    await listening.settle()
    assert group_seats(listening) == []
    assert said_in(group) == [texts.invite_here("fr")]


async def test_two_officers_share_one_message_and_strangers_have_no_say(listening: Scene, forum: Group, dora: Phone):
    entry = release(listening)
    await send_deliveries(listening.runtime)
    (seat,) = group_seats(listening)
    item = item_of(listening, entry, seat.id)
    assert item is not None
    cy = listening.sandbox.telegram.add_phone(CY, "Cy")
    take = encode_tap(Tap(Verb.TAKEN, item.id or 0))
    for stranger in (cy, listening.ben):
        assert forum.tap(stranger, take)
        await listening.settle()
        assert stranger.toasts == [texts.only_officers("fr", "Party North")]
    assert answers_of(listening) == []
    assert forum.tap(dora, take)
    await listening.settle()
    (answer,) = answers_of(listening)
    assert (answer.kind, answer.officer_id, answer.delivery_id) == (AnswerKind.TAKEN, 3, item.id)
    assert forum.last_message is not None
    assert "Dora" in forum.last_message.words.text
    forum.last_message.keyboard = [[{"text": "as Ana still sees it", "callback_data": take}]]
    assert forum.tap(listening.ana, take)
    await listening.settle()
    assert "Dora" in listening.ana.toasts[-1]
    assert answers_of(listening)[0].officer_id == 3
    assert forum.tap(listening.ana, encode_tap(Tap(Verb.SHARED, item.id or 0)))
    await listening.settle()
    assert [(one.kind, one.officer_id) for one in answers_of(listening)] == [(AnswerKind.SHARED, 1)]


async def test_a_tap_on_what_is_not_the_groups_is_ignored(listening: Scene, forum: Group):
    release(listening)
    await send_deliveries(listening.runtime)
    assert forum.last_message is not None
    forum.last_message.keyboard = [[{"text": "x", "callback_data": "s:2:"}]]
    assert forum.tap(listening.ana, "s:2:")
    await listening.settle()
    assert answers_of(listening) == []


async def test_one_group_a_party_and_one_party_a_group(listening: Scene, forum: Group, dora: Phone):
    forum.join(listening.ben)
    forum.write(listening.ben, "/here", thread_id=8)
    forum.write(listening.ben, "/here off", thread_id=8)
    await listening.settle()
    assert said_in(forum)[2:] == [texts.taken("en"), texts.not_linked("en")]
    entry = release(listening)
    forum.write(dora, "/here@sharebot_demo_bot", thread_id=8)
    await listening.settle()
    await send_deliveries(listening.runtime)
    (seat,) = group_seats(listening)
    assert forum.last_message is not None
    assert (seat.language, forum.last_message.thread_id) == ("en", 8)
    other = listening.sandbox.telegram.add_group(GROUP, "Small one")
    other.add_bot(dora)
    other.write(dora, "/here")
    await listening.settle()
    (moved,) = group_seats(listening)
    assert moved.id == seat.id
    entry = release(listening)
    await send_deliveries(listening.runtime)
    item = item_of(listening, entry, seat.id)
    assert item is not None
    assert other.last_message is not None
    assert item.message_id == other.last_message.message_id


async def test_a_topic_that_is_gone_costs_no_item(listening: Scene, forum: Group):
    del forum.topics[7]
    release(listening)
    assert await send_deliveries(listening.runtime) == 2
    assert forum.last_message is not None
    assert (forum.last_message.thread_id, "Un titre" in forum.last_message.words.text) == (None, True)


async def test_a_removal_that_nobody_told_of_is_noticed_at_the_next_send(listening: Scene, forum: Group):
    forum.has_bot = False
    release(listening)
    await send_deliveries(listening.runtime)
    assert [one.status for one in group_seats(listening)] == [OfficerStatus.UNREACHABLE]
    assert members_reached(listening, release(listening)) == ["Ana", "Ben", "Dora"]


async def test_a_link_in_reply_to_the_item_is_an_officers_claim(listening: Scene, forum: Group, dora: Phone):
    release(listening)
    await send_deliveries(listening.runtime)
    item, before = forum.last_message, len(said_in(forum))
    link = "https://www.facebook.com/north/posts/123456789"
    forum.write(listening.ben, link, thread_id=7, reply_to=item)
    forum.write(dora, "Well said!", thread_id=7, reply_to=item)
    await listening.settle()
    assert len(said_in(forum)) == before
    forum.write(dora, f"Done: {link}", thread_id=7, reply_to=item)
    await listening.settle()
    (answer,) = answers_of(listening)
    assert (answer.kind, answer.network, answer.officer_id) == (AnswerKind.SHARED, Network.FACEBOOK, 3)
    reply = forum.last_message
    assert reply is not None
    assert (reply.thread_id, "Facebook" in reply.words.text) == (7, True)


async def test_a_title_and_a_text_in_reply_to_the_item_are_its_translation(listening: Scene, forum: Group, dora: Phone):
    release(listening)
    await send_deliveries(listening.runtime)
    item, before = forum.last_message, len(said_in(forum))
    forum.write(listening.ben, "Um título\nAlgumas palavras.", thread_id=7, reply_to=item)
    forum.write(dora, "This is what our members have been waiting for!", thread_id=7, reply_to=item)
    await listening.settle()
    assert len(said_in(forum)) == before, "a stranger's words and talk are the group's own"
    forum.write(dora, "Um título\nAlgumas palavras.", thread_id=7, reply_to=item)
    await listening.settle()
    question = forum.last_message
    assert question is not None and question.thread_id == 7
    assert listening.ben.press(forum, "Portuguese")
    await listening.settle()
    with listening.runtime.database.read() as session:
        assert proposals.list_open(session, language="en") == []
    assert dora.press(forum, "Portuguese")
    await listening.settle()
    with listening.runtime.database.read() as session:
        (card,) = proposals.list_open(session, language="en")
    assert (card.party, card.language, card.title) == ("Party North", "pt", "Um título")


async def test_a_link_in_a_private_chat_belongs_to_the_groups_item_too(listening: Scene, forum: Group, dora: Phone):
    assert forum.has_bot
    entry = release(listening)
    await send_deliveries(listening.runtime)
    dora.write("https://www.facebook.com/north/posts/123456789")
    listening.ben.write("https://www.facebook.com/south/posts/987654321")
    await listening.settle()
    (seat,) = group_seats(listening)
    item = item_of(listening, entry, seat.id)
    assert item is not None
    said = {one.delivery_id: one.officer_id for one in answers_of(listening)}
    assert said.get(item.id or 0) == 3


@pytest.mark.parametrize("by_removal", [True, False])
async def test_without_its_group_a_party_gets_items_in_private_again(
    listening: Scene, forum: Group, dora: Phone, by_removal: bool
):
    waiting = item_of(listening, release(listening), 4)
    assert waiting is not None
    if by_removal:
        forum.remove_bot(dora)
    else:
        forum.write(dora, "/here off", thread_id=7)
    await listening.settle()
    (seat,) = group_seats(listening)
    assert seat.status is (OfficerStatus.UNREACHABLE if by_removal else OfficerStatus.GONE)
    assert members_reached(listening, release(listening)) == ["Ana", "Ben", "Dora"]
    status = listening.delivery(waiting.id or 0).status
    assert status is (DeliveryStatus.QUEUED if by_removal else DeliveryStatus.CANCELLED)
    if by_removal:
        forum.add_bot(listening.ana)
    forum.write(listening.ana, "/here")
    await listening.settle()
    assert [one.status for one in group_seats(listening)] == [OfficerStatus.ACTIVE]
    assert members_reached(listening, release(listening)) == ["Ben", "Group"]


async def test_a_group_that_moves_keeps_its_seat(listening: Scene, dora: Phone):
    group = listening.sandbox.telegram.add_group(GROUP, "North")
    group.add_bot(listening.ana)
    group.write(listening.ana, "/here")
    await listening.settle()
    admin = listening.sandbox.telegram.add_phone(CY, "An admin who is no officer").user_json()
    server = listening.sandbox.telegram
    server.push(my_chat_member=change_json(server, group, admin, old="member", new="left"))
    moved = group.migrate(MOVED)
    server.push(my_chat_member=change_json(server, moved, admin, old="left", new="member"))
    await listening.settle()
    assert [one.status for one in group_seats(listening)] == [OfficerStatus.ACTIVE]
    release(listening)
    await send_deliveries(listening.runtime)
    assert moved.last_message is not None
    assert "Un titre" in moved.last_message.words.text


async def test_a_send_that_meets_the_move_goes_to_the_new_place_once(scene: Scene):
    with scene.runtime.database.write() as session:
        ana = groups.find_enrolled(session, scene.ana.chat_id, bot_id=1)
        assert ana is not None
        groups.link_group(session, ana, bot_id=1, address=GROUP, thread_id=None, now=scene.runtime.now())
    group = scene.sandbox.telegram.add_group(GROUP, "North")
    group.add_bot(scene.ana)
    moved = group.migrate(MOVED)
    await send_deliveries(scene.runtime)
    release(scene)
    await send_deliveries(scene.runtime)
    assert len(said_in(moved)) == 1
    with scene.runtime.database.read() as session:
        assert groups.find_group_seat(session, MOVED, bot_id=1) is not None
        assert groups.find_group_seat(session, GROUP, bot_id=1) is None


async def test_an_export_holds_what_its_officer_said_in_the_group_and_nothing_of_colleagues(
    listening: Scene, forum: Group, dora: Phone
):
    release(listening)
    await send_deliveries(listening.runtime)
    item = forum.last_message
    assert item is not None
    forum.tap(dora, "Partagé", message=item)
    await listening.settle()
    with listening.runtime.database.read() as session:
        own, other = (json.loads(export_officer(session, one, now=listening.clock.at)) for one in (3, 1))
    assert [one["answer"]["kind"] for one in own["said_in_the_group"]] == ["shared"]
    assert own["said_in_the_group"][0]["item"] == "Un titre"
    assert other["said_in_the_group"] == []


async def test_staffs_own_chat_becomes_no_partys_group(listening: Scene):
    listening.open_staff_chat(GROUP, "Staff")
    group = listening.sandbox.telegram.add_group(GROUP, "Staff")
    group.add_bot(listening.ana)
    await listening.settle()
    group.write(listening.ana, "/here")
    await listening.settle()
    assert group_seats(listening) == []
