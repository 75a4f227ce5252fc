"""What an officer writes that is no command: links to posts, forwards, translations; else a hint."""

from telegram import Update

from sharebot.bot.accounts import offer_address
from sharebot.bot.context import Context, officer_of, runtime_of, say
from sharebot.bot.desk_either import take_for_desk
from sharebot.bot.forwards import on_forward
from sharebot.bot.posts import take_links, words_of
from sharebot.bot.proposals import ask_for_language, is_translation
from sharebot.rules.pasted_links import find_links
from sharebot.rules.profiles import names_server
from sharebot.store import posts
from sharebot.texts import replies
from sharebot.values.status import OfficerStatus

_TAKING_PART = {OfficerStatus.ACTIVE, OfficerStatus.PAUSED, OfficerStatus.UNREACHABLE}


async def on_message(update: Update, context: Context) -> None:
    """Take a message of an officer for what it is."""
    runtime, message = runtime_of(context), update.message
    officer = officer_of(context, update)
    if message is None or await take_for_desk(update, context, officer):
        return
    if officer is None:
        if not (message.text or "").startswith("/"):
            await say(context, message.chat_id, replies.neutral())
        return
    answered = message.reply_to_message.message_id if message.reply_to_message else 0
    with runtime.database.read() as session:
        item = posts.find_by_message(session, officer.id, answered) if answered else None
    takes_part = officer.status in _TAKING_PART
    if takes_part and message.forward_origin is not None:
        await on_forward(context, officer, message)
    elif takes_part and names_server(message.text or ""):
        await offer_address(context, officer, message.chat_id, message.text or "")
    elif takes_part and (links := find_links(words_of(message))):
        await take_links(context, officer, message, links, item=item)
    elif takes_part and item is not None and is_translation(message.text or ""):
        await ask_for_language(context, officer, message, item)
    else:
        await say(context, message.chat_id, replies.not_understood(officer.language))
