"""Telegram's stand-in, driven by the real library: what it takes, what it shows, what it tells the bot."""

import asyncio

import pytest
from telegram import Bot, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, MessageEntity
from telegram.constants import ParseMode
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken

from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from tests.cast import ANA, NOW
from tests.sandbox.patience import until

PHOTO = "https://alliance.example/cover.png"
KEYS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Partagé ✓", callback_data="a:1:shared")],
        [
            InlineKeyboardButton("Ouvrir", url="https://alliance.example/story"),
            InlineKeyboardButton("Copier", copy_text=CopyTextButton("Le texte")),
        ],
    ]
)


READ_AS = [
    ("&nbsp;x", "&nbsp;x"),
    ("&copy x", "&copy x"),
    ("AT&T", "AT&T"),
    ("&#8239;x", "\u202fx"),
    ("&#x202F;x", "\u202fx"),
    ("&amp;lt;", "&lt;"),
    ("a &lt; b", "a < b"),
    ("<B>x</B>", "x"),
    ("<code>x</code><pre>y</pre>", "xy"),
]
UNREADABLE = [
    "<b>x",
    "x</b>",
    "<b><i>x</b></i>",
    "<font>x</font>",
    "<br>",
    "<br/>",
    "<p>x</p>",
    "a < b",
    "a <3",
    "x <b",
    "<!-- x -->",
    "<!doctype html>x",
    "<?xml?>x",
    '<a href="https://alliance.example"',
    "</>x",
]
NO_BUTTONS: list[object] = [
    {"text": "x"},
    {"callback_data": "x"},
    {"text": "x", "callback_data": "é" * 33},
    {"text": "x", "callback_data": "x", "url": "https://alliance.example"},
    {"text": "x", "url": "http://[broken"},
    {"text": "x", "url": "https://two words.example"},
    {"text": "x", "url": "javascript://alert(1)"},
    {"text": "x", "copy_text": {"text": ""}},
    {"text": "x", "copy_text": {"text": "😀" * 129}},
    "a word",
]


async def test_the_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.is_bot, me.username) == (True, "sharebot_demo_bot")


