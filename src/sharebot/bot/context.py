"""What a handler gets: the runtime, and helpers to answer."""

from telegram import Bot, CallbackQuery, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import CallbackContext, ExtBot

from sharebot.messengers.telegram import keyboard_of
from sharebot.runtime import Runtime
from sharebot.store.officers import OfficerView, find_by_chat
from sharebot.values.messages import Message

Context = CallbackContext[ExtBot[None], dict[str, object], dict[str, object], dict[str, object]]
RUNTIME = "runtime"
FAILURE = "failure"  # the name of what went wrong with the update that is being taken


def runtime_of(context: Context) -> Runtime:
    """Return the runtime that the application was built with."""
    runtime = context.bot_data[RUNTIME]
    assert isinstance(runtime, Runtime)  # noqa: S101 - `build_application` put it there
    return runtime


def officer_of(runtime: Runtime, update: Update) -> OfficerView | None:
    """Return the officer who wrote or tapped in their private chat, or None."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or user is None or chat.type != "private" or chat.id != user.id:
        return None
    with runtime.database.read() as session:
        return find_by_chat(session, chat.id)


async def say(bot: Bot, chat_id: int, message: Message | str) -> None:
    """Answer in a chat, at once and outside of the queue."""
    message = message if isinstance(message, Message) else Message(message)
    await bot.send_message(chat_id, message.html, parse_mode=ParseMode.HTML, reply_markup=keyboard_of(message))


async def acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """End the spinner of a tapped button; a tap too old to be answered is no error."""
    try:
        await query.answer(text)
    except TelegramError:
        return
