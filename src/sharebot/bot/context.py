"""What a handler gets: the runtime, and helpers to answer."""

from telegram import Bot, CallbackQuery, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import CallbackContext, ExtBot

from sharebot.runtime import Runtime
from sharebot.store.officers import OfficerView, find_by_chat
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


async def say(bot: Bot, chat_id: int, message: Message | str) -> None:
    """Answer in a chat, at once and outside of the queue."""
    message = message if isinstance(message, Message) else Message(message)
    await bot.send_message(chat_id, message.html, parse_mode=ParseMode.HTML, reply_markup=keyboard_of(message))


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
