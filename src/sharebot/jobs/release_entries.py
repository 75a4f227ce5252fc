"""Release approved entries whose time has come into deliveries."""

import logging

from sharebot.runtime import Runtime
from sharebot.store import queue

log = logging.getLogger(__name__)


async def release_entries(runtime: Runtime) -> None:
    """Release every due entry, each in one transaction: all its deliveries or none.

    Nothing is released by a clock that cannot be trusted, or, where there is a bot, before it was compared.
    """
    watch = runtime.clock_watch
    if trouble := watch.find_trouble():
        log.error("nothing is released: %s", trouble)
        return
    if runtime.messengers and watch.off is None:
        return
    with runtime.database.write() as session:
        queue.expire_entries(session, now=runtime.now())
        due = queue.list_due_entries(session, now=runtime.now())
    for entry_id in due:
        with runtime.database.write() as session:
            released = queue.release(
                session,
                entry_id,
                settings=runtime.settings,
                new_code=runtime.new_code,
                now=runtime.now(),
            )
        if released is None:
            log.warning("entry not released id=%d: edited after approval", entry_id)
            continue
        log.info(
            "entry released id=%d deliveries=%d left_out=%d",
            entry_id,
            released.deliveries,
            released.left_out,
        )
