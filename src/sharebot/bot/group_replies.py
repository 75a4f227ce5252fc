"""What an officer writes in the party's group in reply to an item: a link, or a translation; the rest is not for us."""

from telegram import Update

from sharebot.bot.context import Context, bot_id_of, runtime_of
from sharebot.bot.desk import is_staff_chat
from sharebot.bot.desk_links import take_message
from sharebot.bot.groups import speaker_of
from sharebot.bot.posts import take_links, words_of
from sharebot.bot.proposals import ask_for_language, has_title_and_text
from sharebot.rules.pasted_links import find_links
from sharebot.store import groups, posts


async def on_group_message(update: Update, context: Context) -> None:
    """Take what stands in staff's chat for the desk; in a party's group, answers to items alone."""
    message = update.message
    if message is None:
        return
    if is_staff_chat(context, message.chat_id):
        await take_message(update, context)
    elif message.reply_to_message is not None:
        await on_group_reply(update, context)


async def on_group_reply(update: Update, context: Context) -> None:
    """Take links under an item as claims of it, a title with a text as its translation; other talk is the group's."""
    message, officer = update.message, speaker_of(context, update)
    if message is None or message.reply_to_message is None or officer is None:
        return
    links = find_links(words_of(message))
    if not links and not has_title_and_text(message.text or ""):
        return
    answered = message.reply_to_message.message_id
    with runtime_of(context).database.read() as session:
        seat = groups.find_group_seat(session, message.chat.id, bot_id=bot_id_of(context))
        item = posts.find_by_message(session, seat.id, answered) if seat else None
    if item is not None and not links:
        await ask_for_language(context, officer, message, item)
    elif item is not None:
        await take_links(context, officer, message, links, item=item)
