"""Delete what must not stay: messages of people at high risk, and chats that have had their farewell."""

import asyncio
import logging
from datetime import timedelta

from sharebot.errors import PermanentError, SharebotError
from sharebot.jobs.refusals import obey
from sharebot.runtime import Runtime
from sharebot.store import bots, erasure, farewells, passing
from sharebot.store.passing import DueDeletion

log = logging.getLogger(__name__)
_RETRY = timedelta(minutes=5)


async def delete_messages(runtime: Runtime) -> None:
    """Delete what is due, at the pace of sending; a halt of the bot holds deletions as well."""
    now, after = runtime.now(), timedelta(hours=runtime.settings.sending.delete_after_hours)
    with runtime.database.write() as session:
        passing.note_deliveries(session, after=after, now=now)
        forgotten = farewells.forget_told(session, now=now)
        due = passing.list_due(session, now=now)
    if forgotten:
        await asyncio.to_thread(erasure.press_out, runtime.database)
        log.info("chats forgotten n=%d", forgotten)
    for one in due:
        if runtime.stopping.is_set():
            return
        await _delete(runtime, one)
        await runtime.clock.sleep(1 / runtime.settings.telegram.per_second)


async def _delete(runtime: Runtime, due: DueDeletion) -> None:
    messenger = runtime.messengers.get(due.bot_id)
    with runtime.database.read() as session:
        if messenger is None or bots.is_halted(session, due.bot_id, now=runtime.now()):
            return
    error: SharebotError | None = None
    try:
        await messenger.delete(due.address, due.message_id)
    except SharebotError as failure:
        error = failure
    with runtime.database.write() as session:
        if error is not None and obey(session, due.bot_id, error, now=runtime.now()):
            return  # said of the bot, not of the message: the deletion waits
        if error is None or isinstance(error, PermanentError):
            passing.end_message(session, due)
        else:
            passing.retry_later(session, due, at=runtime.now() + _RETRY)
    if error is not None:
        log.warning("message not deleted: %s", type(error).__name__)
