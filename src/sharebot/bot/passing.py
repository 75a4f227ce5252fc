"""What people at high risk write is deleted after a time, like what they get."""

from telegram import Update

from sharebot.bot.context import Context, note_passing, officer_of


async def on_anything(update: Update, context: Context) -> None:
    """Note a message of somebody at high risk, before anything else is done with it."""
    if update.message is None:
        return
    officer = officer_of(context, update)
    if officer is not None and officer.high_risk:
        note_passing(context, officer, update.message.message_id)
