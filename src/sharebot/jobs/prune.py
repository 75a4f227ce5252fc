"""Delete what need not be kept: click material after 48 hours, updates after a week."""

from datetime import timedelta

from sharebot.runtime import Runtime
from sharebot.store import retention

CLICKS = timedelta(hours=48)
UPDATES = timedelta(days=7)


async def prune(runtime: Runtime) -> None:
    """Delete raw material past its time."""
    now = runtime.now()
    with runtime.database.write() as session:
        retention.delete_click_material(session, before=(now - CLICKS).date())
        retention.delete_updates(session, before=now - UPDATES)
