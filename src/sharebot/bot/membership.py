"""The bot is blocked, unblocked, or added to a chat where it has no business."""

from telegram import ChatMember, Update
from telegram.constants import ChatType

from sharebot.bot.context import Context, officer_of, runtime_of
from sharebot.bot.groups import on_added, on_removed
from sharebot.bot.party_channels import on_standing
from sharebot.store import officers
from sharebot.values.status import OfficerStatus


async def on_my_chat_member(update: Update, context: Context) -> None:
    """Follow a private chat's block; in a group or channel, the bot's coming and going."""
    runtime, change = runtime_of(context), update.my_chat_member
    if change is None:
        return
    blocked = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    if change.chat.type != "private":
        telegram = runtime.settings.telegram
        is_ours = change.chat.id in {telegram.staff_chat, telegram.preview_chat, telegram.channel}
        was_outside = change.old_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
        if change.chat.type == ChatType.CHANNEL and not is_ours:
            await on_standing(change, context)
        elif blocked:
            on_removed(change, context)
        elif was_outside and not is_ours:
            await on_added(change, context)
        return
    officer = officer_of(context, update)
    if officer is None:
        return
    with runtime.database.write() as session:
        if blocked:
            officers.mark_unreachable(session, officer.id)
        else:
            officers.come_back(session, officer.id, old=OfficerStatus.UNREACHABLE, now=runtime.now())