async def test_another_token_opens_nothing(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:other", base_url=sandbox.telegram_url):
            pass


async def test_a_message_arrives_with_its_entities_and_keys(bot: Bot, ana: Phone) -> None:
    text = '😀 <b>Bonjour</b> &lt;Ana&gt; &amp; <a href="https://alliance.example/?a=1&amp;b=2">ici</a>'
    sent = await bot.send_message(ANA, text, parse_mode=ParseMode.HTML, reply_markup=KEYS, protect_content=True)
    assert sent.text == "😀 Bonjour <Ana> & ici"
    assert sent.date == NOW
    bold, link = sent.entities
    assert (bold.type, bold.offset, bold.length) == (MessageEntity.BOLD, 3, 7)
    assert sent.parse_entity(link) == "ici"
    assert link.url == "https://alliance.example/?a=1&b=2"
    assert sent.reply_markup == KEYS
    shown = ana.last_message
    assert shown is not None
    assert (shown.words.text, shown.protected) == (sent.text, True)


async def test_markup_is_read_as_telegram_reads_it(bot: Bot, ana: Phone) -> None:
    for markup, shown in READ_AS:
        assert (await bot.send_message(ANA, markup, parse_mode=ParseMode.HTML)).text == shown


async def test_markup_that_telegram_cannot_parse_is_refused(bot: Bot, ana: Phone) -> None:
    for markup in UNREADABLE:
        with pytest.raises(BadRequest, match=r"(?i)can't parse entities"):
            await bot.send_message(ANA, markup, parse_mode=ParseMode.HTML)
        assert ana.last_message is None, markup


@pytest.mark.parametrize("limit", [4096, 1024])
async def test_lengths_are_utf16_units_after_the_entities_are_read(bot: Bot, ana: Phone, limit: int) -> None:
    async def send(words: str) -> None:
        markup = f'<a href="https://alliance.example/{"x" * 200}">{words}</a>'
        if limit == 4096:
            await bot.send_message(ANA, markup, parse_mode=ParseMode.HTML)
        else:
            await bot.send_photo(ANA, PHOTO, caption=markup, parse_mode=ParseMode.HTML)

    for unit in ("x", "é", "ی", "😀"):
        fitting = unit * (limit // (len(unit.encode("utf-16-le")) // 2))
        await send(fitting)
        with pytest.raises(BadRequest, match="too long"):
            await send(fitting + "x")


async def test_a_button_that_telegram_would_not_take_is_refused(bot: Bot, ana: Phone) -> None:
    for button in NO_BUTTONS:
        with pytest.raises(BadRequest):
            await bot.send_message(ANA, "x", api_kwargs={"reply_markup": {"inline_keyboard": [[button]]}})
        assert ana.last_message is None, button


@pytest.mark.parametrize("rows", ["x", [{"text": "x", "callback_data": "x"}]])
async def test_a_keyboard_that_is_no_table_is_refused(bot: Bot, ana: Phone, rows: object) -> None:
    with pytest.raises(BadRequest, match=r"(?i)inline keyboard expected"):
        await bot.send_message(ANA, "x", api_kwargs={"reply_markup": {"inline_keyboard": rows}})


async def test_an_unknown_parameter_is_refused(bot: Bot, ana: Phone) -> None:
    with pytest.raises(BadRequest, match=r"(?i)unknown parameter volume"):
        await bot.send_message(ANA, "x", api_kwargs={"volume": 11})


async def test_nobody_is_written_to_who_did_not_start_the_bot(sandbox: Sandbox, bot: Bot) -> None:
    sandbox.telegram.add_phone(ANA, "Ana")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(ANA, "x")


async def test_a_block_is_told_and_ends_with_its_end(bot: Bot, ana: Phone) -> None:
    ana.block()
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(ANA, "x")
    ana.unblock()
    await bot.send_message(ANA, "x")
    changes = [one.my_chat_member for one in await bot.get_updates() if one.my_chat_member]
    assert [change.new_chat_member.status for change in changes] == ["kicked", "member"]


async def test_media_show_their_caption_and_keep_their_handle(bot: Bot, ana: Phone) -> None:
    first = await bot.send_photo(ANA, PHOTO, caption="<i>Une</i>", parse_mode=ParseMode.HTML)
    again = await bot.send_photo(ANA, first.photo[-1].file_id)
    assert first.caption == "Une"
    assert [shown.media_url for shown in ana.messages if shown.media] == [PHOTO, PHOTO]
    assert again.photo[-1].file_id == first.photo[-1].file_id


async def test_audio_and_video_carry_their_length(bot: Bot, ana: Phone) -> None:
    audio = await bot.send_audio(ANA, "https://alliance.example/1.mp3", duration=95)
    video = await bot.send_video(ANA, "https://alliance.example/1.mp4", duration=30)
    assert audio.audio is not None
    assert video.video is not None
    lengths = [length.total_seconds() if hasattr(length, "total_seconds") else length for length in (
        audio.audio.duration, video.video.duration)]  # fmt: skip
    assert lengths == [95, 30]


async def test_an_album_is_two_to_ten(bot: Bot, ana: Phone) -> None:
    with pytest.raises(BadRequest, match=r"(?i)wrong number"):
        await bot.send_media_group(ANA, [InputMediaPhoto(PHOTO)])
    assert len(await bot.send_media_group(ANA, [InputMediaPhoto(PHOTO)] * 2)) == 2


async def test_an_edit_changes_words_and_keys(bot: Bot, ana: Phone) -> None:
    sent = await bot.send_message(ANA, "Un", reply_markup=KEYS)
    await bot.edit_message_text("<b>Un</b>", ANA, sent.message_id, parse_mode=ParseMode.HTML)
    shown = ana.last_message
    assert shown is not None
    assert (shown.words.shown, shown.keyboard, shown.edited) == ("<b>Un</b>", [], True)


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, ana: Phone) -> None:
    sent = await bot.send_message(ANA, "<b>Un</b>", parse_mode=ParseMode.HTML, reply_markup=KEYS)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("<b>Un</b>", ANA, sent.message_id, parse_mode=ParseMode.HTML, reply_markup=KEYS)


async def test_texts_are_edited_in_texts_and_captions_under_media(bot: Bot, ana: Phone) -> None:
    text, photo = await bot.send_message(ANA, "x"), await bot.send_photo(ANA, PHOTO)
    with pytest.raises(BadRequest, match="no caption"):
        await bot.edit_message_caption(ANA, text.message_id, caption="y")
    with pytest.raises(BadRequest, match="no text"):
        await bot.edit_message_text("y", ANA, photo.message_id)


async def test_a_tap_comes_as_a_query_and_its_answer_shows(bot: Bot, ana: Phone) -> None:
    await bot.send_message(ANA, "x", reply_markup=KEYS)
    assert not ana.tap("Nothing like it")
    assert ana.tap("Partagé")
    (query,) = [one.callback_query for one in await bot.get_updates() if one.callback_query]
    assert (query.data, query.from_user.id, query.from_user.language_code) == ("a:1:shared", ANA, "fr")
    await bot.answer_callback_query(query.id, "Merci !")
    assert ana.toasts == ["Merci !"]


async def test_a_start_link_comes_as_a_command(bot: Bot, ana: Phone) -> None:
    ana.follow("https://t.me/sharebot_demo_bot?start=INVITE123")
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.text == "/start INVITE123"
    assert list(message.parse_entities([MessageEntity.BOT_COMMAND]).values()) == ["/start"]


async def test_updates_come_in_order_until_they_are_acknowledged(sandbox: Sandbox, bot: Bot, ana: Phone) -> None:
    ana.write("one")
    ana.write("two")
    first = await bot.get_updates(limit=2)
    assert [one.message.text for one in first if one.message] == ["/start", "one"]
    assert await bot.get_updates(limit=2) == first
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [one.message.text for one in rest if one.message] == ["two"]
    assert sandbox.telegram.pending == 1
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()
    assert sandbox.telegram.pending == 0


async def test_a_long_poll_waits_for_news(bot: Bot, sandbox: Sandbox) -> None:
    phone = sandbox.telegram.add_phone(ANA, "Ana")
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await until(lambda: bool(sandbox.telegram.requests))
    assert not waiting.done()
    phone.write("news")
    assert [one.message.text for one in await waiting if one.message] == ["news"]


async def test_a_long_poll_waits_on_when_the_news_is_not_wanted(bot: Bot, sandbox: Sandbox, ana: Phone) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=20, allowed_updates=["callback_query"]))
    await until(lambda: not sandbox.telegram.pending)
    assert not waiting.done()
    await bot.send_message(ANA, "x", reply_markup=KEYS)
    ana.tap("Partagé")
    assert [one.callback_query.data for one in await waiting if one.callback_query] == ["a:1:shared"]


