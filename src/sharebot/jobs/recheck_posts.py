"""Look whether posts that counted are still there, a day and a week after they were first seen."""

import logging
from collections.abc import Mapping, Sequence

from sharebot.errors import RateLimited, TemporaryError
from sharebot.jobs.stopping import unless_stopping
from sharebot.rules.tracking import Outcome
from sharebot.runtime import Runtime
from sharebot.store import rechecks, tracking
from sharebot.store.rechecks import DuePost
from sharebot.trackers.seam import Tracker
from sharebot.values.status import Network
from sharebot.values.tracking import TrackerStatus

log = logging.getLogger(__name__)


async def recheck_posts(runtime: Runtime) -> None:
    """Ask every network that answers for the posts that are due there; a post is gone only when it says so."""
    short_base = f"{runtime.settings.web.public_url}/r"
    for network, tracker in runtime.trackers.items():
        if runtime.stopping.is_set() or runtime.clock_watch.find_trouble():
            return
        with runtime.database.write() as session:
            rechecks.match_again(session, network, short_base=short_base, now=runtime.now())
        await _recheck(runtime, network, tracker)


async def _recheck(runtime: Runtime, network: Network, tracker: Tracker) -> None:
    now = runtime.now()
    with runtime.database.read() as session:
        due = rechecks.list_due(session, network, now=now) if tracking.answers(session, network) else []
    if not due:
        return
    try:
        found = await unless_stopping(runtime, _ask(tracker, due))
    except RateLimited as error:
        with runtime.database.write() as session:
            outcome = Outcome(TrackerStatus.LIMITED, wait=error.retry_after)
            tracking.note_look(session, network, outcome, every=tracker.every, now=now)
        return
    except TemporaryError as error:
        log.warning("posts not looked for network=%s: %s", network.value, error)
        return
    if found is None:
        return
    with runtime.database.write() as session:
        changed = rechecks.record(session, network, due, found, now=now)
    log.info("posts looked for network=%s posts=%d gone=%d back=%d", network.value, len(due), *changed)


async def _ask(tracker: Tracker, due: Sequence[DuePost]) -> Mapping[str, bool]:
    return await tracker.recheck([one.post for one in due])
