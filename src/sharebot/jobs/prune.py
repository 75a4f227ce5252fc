"""Delete what need not be kept any more.

Click material when its day is over, updates after a week, chats that never agreed, lighter files that are not sent,
places in looks at networks that nobody goes on from.
"""

import asyncio
from datetime import timedelta

from sharebot.runtime import Runtime
from sharebot.store import api_replies, campaigns, erasure, inbox, links, officers, renditions, tracking, webhooks

UPDATES = timedelta(days=7)


async def prune(runtime: Runtime) -> None:
    """Delete raw material past its time."""
    if runtime.clock_watch.find_trouble():
        return
    now = runtime.now()
    with runtime.database.write() as session:
        links.forget_visitors(session, now=now)
        inbox.delete_done(session, before=now - UPDATES)
        officers.free_silent(session, now=now)
        renditions.forget_old(session, now=now)
        api_replies.forget_replies(session, now=now)
        webhooks.forget_calls(session, now=now)
        tracking.forget_cursors(session, now=now)
        campaigns.keep_days(session, today=now.date())
    # What was erased must not outlive the hour in the log either.
    await asyncio.to_thread(erasure.press_out, runtime.database)
