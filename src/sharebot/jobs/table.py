"""All jobs and when they run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from sharebot.config.settings import Settings
from sharebot.jobs.call_webhooks import call_webhooks
from sharebot.jobs.check_posts import check_posts
from sharebot.jobs.delete_messages import delete_messages
from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.make_renditions import make_renditions
from sharebot.jobs.poll_sources import poll_sources
from sharebot.jobs.prune import prune
from sharebot.jobs.raise_alerts import raise_alerts
from sharebot.jobs.recheck_posts import recheck_posts
from sharebot.jobs.release_entries import release_entries
from sharebot.jobs.remind import remind
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.jobs.send_digests import send_digests
from sharebot.jobs.send_reports import send_reports
from sharebot.jobs.show_drafts import show_drafts
from sharebot.jobs.track_posts import track_network
from sharebot.runtime import Runtime
from sharebot.trackers import TRACKERS


@dataclass(frozen=True, slots=True)
class Job:
    """One job: safe to run twice, never overlapping itself.

    It runs in the worker that leads, or, when it is for `everywhere`, in all of them.
    """

    name: str
    run: Callable[[Runtime], Awaitable[object]]
    trigger: Callable[[Settings], BaseTrigger]
    everywhere: bool = False


def _every(**interval: int) -> Callable[[Settings], BaseTrigger]:
    return lambda _settings: IntervalTrigger(seconds=int(timedelta(**interval).total_seconds()))


JOBS = (
    Job("poll_sources", poll_sources, _every(seconds=30)),
    Job("make_renditions", make_renditions, _every(seconds=30)),
    Job("release_entries", release_entries, _every(seconds=1)),
    Job("edit_messages", edit_messages, _every(seconds=1)),
    Job("delete_messages", delete_messages, _every(minutes=1)),
    Job("send_deliveries", send_deliveries, _every(seconds=1), everywhere=True),
    Job("check_posts", check_posts, _every(seconds=10)),
    *(Job(f"track_{one.value}", partial(track_network, network=one), _every(minutes=1)) for one in TRACKERS),
    Job("recheck_posts", recheck_posts, _every(minutes=10)),
    Job("send_digests", send_digests, _every(minutes=1)),
    Job("show_drafts", show_drafts, _every(seconds=5)),
    Job("remind", remind, _every(minutes=1)),
    Job("send_reports", send_reports, _every(minutes=1)),
    Job("call_webhooks", call_webhooks, _every(seconds=5)),
    Job("prune", prune, _every(hours=1)),
    Job("raise_alerts", raise_alerts, _every(minutes=1)),
)
