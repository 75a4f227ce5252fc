"""A number in a digest brings that item as its own message, and is ticked."""

import logging

from telegram import Update

from sharebot.bot.context import Context, acknowledge, bot_id_of, runtime_of
from sharebot.bot.groups import refuse_stranger, speaker_of
from sharebot.bot.later import show_subject
from sharebot.store import answers, digests
from sharebot.store.recovery import prove_arrival
from sharebot.texts.digest import tell
from sharebot.values.taps import Tap

log = logging.getLogger(__name__)


async def on_show(update: Update, context: Context, tap: Tap) -> None:
    """Let the item come, if it still waits and was listed in the very message that was tapped."""
    runtime, query, officer = runtime_of(context), update.callback_query, speaker_of(context, update)
    if query is None:
        return
    if officer is None:
        await refuse_stranger(query, context)
        return
    message_id = query.message.message_id if query.message else 0
    address = query.message.chat.id if query.message else query.from_user.id
    with runtime.database.write() as session:
        item = answers.find_own(session, tap.number, bot_id=bot_id_of(context), address=address)
        digest = digests.find_digest(session, item, message_id=message_id) if item else None
        shown = None
        if item is not None and digest is not None:
            prove_arrival(session, digest.id or 0, message_id=message_id or None, now=runtime.now())
            shown = digests.show_item(session, item, now=runtime.now())
    if digest is None or shown is None:
        log.warning("tap on a foreign digest item=%d officer=%d", tap.number, officer.id)
        await acknowledge(query)
        return
    log.info("digest item=%d %s", tap.number, shown.value)
    await acknowledge(query, tell(officer.language, shown.value))
    await show_subject(runtime, digest, message_id=message_id)
