"""Groups, channels and inline mode of Telegram's stand-in, driven by the real library."""

import asyncio

import httpx
import pytest
from telegram import (
    Bot,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MessageOriginChannel,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

from sharebot.sandbox.groups import Group
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from tests.cast import ANA, BEN, FixedClock
from tests.sandbox.test_pages import HOSTILE, check_harmless, read_everything

GROUP, CHANNEL = -4001, -1002000000001
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Taken", callback_data="t:1:")]])


@pytest.fixture
def ben(sandbox: Sandbox) -> Phone:
    return sandbox.telegram.add_phone(BEN, "Ben")


@pytest.fixture
def group(sandbox: Sandbox, ana: Phone, ben: Phone) -> Group:
    group = sandbox.telegram.add_group(GROUP, "North's people", topics={7: "Share this"})
    group.join(ana, ben)
    return group


def _article(number: str, words: str = "Read this") -> InlineQueryResultArticle:
    return InlineQueryResultArticle(number, "Title", InputTextMessageContent(words))


async def test_a_group_is_written_to_from_the_bots_coming_to_its_going(bot: Bot, group: Group, ana: Phone) -> None:
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(GROUP, "x")
    group.add_bot(ana)
    sent = await bot.send_message(GROUP, "x", message_thread_id=7)
    assert (sent.chat.type, sent.chat.is_forum, sent.message_thread_id) == ("supergroup", True, 7)
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(GROUP, "x", message_thread_id=8)
    group.remove_bot(ana)
    with pytest.raises(Forbidden, match="kicked"):
        await bot.send_message(GROUP, "x")
    changes = [one.my_chat_member for one in await bot.get_updates() if one.my_chat_member]
    standings = [(change.new_chat_member.status, change.from_user.id) for change in changes]
    assert standings == [("member", ANA), ("kicked", ANA)]


async def test_in_privacy_mode_the_bot_reads_commands_and_answers_to_it(
    bot: Bot, group: Group, ana: Phone, ben: Phone
) -> None:
    group.add_bot(ana)
    await bot.send_message(GROUP, "x")
    item = group.last_message
    group.write(ben, "between us")
    group.write(ben, "/here@another_bot")
    group.write(ben, "/here@sharebot_demo_bot", thread_id=7)
    group.write(ben, "seen", reply_to=item)
    messages = [one.message for one in await bot.get_updates() if one.message and one.message.chat.id == GROUP]
    assert [one.text for one in messages] == ["/here@sharebot_demo_bot", "seen"]
    assert (messages[0].message_thread_id, messages[0].from_user and messages[0].from_user.id) == (7, BEN)
    assert messages[1].reply_to_message is not None
    assert messages[1].reply_to_message.text == "x"


async def test_any_member_taps_and_gets_the_answer(bot: Bot, group: Group, ana: Phone, ben: Phone) -> None:
    group.add_bot(ana)
    await bot.send_message(GROUP, "x", reply_markup=KEYS)
    assert group.tap(ben, "Taken")
    (query,) = [one.callback_query for one in await bot.get_updates() if one.callback_query]
    assert (query.from_user.id, query.message and query.message.chat.id) == (BEN, GROUP)
    await bot.answer_callback_query(query.id, "Thanks")
    assert (ben.toasts, ana.toasts) == (["Thanks"], [])


async def test_a_group_that_moved_says_where(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    group = sandbox.telegram.add_group(GROUP, "Small")
    group.add_bot(ana)
    moved = group.migrate(-1001000000001)
    with pytest.raises(ChatMigrated) as told:
        await bot.send_message(GROUP, "x")
    assert told.value.new_chat_id == moved.chat_id
    await bot.send_message(moved.chat_id, "x")
    messages = [one.message for one in await bot.get_updates() if one.message]
    assert [one.migrate_to_chat_id for one in messages if one.migrate_to_chat_id] == [moved.chat_id]


async def test_the_bot_leaves(bot: Bot, group: Group, ana: Phone) -> None:
    group.add_bot(ana)
    await bot.leave_chat(GROUP)
    with pytest.raises(Forbidden):
        await bot.send_message(GROUP, "x")


async def test_a_forward_keeps_its_origin_all_along(sandbox: Sandbox, bot: Bot, ana: Phone, ben: Phone) -> None:
    channel = sandbox.telegram.add_channel(CHANNEL, "The Alliance", "alliance_news")
    channel.add_bot(ben)
    post = channel.post("Read this", links={"this": "https://alliance.example/a"})
    update = (await bot.get_updates())[-1].channel_post
    assert update is not None
    assert [entity.url for entity in update.entities] == ["https://alliance.example/a"]
    first = await bot.forward_message(ANA, CHANNEL, post.message_id)
    again = await bot.forward_message(ANA, ANA, first.message_id)
    for forward in (first, again):
        origin = forward.forward_origin
        assert isinstance(origin, MessageOriginChannel)
        assert (origin.chat.id, origin.message_id) == (CHANNEL, post.message_id)
    channel.edit(post, "Read that")
    assert (await bot.get_updates())[-1].edited_channel_post is not None
    channel.is_protected = True
    with pytest.raises(BadRequest, match="protected content"):
        await bot.forward_message(ANA, CHANNEL, post.message_id)
    channel.is_protected = False
    channel.delete(post)
    with pytest.raises(BadRequest, match=r"(?i)message to forward not found"):
        await bot.forward_message(ANA, CHANNEL, post.message_id)


async def test_an_inline_answer_is_checked_and_what_is_chosen_appears(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    channel = sandbox.telegram.add_channel(CHANNEL, "North's channel")
    query_id = ana.ask_inline("climate")
    for wrong in ([_article("x" * 65)], [_article("1")] * 2, [_article(str(n)) for n in range(51)]):
        with pytest.raises(BadRequest):
            await bot.answer_inline_query(query_id, wrong)
    await bot.answer_inline_query(query_id, [_article("1"), _article("2", "Read that")], cache_time=0, is_personal=True)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_inline_query(query_id, [])
    ana.choose("2", "climate", chat=channel)
    assert [(shown.words.text, shown.via_bot) for shown in channel.messages] == [("Read that", True)]
    updates = await bot.get_updates()
    chosen = updates[-1].chosen_inline_result
    assert chosen is not None
    assert (chosen.result_id, chosen.from_user.id, chosen.inline_message_id) == ("2", ANA, None)


async def test_menus_are_shown_by_scope_and_language(bot: Bot, ana: Phone, ben: Phone) -> None:
    await bot.set_my_commands([("help", "How it works")])
    await bot.set_my_commands([("help", "Comment ça marche")], language_code="fr")
    await bot.set_my_commands([("staff", "For staff")], scope=BotCommandScopeChat(BEN))
    assert [one["description"] for one in ana.menu] == ["Comment ça marche"]
    assert [one["command"] for one in ben.menu] == ["staff"]


async def test_old_messages_cannot_be_deleted(sandbox: Sandbox, bot: Bot, ana: Phone, clock: FixedClock) -> None:
    old = await bot.send_message(ANA, "old")
    written = ana.write("mine")
    await bot.delete_message(ANA, written.message_id)
    await clock.sleep(48 * 3600 + 1)
    young = await bot.send_message(ANA, "young")
    with pytest.raises(BadRequest, match="can't be deleted"):
        await bot.delete_message(ANA, old.message_id)
    assert await bot.delete_messages(ANA, [old.message_id, young.message_id])
    assert [shown.words.text for shown in ana.messages] == ["/start", "old"]


async def test_what_people_write_edit_and_forward_comes_with_all_that_belongs_to_it(bot: Bot, ana: Phone) -> None:
    await bot.send_message(ANA, "item")
    written = ana.write(
        "here: bsky.app/profile/x and this", reply_to=ana.last_message, links={"this": "https://x.com/a"}
    )
    ana.edit(written, "something else")
    ana.forward("Ours", origin={"type": "user", "sender_user": ana.user_json(), "date": 1}, photo=True)
    ana.send_photo("Look")
    _, said, edited, forward, photo = await bot.get_updates()
    assert said.message is not None
    assert [entity.type for entity in said.message.entities] == ["url", "text_link"]
    assert said.message.reply_to_message is not None
    assert edited.edited_message is not None
    assert edited.edited_message.text == "something else"
    assert forward.message is not None
    assert (forward.message.caption, bool(forward.message.photo), bool(forward.message.forward_origin)) == (
        "Ours",
        True,
        True,
    )
    assert photo.message is not None
    assert photo.message.caption == "Look"


async def test_a_groups_page_shows_words_and_takes_taps_and_messages(
    bot: Bot, group: Group, ana: Phone, ben: Phone, web: httpx.AsyncClient
) -> None:
    group.add_bot(ana)
    group.title = HOSTILE
    sent = await bot.send_message(GROUP, HOSTILE, message_thread_id=7, reply_markup=KEYS)
    group.write(ben, HOSTILE, reply_to=group.last_message)
    for who in (ANA, BEN):
        page = check_harmless((await web.get(f"/groups/{-GROUP}?who={who}")).text)
        assert page.words.count(HOSTILE) >= 3
    assert HOSTILE in check_harmless((await web.get("/")).text).words
    await bot.get_updates(offset=10**6)
    form = {"message": str(sent.message_id), "data": "t:1:", "who": str(BEN)}
    await web.post(f"/groups/{-GROUP}/tap", data=form)
    await web.post(f"/groups/{-GROUP}/write", data={"text": "/here", "who": str(BEN)})
    tapped, written = await bot.get_updates()
    assert tapped.callback_query is not None
    assert tapped.callback_query.from_user.id == BEN
    assert written.message is not None
    assert written.message.text == "/here"
    assert (await web.get("/groups/1")).status_code == 404


async def test_on_a_groups_page_the_bot_comes_and_goes(bot: Bot, group: Group, web: httpx.AsyncClient) -> None:
    for standing in ("member", "kicked"):
        polling = asyncio.create_task(read_everything(bot))
        await web.post(f"/groups/{-GROUP}/bot", data={"who": str(ANA)})
        change = (await polling)[-1].my_chat_member
        assert change is not None and change.new_chat_member.status == standing
    assert (await web.post("/groups/99/bot")).status_code == 404


async def test_a_page_shows_what_the_bot_answered_to_a_tap(group: Group, ana: Phone, web: httpx.AsyncClient) -> None:
    ana.toasts += ["", "<b>Not for you</b>"]
    shown = await web.get(f"/groups/{-GROUP}?who={ANA}&toast=0")
    assert "&lt;b&gt;Not for you" in shown.text
    for strange in ("9", "-1", "x", "1" * 30):
        answer = await web.get(f"/groups/{-GROUP}?who={ANA}&toast={strange}")
        assert answer.status_code == 200 and "Not for you" not in answer.text
