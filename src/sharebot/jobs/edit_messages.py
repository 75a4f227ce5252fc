"""Show delivered messages anew: corrected, withdrawn, free to be shared. An edit may safely happen twice."""

import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from sharebot.errors import PermanentError, SharebotError
from sharebot.jobs.refusals import obey
from sharebot.runtime import Runtime
from sharebot.store import bots, edits
from sharebot.store.edits import DueEdit
from sharebot.store.subjects import get_subjects
from sharebot.store.taking import find_end
from sharebot.texts.compose import compose
from sharebot.values.messages import Message

log = logging.getLogger(__name__)
_RETRY = timedelta(seconds=30)


async def edit_messages(runtime: Runtime) -> None:
    """Edit what is due, at the pace of sending; a halt of the bot holds edits as well."""
    with runtime.database.read() as session:
        due = edits.list_due(session, now=runtime.now())
    for edit in due:
        if runtime.stopping.is_set():
            return
        await _edit(runtime, edit)
        await runtime.clock.sleep(1 / runtime.settings.telegram.per_second)


async def _edit(runtime: Runtime, edit: DueEdit) -> None:
    messenger = runtime.messengers.get(edit.bot_id)
    with runtime.database.read() as session:
        if messenger is None or bots.is_halted(session, edit.bot_id, now=runtime.now()):
            return
        message = _write(session, edit, runtime)
    if message is None:
        with runtime.database.write() as session:
            edits.end_edit(session, edit, now=runtime.now())
        return
    error: SharebotError | None = None
    try:
        await messenger.edit(edit.address, edit.message_id, message)
    except SharebotError as failure:
        error = failure
    with runtime.database.write() as session:
        if error is not None and obey(session, edit.bot_id, error, now=runtime.now()):
            return  # said of the bot, not of the message: the edit waits
        if error is None or isinstance(error, PermanentError):
            lasts = timedelta(hours=runtime.settings.sending.lock_hours)
            free_at = find_end(session, edit.delivery_id, now=runtime.now(), lasts=lasts)
            edits.end_edit(session, edit, now=runtime.now(), again_at=free_at)
        else:
            edits.end_edit(session, edit, now=runtime.now(), again_at=runtime.now() + _RETRY)
    log.info("message edited delivery=%d %s", edit.delivery_id, type(error).__name__ if error else "ok")


def _write(session: Session, edit: DueEdit, runtime: Runtime) -> Message | None:
    """Return what to show; one that cannot be written is None, and does not hold up all the others."""
    kinds = {edit.delivery_id: edit.kind}
    try:
        subjects = get_subjects(session, kinds, settings=runtime.settings, now=runtime.now())
        return compose(subjects[edit.delivery_id])
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("message not composed delivery=%d", edit.delivery_id)
        return None
