"""What a handler gets: the runtime, and helpers to answer."""

from datetime import timedelta

from telegram import (
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import CallbackContext, ExtBot

from sharebot.runtime import Runtime
from sharebot.store.officers import OfficerView, find_by_chat
from sharebot.store.passing import note_message
from sharebot.values.messages import Message

Context = CallbackContext[ExtBot[None], dict[str, object], dict[str, object], dict[str, object]]
RUNTIME = "runtime"
BOT = "bot"
FAILURE = "failure"  # the name of what went wrong with the update that is being taken


def runtime_of(context: Context) -> Runtime:
    """Return the runtime that the application was built with."""
    runtime = context.bot_data[RUNTIME]
    assert isinstance(runtime, Runtime)  # noqa: S101 - `build_application` put it there
    return runtime


def bot_id_of(context: Context) -> int:
    """Return the id of our row of the bot that the update came to."""
    bot_id = context.bot_data[BOT]
    assert isinstance(bot_id, int)  # noqa: S101 - `build_application` put it there
    return bot_id


def officer_of(context: Context, update: Update) -> OfficerView | None:
    """Return the officer who wrote or tapped in their private chat, or None."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or user is None or chat.type != "private" or chat.id != user.id:
        return None
    with runtime_of(context).database.read() as session:
        return find_by_chat(session, chat.id, bot_id=bot_id_of(context))


async def say(context: Context, chat_id: int, message: Message | str) -> int:
    """Answer in a chat, at once and outside of the queue; return the id of the answer.

    To somebody at high risk it goes protected, and is deleted after a time like all that they get.
    """
    message = message if isinstance(message, Message) else Message(message)
    officer = _find_at_risk(context, chat_id)
    sent = await context.bot.send_message(
        chat_id,
        message.html,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard_of(message),
        link_preview_options=LinkPreviewOptions(is_disabled=message.preview_url is None, url=message.preview_url),
        protect_content=message.protected or officer is not None,
        message_thread_id=message.thread_id,
    )
    if officer is not None:
        note_passing(context, officer, sent.message_id)
    return sent.message_id


def note_passing(context: Context, officer: OfficerView, message_id: int) -> None:
    """Have a message in the chat of somebody at high risk deleted after a time."""
    runtime = runtime_of(context)
    delete_at = runtime.now() + timedelta(hours=runtime.settings.sending.delete_after_hours)
    with runtime.database.write() as session:
        note_message(session, officer.id, message_id, delete_at=delete_at)


def _find_at_risk(context: Context, chat_id: int) -> OfficerView | None:
    with runtime_of(context).database.read() as session:
        officer = find_by_chat(session, chat_id, bot_id=bot_id_of(context))
    return officer if officer is not None and officer.high_risk else None


async def show_instead(query: CallbackQuery, message: Message | str) -> None:
    """Replace the message that a tapped button hangs on; one that shows the same already is no error."""
    message = message if isinstance(message, Message) else Message(message)
    try:
        await query.edit_message_text(
            message.html,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard_of(message),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    except BadRequest as error:
        if "not modified" not in str(error):
            raise
    except NetworkError as error:
        # Our own connection says what Telegram refused as its cause.
        if "not modified" not in str(error.__cause__):
            raise


def keyboard_of(message: Message) -> InlineKeyboardMarkup | None:
    """Return the buttons in the library's form, or None."""
    rows = [
        [
            InlineKeyboardButton(
                button.text,
                url=button.url,
                callback_data=button.data,
                copy_text=CopyTextButton(button.copy) if button.copy else None,
            )
            for button in row
        ]
        for row in message.buttons
    ]
    return InlineKeyboardMarkup(rows) if rows else None


async def acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """End the spinner of a tapped button; a tap too old to be answered is no error."""
    try:
        await query.answer(text)
    except TelegramError:
        return
