"""The bot is blocked, unblocked, or added to a chat where it has no business."""

from telegram import ChatMember, Update

from sharebot.bot.context import Context, officer_of, runtime_of
from sharebot.store import officers
from sharebot.values.status import OfficerStatus


async def on_my_chat_member(update: Update, context: Context) -> None:
    """Follow a private chat's block; leave any group or channel."""
    runtime, change = runtime_of(context), update.my_chat_member
    if change is None:
        return
    blocked = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    if change.chat.type != "private":
        telegram = runtime.settings.telegram
        if not blocked and change.chat.id not in {telegram.staff_chat, telegram.preview_chat}:
            await context.bot.leave_chat(change.chat.id)
        return
    officer = officer_of(context, update)
    if officer is None:
        return
    with runtime.database.write() as session:
        if blocked:
            officers.mark_unreachable(session, officer.id)
        else:
            officers.come_back(session, officer.id, old=OfficerStatus.UNREACHABLE, now=runtime.now())
