"""Build the python-telegram-bot application: its types and handlers, without its updater and job queue."""

import logging
import warnings
from collections.abc import Callable
from datetime import datetime

from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ExtBot,
    MessageHandler,
    filters,
)
from telegram.warnings import PTBUserWarning

from sharebot.bot.commands import on_help, on_pause, on_resume
from sharebot.bot.context import BOT, FAILURE, RUNTIME, Context
from sharebot.bot.joining import on_language, on_start
from sharebot.bot.links import on_text
from sharebot.bot.membership import on_my_chat_member
from sharebot.bot.taps import on_tap
from sharebot.messengers.http import Http
from sharebot.messengers.request import Request
from sharebot.runtime import Runtime

log = logging.getLogger(__name__)

# What Telegram is asked for; anything else is not sent to us.
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
COMMANDS = {
    "start": on_start,
    "help": on_help,
    "language": on_language,
    "pause": on_pause,
    "resume": on_resume,
}
BotApplication = Application[ExtBot[None], Context, dict[str, object], dict[str, object], dict[str, object], None]


def build_bot(token: str, base_url: str, *, hear: Callable[[datetime], None] = lambda _: None) -> ExtBot[None]:
    """Return a bot that talks to `base_url`; nothing is sent yet. `hear` is told what time Telegram says it is."""
    return ExtBot(
        token,
        base_url=base_url,
        base_file_url=base_url.removesuffix("/bot") + "/file/bot",
        request=Request(Http(hear)),
        get_updates_request=Request(Http(hear)),
    )


def build_application(runtime: Runtime, bot: ExtBot[None], *, bot_id: int) -> BotApplication:
    """Return the application with its handlers; the caller initialises the bot when Telegram answers."""
    # Updates are wanted raw, so that they can be stored as they came; the library would rather parse them.
    warnings.filterwarnings("ignore", "Please use 'Bot.getUpdates'", PTBUserWarning)
    application: BotApplication = Application.builder().bot(bot).updater(None).job_queue(None).build()
    application.bot_data[RUNTIME], application.bot_data[BOT] = runtime, bot_id
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for name, handler in COMMANDS.items():
        application.add_handler(CommandHandler(name, handler, filters=private))
    application.add_handler(CallbackQueryHandler(on_tap))
    application.add_handler(ChatMemberHandler(on_my_chat_member, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(private & ~filters.FORWARDED, on_text))
    application.add_error_handler(on_error)
    return application


async def close_application(application: BotApplication) -> None:
    """Stop taking updates and close all connections, also when Telegram never answered."""
    if application.running:
        await application.stop()
    await application.shutdown()
    # The library closes only what it has opened itself; a message may have been sent before that.
    await application.bot.request.shutdown()


async def on_error(update: object, context: Context) -> None:
    """Log what went wrong in a handler and leave its name for the update's row; the next update goes on."""
    number = getattr(update, "update_id", 0)
    context.bot_data[FAILURE] = type(context.error).__name__
    log.error("update failed id=%s", number, exc_info=context.error)
