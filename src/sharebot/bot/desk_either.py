"""Messages and taps of somebody who is both staff and an officer: they say in which of the two they mean it."""

from telegram import Message, Update

from sharebot.bot.context import Context, officer_of, say, show_instead
from sharebot.bot.desk import Desk, find_staff
from sharebot.bot.desk_links import ask_whom, may_be_either, take_draft, take_message
from sharebot.bot.desk_lists import on_desk
from sharebot.bot.forwards import on_forward
from sharebot.bot.posts import take_links, words_of
from sharebot.rules.pasted_links import find_links
from sharebot.store.officers import OfficerView
from sharebot.texts import desk_lists as texts
from sharebot.texts.desk import desk_help
from sharebot.values.taps import Tap

_WHO = {"staff", "officer"}


async def take_for_desk(update: Update, context: Context, officer: OfficerView | None) -> bool:
    """Take a private message of somebody of staff; False when it is not for the desk.

    Whoever is an officer as well is asked first, unless it answers an item, which is an officer's work.
    """
    message = update.message
    if message is None:
        return False
    desk = find_staff(context, update)
    if desk is None:
        return False
    if officer is None:
        return await take_message(update, context) or await _explain(desk, message)
    if message.reply_to_message is not None:
        return await _take_note_alone(update, context)
    if not may_be_either(message):
        return False
    await ask_whom(desk, message)
    return True


async def _explain(desk: Desk, message: Message) -> bool:
    """Say how it works to somebody of staff who writes what the bot does not understand."""
    if (message.text or "").startswith("/"):
        return False
    await say(desk.context, desk.chat_id, desk_help(desk.staff.language))
    return True


async def _take_note_alone(update: Update, context: Context) -> bool:
    message = update.message
    if message is None or find_links(words_of(message)):
        return False
    return await take_message(update, context)


async def on_desk_tap(update: Update, context: Context, tap: Tap) -> None:
    """Carry out a tap of staff's; the word on whose work a message is goes back to that message."""
    if tap.argument not in _WHO:
        await on_desk(update, context, tap)
        return
    desk, officer = find_staff(context, update), officer_of(context, update)
    asked = desk.shown if desk else None
    meant = asked.reply_to_message if isinstance(asked, Message) else None
    if desk is None or officer is None or meant is None or desk.query is None:
        return
    await desk.toast()
    await show_instead(desk.query, texts.understood(desk.staff.language, as_staff=tap.argument == "staff"))
    if tap.argument == "staff":
        await take_draft(desk, meant)
    elif meant.forward_origin is not None:
        await on_forward(context, officer, meant)
    else:
        await take_links(context, officer, meant, find_links(words_of(meant)), item=None)
