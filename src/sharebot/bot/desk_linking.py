"""/staff CODE: a person of staff links their Telegram account, and finds their commands in the menu."""

import logging
import re

from telegram import BotCommand, BotCommandScopeChat, Update
from telegram.error import TelegramError

from sharebot.bot.context import Context, bot_id_of, officer_of, runtime_of, say
from sharebot.bot.desk import refuse
from sharebot.store.audit import Change, record
from sharebot.store.staff_telegram import link_telegram
from sharebot.texts import desk as texts
from sharebot.texts.catalogue import languages
from sharebot.texts.help import officer_commands

log = logging.getLogger(__name__)
_CODE = re.compile(r"[A-Za-z0-9]{6,40}", re.ASCII)


async def on_staff(update: Update, context: Context) -> None:
    """Link the account that sends a good code in its private chat with the main bot."""
    runtime, chat, user = runtime_of(context), update.effective_chat, update.effective_user
    if chat is None or user is None or chat.id != user.id:
        return
    code = (context.args or [""])[0]
    if not _CODE.fullmatch(code) or bot_id_of(context) != next(iter(runtime.messengers), None):
        await refuse(update, context)
        return
    with runtime.database.write() as session:
        staff = link_telegram(session, code, user.id, runtime.now())
        if staff is not None:
            record(session, Change(staff.actor, "telegram.linked", staff.actor), now=runtime.now())
    if staff is None:
        await say(context, chat.id, texts.bad_code(_language_of(update)))
        return
    log.info("telegram linked staff=%d", staff.staff_id)
    name = staff.name or staff.email
    await say(context, chat.id, texts.linked(staff.language, name=name, role=staff.role, region=staff.region))
    await _show_menu(update, context, chat.id)


async def _show_menu(update: Update, context: Context, chat_id: int) -> None:
    """Put staff's commands into the menu of their private chat; an officer's stay beside them."""
    is_officer = officer_of(context, update) is not None
    scope = BotCommandScopeChat(chat_id)
    try:
        for language in languages():
            commands = texts.desk_commands(language)
            commands |= officer_commands(language) if is_officer else {}
            menu = [BotCommand(name, line) for name, line in commands.items()]
            code = "" if language == languages()[0] else language
            await context.bot.set_my_commands(menu, scope=scope, language_code=code)
    except TelegramError as error:
        log.warning("the menu of staff is not set: %s", type(error.__cause__ or error).__name__)


def _language_of(update: Update) -> str:
    code = (update.effective_user.language_code or "").partition("-")[0] if update.effective_user else ""
    return code if code in languages() else languages()[0]
