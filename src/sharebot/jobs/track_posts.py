"""Look at members' public accounts, and attribute what they posted."""

import logging
from datetime import timedelta

from sharebot.errors import TemporaryError
from sharebot.runtime import Runtime
from sharebot.store import reshares
from sharebot.trackers.seam import Observation, Tracker
from sharebot.values.status import Network

log = logging.getLogger(__name__)
LOOK_BACK = timedelta(days=8)


async def track_posts(runtime: Runtime) -> None:
    """Ask every network for what happened lately; looking twice changes nothing."""
    for network, tracker in runtime.trackers.items():
        try:
            await _track(runtime, network, tracker)
        except TemporaryError as error:
            log.warning("network not reached network=%s: %s", network.value, error)


async def _track(runtime: Runtime, network: Network, tracker: Tracker) -> None:
    since = runtime.now() - LOOK_BACK
    with runtime.database.read() as session:
        accounts = reshares.list_watched(session, network)
        subjects = reshares.list_subjects(session, network, since=since)
    _record(runtime, await tracker.observe(accounts, subjects=subjects, since=since))
    with runtime.database.read() as session:
        fresh = [uri for uri in reshares.list_subjects(session, network, since=since) if uri not in subjects]
    if fresh:
        # The Alliance's own post was seen just now: ask at once who repeated it.
        _record(runtime, await tracker.observe([], subjects=fresh, since=since))


def _record(runtime: Runtime, seen: Observation) -> None:
    now, short_base = runtime.now(), f"{runtime.settings.web.public_url}/r"
    missed = set(seen.missed)
    answered = {key: did for key, did in seen.resolved.items() if key not in missed}
    with runtime.database.write() as session:
        reshares.record_accounts(session, answered, dict(seen.failed), now=now)
        added = reshares.add_posts(session, seen.posts, short_base=short_base, now=now)
    if added.posts:
        log.info("posts observed posts=%d reshares=%d", added.posts, added.reshares)
