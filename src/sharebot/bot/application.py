"""Build the python-telegram-bot application: its types and handlers, without its updater and job queue."""

import logging
import warnings
from collections.abc import Callable
from datetime import datetime

from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.warnings import PTBUserWarning

from sharebot.bot.accounts import on_accounts
from sharebot.bot.channel import on_channel_post
from sharebot.bot.commands import on_help
from sharebot.bot.context import BOT, FAILURE, RUNTIME, Context, bot_id_of, runtime_of
from sharebot.bot.desk import for_staff
from sharebot.bot.desk_linking import on_staff
from sharebot.bot.desk_links import on_add
from sharebot.bot.desk_lists import on_drafts, on_nudge, on_queue, on_today, on_withdraw
from sharebot.bot.desk_report import on_report
from sharebot.bot.desk_stop import on_go, on_stop
from sharebot.bot.group_replies import on_group_message
from sharebot.bot.groups import on_here, on_migrated
from sharebot.bot.impact import on_impact
from sharebot.bot.inline import on_inline_chosen, on_inline_query
from sharebot.bot.joining import on_language, on_start
from sharebot.bot.leaving import on_export, on_forget, on_handover, on_pause, on_resume
from sharebot.bot.membership import on_my_chat_member
from sharebot.bot.messages import on_message
from sharebot.bot.party_channels import on_party_post
from sharebot.bot.passing import on_anything
from sharebot.bot.posts import on_edited
from sharebot.bot.settings import on_settings, on_zone
from sharebot.bot.taps import on_tap
from sharebot.config.settings import Telegram as TelegramSettings
from sharebot.errors import RateLimited
from sharebot.messengers.http import Http
from sharebot.messengers.request import Request
from sharebot.runtime import Runtime
from sharebot.store import bots

log = logging.getLogger(__name__)

# What Telegram is asked for; anything else is not sent to us.
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
)
COMMANDS = {
    "start": on_start,
    "help": on_help,
    "language": on_language,
    "settings": on_settings,
    "zone": on_zone,
    "impact": on_impact,
    "accounts": on_accounts,
    "pause": on_pause,
    "resume": on_resume,
    "handover": on_handover,
    "export": on_export,
    "forget": on_forget,
    "staff": on_staff,
}
# Of staff alone, in their private chat and in staff's.
DESK_COMMANDS = {
    "today": on_today,
    "queue": on_queue,
    "drafts": on_drafts,
    "approve": on_drafts,
    "add": on_add,
    "withdraw": on_withdraw,
    "nudge": on_nudge,
    "report": on_report,
    "stop": on_stop,
    "go": on_go,
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
    # Its debug log holds whole updates: who wrote, and what.
    library = logging.getLogger("telegram")
    library.setLevel(max(logging.INFO, library.getEffectiveLevel()))
    application: BotApplication = Application.builder().bot(bot).updater(None).job_queue(None).build()
    application.bot_data[RUNTIME], application.bot_data[BOT] = runtime, bot_id
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for name, handler in COMMANDS.items():
        application.add_handler(CommandHandler(name, handler, filters=private & ~filters.FORWARDED))
    own_words = (filters.ChatType.PRIVATE | filters.ChatType.GROUPS) & filters.UpdateType.MESSAGE & ~filters.FORWARDED
    for name, act in DESK_COMMANDS.items():
        application.add_handler(CommandHandler(name, for_staff(act), filters=own_words))
    if (staff := runtime.settings.telegram.staff_chat) is not None:
        application.add_handler(CommandHandler("help", on_help, filters=filters.Chat(staff) & ~filters.FORWARDED))
    application.add_handler(MessageHandler(private, on_anything), group=-1)
    _add_elsewhere(application, telegram=runtime.settings.telegram)
    application.add_handler(CallbackQueryHandler(on_tap))
    application.add_handler(ChatMemberHandler(on_my_chat_member, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(private, on_message))
    edited = filters.ChatType.PRIVATE & filters.UpdateType.EDITED_MESSAGE
    application.add_handler(MessageHandler(edited, on_edited))
    application.add_error_handler(on_error)
    return application


def _add_elsewhere(application: BotApplication, *, telegram: TelegramSettings) -> None:
    """Add the handlers of what happens outside of private chats."""
    group = filters.ChatType.GROUPS & filters.UpdateType.MESSAGE
    application.add_handler(CommandHandler("here", on_here, filters=group & ~filters.FORWARDED))
    application.add_handler(MessageHandler(group & filters.StatusUpdate.MIGRATE, on_migrated))
    application.add_handler(MessageHandler(group & ~filters.FORWARDED, on_group_message))
    posts = filters.UpdateType.CHANNEL_POSTS
    if telegram.channel is not None:
        application.add_handler(MessageHandler(posts & filters.Chat(telegram.channel), on_channel_post))
    own = [chat for chat in (telegram.channel, telegram.staff_chat, telegram.preview_chat) if chat is not None]
    application.add_handler(MessageHandler(posts & ~filters.Chat(own), on_party_post))
    application.add_handler(InlineQueryHandler(on_inline_query))
    application.add_handler(ChosenInlineResultHandler(on_inline_chosen))


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
    cause = context.error.__cause__ if context.error else None
    if isinstance(cause, RateLimited):
        runtime = runtime_of(context)
        with runtime.database.write() as session:
            bots.halt(session, bot_id_of(context), cause.retry_after, now=runtime.now())
    context.bot_data[FAILURE] = type(context.error).__name__
    log.error("update failed id=%s", number, exc_info=context.error)
