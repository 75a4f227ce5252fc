"""/help, and what is said to strangers."""

from telegram import Update

from sharebot.bot.context import Context, officer_of, runtime_of, say
from sharebot.bot.desk import find_staff
from sharebot.texts import help as texts
from sharebot.texts import replies
from sharebot.texts.desk import desk_help


async def on_help(update: Update, context: Context) -> None:
    """Explain how it works, to officers and in staff's chat; a stranger gets the neutral answer."""
    runtime, chat = runtime_of(context), update.effective_chat
    if chat is None:
        return
    organisation = runtime.settings.organisation
    officer = officer_of(context, update)
    if officer is not None:
        await say(context, chat.id, texts.officer_help(officer.language, organisation.name))
    elif chat.id == runtime.settings.telegram.staff_chat:
        await say(context, chat.id, texts.staff_help(organisation.languages[0]))
    elif chat.type == "private" and find_staff(context, update) is None:
        await say(context, chat.id, replies.neutral())
    desk = find_staff(context, update)
    if desk is not None:
        await say(context, chat.id, desk_help(desk.staff.language))
