"""Make the digests whose moment has come."""

import logging

from sharebot.runtime import Runtime
from sharebot.store import digests

log = logging.getLogger(__name__)


async def send_digests(runtime: Runtime) -> None:
    """List what is held for each officer whose digest is due; nothing by a clock that cannot be trusted."""
    if runtime.clock_watch.find_trouble():
        return
    with runtime.database.write() as session:
        made = digests.add_due(session, settings=runtime.settings, now=runtime.now())
    if made:
        log.info("digests made=%d", made)
