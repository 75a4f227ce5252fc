"""Bring staff's chat what is new to approve, and keep its cards up to date wherever things are decided."""

import logging

from sharebot.runtime import Runtime
from sharebot.store import draft_cards

log = logging.getLogger(__name__)


async def show_drafts(runtime: Runtime) -> None:
    """Queue the cards of new drafts, and have those shown anew whose contents stand differently."""
    staff_chat, now = runtime.settings.telegram.staff_chat, runtime.now()
    if runtime.clock_watch.find_trouble():
        return
    with runtime.database.write() as session:
        new = draft_cards.add_new(session, staff_chat=staff_chat, now=now) if staff_chat is not None else 0
        redrawn = draft_cards.redraw(session, now=now)
    if new or redrawn:
        log.info("cards of drafts new=%d redrawn=%d", new, redrawn)
