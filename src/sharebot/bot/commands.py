"""/help, /pause and /resume."""

from telegram import Update

from sharebot.bot.context import Context, officer_of, runtime_of, say
from sharebot.store import officers
from sharebot.texts import replies
from sharebot.values.status import OfficerStatus

_WRITTEN_TO = {OfficerStatus.ACTIVE, OfficerStatus.PAUSED}


async def on_help(update: Update, context: Context) -> None:
    """Explain how it works."""
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(context, update)
    if officer is not None and chat is not None:
        text = replies.help_text(officer.language, runtime.settings.organisation.name)
        await say(context.bot, chat.id, text)


async def on_pause(update: Update, context: Context) -> None:
    """Send nothing more until they come back."""
    runtime = runtime_of(context)
    officer = officer_of(context, update)
    if officer is None or officer.status not in _WRITTEN_TO:
        return
    with runtime.database.write() as session:
        officers.set_status(session, officer.id, old=OfficerStatus.ACTIVE, new=OfficerStatus.PAUSED)
    await _answer(update, context, replies.paused(officer.language))


async def on_resume(update: Update, context: Context) -> None:
    """Send again."""
    runtime = runtime_of(context)
    officer = officer_of(context, update)
    if officer is None or officer.status not in _WRITTEN_TO:
        return
    with runtime.database.write() as session:
        officers.come_back(session, officer.id, old=OfficerStatus.PAUSED, now=runtime.now())
    await _answer(update, context, replies.resumed(officer.language))


async def _answer(update: Update, context: Context, text: str) -> None:
    if update.effective_chat is not None:
        await say(context.bot, update.effective_chat.id, text)
