"""Telegram's menus of commands, by language and by who reads them."""

import logging

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError
from telegram.ext import ExtBot

from sharebot.config.settings import Settings
from sharebot.errors import PermanentError, RateLimited
from sharebot.texts.catalogue import SOURCE_LANGUAGE, languages
from sharebot.texts.desk import desk_commands
from sharebot.texts.groups import group_commands
from sharebot.texts.help import officer_commands

log = logging.getLogger(__name__)


async def set_menus(bot: ExtBot[None], settings: Settings) -> bool:
    """Tell Telegram the commands of officers, groups and staff's chat, in every language.

    False when it should be tried again later; what Telegram refuses is only logged. Raises TelegramError on a 429.
    """
    try:
        for language in languages():
            # Whoever reads Telegram in a language that we do not speak gets English.
            code = "" if language == SOURCE_LANGUAGE else language
            for scope, commands in (
                (BotCommandScopeAllPrivateChats(), officer_commands(language)),
                (BotCommandScopeAllGroupChats(), group_commands(language)),
            ):
                await bot.set_my_commands(_menu(commands), scope=scope, language_code=code)
            if (staff := settings.telegram.staff_chat) is not None:
                menu = _menu(desk_commands(language))
                await bot.set_my_commands(menu, scope=BotCommandScopeChat(staff), language_code=code)
    except TelegramError as error:
        if isinstance(error.__cause__, RateLimited):
            raise
        log.warning("the menus of commands are not set: %s", type(error.__cause__ or error).__name__)
        return isinstance(error.__cause__, PermanentError)
    return True


def _menu(commands: dict[str, str]) -> list[BotCommand]:
    return [BotCommand(name, line) for name, line in commands.items()]
