"""/stop and /go: staff stop everything in two steps, and let it go on."""

import logging

from telegram import Message

from sharebot.bot.context import say
from sharebot.bot.desk import Desk
from sharebot.store import bots
from sharebot.texts import desk as words
from sharebot.texts import desk_lists as texts
from sharebot.values import messages
from sharebot.values.status import PauseKind, StaffRole

log = logging.getLogger(__name__)
_LONGEST = 300


async def on_stop(desk: Desk) -> None:
    """Ask whether everything is to stop."""
    if not desk.may(StaffRole.APPROVER, whole=True):
        await say(desk.context, desk.chat_id, words.not_allowed(desk.staff.language))
        return
    reason = " ".join(desk.context.args or [])[:_LONGEST]
    await say(desk.context, desk.chat_id, texts.ask_stop(desk.staff.language, reason))


async def on_go(desk: Desk) -> None:
    """Let it go on."""
    if not desk.may(StaffRole.APPROVER, whole=True):
        await say(desk.context, desk.chat_id, words.not_allowed(desk.staff.language))
        return
    await say(desk.context, desk.chat_id, _end_stop(desk))


async def stop_now(desk: Desk, _: int) -> messages.Message | None:
    """Stop all bots; the reason stands in the question."""
    if not desk.may(StaffRole.APPROVER, whole=True):
        return None
    asked = desk.shown.text if isinstance(desk.shown, Message) else None
    reason = (asked or "").partition("\n\n")[2].strip()[:_LONGEST]
    with desk.change("bot.stopped", detail="in chat") as session:
        bots.get_bot(session)
        why = f"stopped by {desk.staff.email}{f': {reason}' if reason else ''}"
        bots.pause_bot(session, None, why, kind=PauseKind.STAFF)
    log.warning("everything is stopped by staff, in chat")
    return texts.stopped(desk.staff.language, name=desk.name, reason=reason)


async def go_on(desk: Desk, _: int) -> messages.Message | None:
    """Let it go on, from the button under the stop."""
    return _end_stop(desk) if desk.may(StaffRole.APPROVER, whole=True) else None


def _end_stop(desk: Desk) -> messages.Message:
    language, page = desk.staff.language, desk.runtime.settings.web.public_url
    with desk.runtime.database.read() as session:
        causes = {one.pause_kind for one in bots.list_bots(session)} - {None}
    if not causes:
        return messages.Message(texts.not_stopped(language))
    if causes != {PauseKind.STAFF}:
        return texts.stopped_otherwise(language, page_url=page)
    with desk.change("bot.resumed", detail="in chat") as session:
        bots.resume_bots(session)
    log.warning("sending goes on by staff, in chat")
    return messages.Message(texts.goes_on(language, name=desk.name))