async def test_polling_and_a_webhook_exclude_each_other(bot: Bot) -> None:
    await bot.set_webhook("https://alliance.example/hook")
    assert (await bot.get_webhook_info()).url == "https://alliance.example/hook"
    with pytest.raises(Conflict):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_the_journal_holds_what_was_taken_and_nothing_that_was_refused(
    sandbox: Sandbox, bot: Bot, ana: Phone
) -> None:
    sent = await bot.send_message(ANA, "x")
    with pytest.raises(BadRequest):
        await bot.send_message(ANA, "<b>", parse_mode=ParseMode.HTML)
    taken = [one for one in sandbox.telegram.journal if one.method == "sendMessage"]
    assert [(one.arguments["text"], one.message_id) for one in taken] == [("x", sent.message_id)]
    assert [method for method, _ in sandbox.telegram.requests].count("sendMessage") == 2


async def test_copies_forwards_and_deletions_change_the_chat(bot: Bot, ana: Phone) -> None:
    sent = await bot.send_message(ANA, "x")
    copy = await bot.copy_message(ANA, ANA, sent.message_id)
    forward = await bot.forward_message(ANA, ANA, sent.message_id)
    assert [shown.words.text for shown in ana.messages if shown.from_bot] == ["x"] * 3
    assert len({sent.message_id, copy.message_id, forward.message_id}) == 3
    await bot.delete_message(ANA, sent.message_id)
    assert len([shown for shown in ana.messages if shown.from_bot]) == 2
