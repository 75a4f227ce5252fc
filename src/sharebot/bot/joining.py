"""/start with an invitation, and the choice of a language."""

from telegram import Update

from sharebot.bot.context import Context, acknowledge, bot_id_of, officer_of, runtime_of, say
from sharebot.store import officers
from sharebot.texts import replies
from sharebot.texts.catalogue import languages
from sharebot.texts.officer import choose_language
from sharebot.values.status import OfficerStatus
from sharebot.values.taps import Tap


async def on_start(update: Update, context: Context) -> None:
    """Seat the chat that brings a good invitation; answer all others alike."""
    runtime, chat = runtime_of(context), update.effective_chat
    if chat is None or chat.type != "private":
        return
    officer = officer_of(context, update)
    if officer is not None:
        with runtime.database.write() as session:
            officers.come_back(session, officer.id, old=OfficerStatus.UNREACHABLE, now=runtime.now())
        await say(context.bot, chat.id, replies.status(officer.language, officer.member_name))
        return
    token = (context.args or [""])[0]
    with runtime.database.write() as session:
        joined = officers.join(session, token, bot_id=bot_id_of(context), address=chat.id, now=runtime.now())
    if joined is None:
        await say(context.bot, chat.id, replies.neutral())
        return
    await say(context.bot, chat.id, choose_language(joined.language))
    await say(context.bot, chat.id, replies.waiting(joined.language, runtime.settings.organisation.name))


async def on_language(update: Update, context: Context) -> None:
    """Offer the languages."""
    officer = officer_of(context, update)
    if officer is not None and update.effective_chat is not None:
        await say(context.bot, update.effective_chat.id, choose_language(officer.language))


async def on_language_chosen(update: Update, context: Context, tap: Tap) -> None:
    """Speak the chosen language from now on."""
    runtime, query = runtime_of(context), update.callback_query
    officer = officer_of(context, update)
    if query is None or officer is None or tap.argument not in languages():
        return
    with runtime.database.write() as session:
        officers.set_language(session, officer.id, tap.argument)
    await acknowledge(query)
    await query.edit_message_text(replies.language_set(tap.argument))
