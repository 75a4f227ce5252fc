"""Delete what need not be kept: click material after 48 hours, updates after a week."""

from datetime import timedelta

from sharebot.runtime import Runtime
from sharebot.store import inbox, links

UPDATES = timedelta(days=7)


async def prune(runtime: Runtime) -> None:
    """Delete raw material past its time."""
    if runtime.clock_watch.find_trouble():
        return
    now = runtime.now()
    with runtime.database.write() as session:
        links.forget_visitors(session, now=now)
        inbox.delete_done(session, before=now - UPDATES)
