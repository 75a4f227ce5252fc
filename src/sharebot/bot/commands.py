"""/help, /pause and /resume."""

from telegram import Update

from sharebot.bot.context import Context, officer_of, runtime_of, say
from sharebot.store import officers
from sharebot.texts import replies
from sharebot.values.status import OfficerStatus


async def on_help(update: Update, context: Context) -> None:
    """Explain how it works."""
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(runtime, update)
    if officer is not None and chat is not None:
        text = replies.help_text(officer.language, runtime.settings.organisation.name)
        await say(context.bot, chat.id, text)


async def on_pause(update: Update, context: Context) -> None:
    """Send nothing more until they come back."""
    await _switch(update, context, OfficerStatus.ACTIVE, OfficerStatus.PAUSED)


async def on_resume(update: Update, context: Context) -> None:
    """Send again."""
    await _switch(update, context, OfficerStatus.PAUSED, OfficerStatus.ACTIVE)


async def _switch(update: Update, context: Context, old: OfficerStatus, new: OfficerStatus) -> None:
    runtime, chat = runtime_of(context), update.effective_chat
    officer = officer_of(runtime, update)
    if officer is None or chat is None or officer.status not in {old, new}:
        return
    with runtime.database.write() as session:
        officers.set_status(session, officer.id, old=old, new=new)
    paused = new is OfficerStatus.PAUSED
    await say(context.bot, chat.id, (replies.paused if paused else replies.resumed)(officer.language))
