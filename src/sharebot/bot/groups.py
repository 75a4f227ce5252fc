"""A party's group: the bot comes in with an officer, /here says where items arrive, and only officers answer."""

import logging

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType

from sharebot.bot.context import Context, acknowledge, bot_id_of, officer_of, runtime_of, say
from sharebot.store import groups
from sharebot.store.chats import find_chat
from sharebot.store.officers import OfficerView, come_back, mark_unreachable
from sharebot.texts import groups as texts
from sharebot.values import messages
from sharebot.values.status import OfficerStatus

log = logging.getLogger(__name__)
GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}
_OFF = "off"


def speaker_of(context: Context, update: Update) -> OfficerView | None:
    """Return the officer who wrote or tapped, in their private chat or in their party's group, or None."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or user is None or chat.type not in GROUPS:
        return officer_of(context, update)
    with runtime_of(context).database.read() as session:
        return groups.find_speaker(session, group=chat.id, user=user.id, bot_id=bot_id_of(context))


def thread_of(message: object) -> int | None:
    """Return the topic that a message stands in, or None; an answer outside of topics has a thread too."""
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None


async def refuse_stranger(query: CallbackQuery, context: Context) -> None:
    """Tell a member of a group who is no officer of its party that they have no say."""
    chat = query.message.chat if query.message else None
    if chat is None or chat.type not in GROUPS:
        return
    with runtime_of(context).database.read() as session:
        seat = groups.find_group_seat(session, chat.id, bot_id=bot_id_of(context))
    log.warning("tap of a stranger in a group officer=%d", seat.id if seat else 0)
    await acknowledge(query, texts.only_officers(seat.language, seat.member_name) if seat else None)


async def on_added(change: ChatMemberUpdated, context: Context) -> None:
    """Stay where an active officer brought the bot, and say how items get there; leave anybody else's group.

    A party's own group stays that whoever brings the bot: an upgrade to a supergroup does so in an admin's name.
    """
    runtime, bot_id = runtime_of(context), bot_id_of(context)
    with runtime.database.read() as session:
        officer = groups.find_enrolled(session, change.from_user.id, bot_id=bot_id)
        seat = groups.find_group_seat(session, change.chat.id, bot_id=bot_id)
    if change.chat.type not in GROUPS or (officer is None and seat is None):
        await context.bot.leave_chat(change.chat.id)
    elif officer is not None:
        await say(context, change.chat.id, texts.invite_here(officer.language))


def on_removed(change: ChatMemberUpdated, context: Context) -> None:
    """Write no more to a group that the bot was removed from; private seats count again."""
    with runtime_of(context).database.write() as session:
        seat = groups.find_group_seat(session, change.chat.id, bot_id=bot_id_of(context))
        if seat is not None:
            mark_unreachable(session, seat.id)


async def on_here(update: Update, context: Context) -> None:
    """Have the party's items arrive where an active officer of it writes this; "off" ends that."""
    runtime, message, user = runtime_of(context), update.message, update.effective_user
    telegram = runtime.settings.telegram
    if message is None or user is None or message.chat.id in {telegram.staff_chat, telegram.preview_chat}:
        return
    bot_id, address, thread_id = bot_id_of(context), message.chat.id, thread_of(message)
    with runtime.database.write() as session:
        officer = groups.find_enrolled(session, user.id, bot_id=bot_id)
        if officer is None:
            return
        if context.args == [_OFF]:
            done = groups.end_group(session, officer, bot_id=bot_id, address=address)
            words = texts.ended(officer.language) if done else texts.not_linked(officer.language)
        else:
            became = groups.link_group(
                session, officer, bot_id=bot_id, address=address, thread_id=thread_id, now=runtime.now()
            )
            is_taken = became is groups.Linking.TAKEN
            words = texts.taken(officer.language) if is_taken else texts.linked(officer.language, officer.member_name)
    log.info("here officer=%d", officer.id)
    await say(context, address, messages.Message(words, thread_id=thread_id))


async def on_migrated(update: Update, context: Context) -> None:
    """Follow a group that became a supergroup, which has another id."""
    runtime, message = runtime_of(context), update.message
    if message is None or message.migrate_to_chat_id is None:
        return
    with runtime.database.write() as session:
        chat = find_chat(session, bot_id_of(context), message.chat.id)
        if chat is not None and chat.id is not None:
            groups.follow_migration(session, chat.id, message.migrate_to_chat_id)
            seat = groups.find_group_seat(session, message.migrate_to_chat_id, bot_id=bot_id_of(context))
            if seat is not None:
                # The old chat may have told of the bot's going before.
                come_back(session, seat.id, old=OfficerStatus.UNREACHABLE, now=runtime.now())
