"""Look at members' public accounts, and attribute what they posted."""

import logging
from collections.abc import AsyncGenerator

from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.jobs.stopping import unless_stopping
from sharebot.rules.tracking import FAILING_AT, Outcome
from sharebot.runtime import Runtime
from sharebot.store import reshares, tracking
from sharebot.store.lost import lose_posts
from sharebot.trackers.seam import Look, Observation, Tracker
from sharebot.values.status import Network
from sharebot.values.tracking import TrackerStatus

log = logging.getLogger(__name__)


async def track_posts(runtime: Runtime) -> None:
    """Ask every network that is due, one after the other; looking twice changes nothing."""
    for network in runtime.trackers:
        await track_network(runtime, network)


async def track_network(runtime: Runtime, network: Network) -> None:
    """Ask one network, when it is switched on and due, and when this machine's clock can be trusted.

    A look that was broken off, since the process ends, is not noted: the next process goes on with it.
    """
    tracker = runtime.trackers.get(network)
    with runtime.database.read() as session:
        is_due = tracking.is_due(session, network, now=runtime.now())
    if tracker is None or not is_due or runtime.clock_watch.find_trouble():
        return
    outcome = await unless_stopping(runtime, _try(runtime, network, tracker))
    if outcome is None or runtime.stopping.is_set():
        return
    with runtime.database.write() as session:
        tracking.note_look(session, network, outcome, every=tracker.every, now=runtime.now())


async def _try(runtime: Runtime, network: Network, tracker: Tracker) -> Outcome:
    try:
        await _identify(runtime, network, tracker)
        await _observe(runtime, network, tracker)
    except RateLimited as error:
        log.info("network asks to wait network=%s seconds=%s", network.value, error.retry_after)
        return Outcome(TrackerStatus.LIMITED, wait=error.retry_after)
    except Spent as error:
        log.warning("budget spent network=%s: %s", network.value, error)
        return Outcome(TrackerStatus.SPENT, str(error))
    except TemporaryError as error:
        log.warning("network not reached network=%s: %s", network.value, error)
        with runtime.database.read() as session:
            failures = tracking.get_state(session, network).failures + 1
        status = TrackerStatus.FAILING if failures >= FAILING_AT else TrackerStatus.RUNNING
        return Outcome(status, str(error), error.retry_after)
    return Outcome()


async def _identify(runtime: Runtime, network: Network, tracker: Tracker) -> None:
    now = runtime.now()
    with runtime.database.read() as session:
        due = tracking.list_unidentified(session, network, before=now - tracker.identify_every)
    if not due:
        return
    found = await tracker.identify(due)
    with runtime.database.write() as session:
        changed = tracking.record_identities(session, found, now=now)
    for account_id in changed:
        log.warning("account renamed or taken over id=%d network=%s", account_id, network.value)


async def _observe(runtime: Runtime, network: Network, tracker: Tracker) -> None:
    with runtime.database.read() as session:
        look = tracking.build_look(session, network, runtime.settings, now=runtime.now())
    await _record(runtime, network, tracker, look)
    if runtime.stopping.is_set():
        return
    with runtime.database.read() as session:
        after = tracking.build_look(session, network, runtime.settings, now=runtime.now())
    fresh = [one for one in after.subjects if one not in look.subjects]
    if fresh:
        # The Alliance's own post was seen just now: ask at once who repeated it.
        repeats = Look([], fresh, look.since, look.now, after.cursors, look.hosts, watched=after.watched)
        await _record(runtime, network, tracker, repeats)


async def _record(runtime: Runtime, network: Network, tracker: Tracker, look: Look) -> None:
    parts = tracker.observe(look)
    try:
        async for part in parts:
            _write(runtime, network, part)
            if runtime.stopping.is_set():
                return
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()


def _write(runtime: Runtime, network: Network, part: Observation) -> None:
    """Commit a part with its cursors: whoever dies behind it goes on there, and before it, sees the part again."""
    short_base, now = f"{runtime.settings.web.public_url}/r", runtime.now()
    with runtime.database.write() as session:
        added = reshares.add_posts(session, part.posts, short_base=short_base, now=now)
        lost = lose_posts(session, network, part.gone, now=now)
        tracking.record_part(session, network, part, now=now)
    if added.posts or lost:
        log.info(
            "posts observed network=%s posts=%d reshares=%d lost=%d", network.value, added.posts, added.reshares, lost
        )
