"""Come back to what officers took or left for later, and to officers whose pause is over."""

import logging

from sharebot.runtime import Runtime
from sharebot.store import officers, reminders

log = logging.getLogger(__name__)


async def remind(runtime: Runtime) -> None:
    """Plan and queue reminders; nothing by a clock that cannot be trusted."""
    if runtime.clock_watch.find_trouble():
        return
    settings, now = runtime.settings, runtime.now()
    with runtime.database.write() as session:
        woken = officers.wake_due(session, now=now)
        reminders.plan_questions(session, settings=settings, now=now)
        made = reminders.add_due(session, settings=settings, now=now)
    if woken or made:
        log.info("reminders=%d officers_back=%d", made, len(woken))
