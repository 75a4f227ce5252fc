"""The bot and the scheduler on one loop, until asked to stop."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from sharebot.bot.application import BotApplication, build_application, build_bot
from sharebot.bot.updates import poll_updates
from sharebot.jobs.table import JOBS, Job
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.runtime import Runtime
from sharebot.store.recovery import recover_own

log = logging.getLogger(__name__)
_GRACE_SECONDS = 40  # longer than any send may take


def with_bot(runtime: Runtime) -> tuple[Runtime, BotApplication | None]:
    """Give the runtime its messenger; without a token there is no bot."""
    token = runtime.settings.telegram.token
    if token is None:
        log.warning("SHAREBOT_TELEGRAM__TOKEN is not set: nothing will be sent")
        return runtime, None
    bot = build_bot(token.get_secret_value(), runtime.settings.telegram.base_url)
    runtime = replace(runtime, messenger=TelegramMessenger(bot))
    return runtime, build_application(runtime, bot)


async def run_worker(runtime: Runtime, application: BotApplication | None) -> None:
    """Run jobs and take updates until `runtime.stopping` is set; then finish what is in flight."""
    with runtime.database.write() as session:
        recover_own(session, worker=runtime.worker, now=runtime.now())
    running: set[asyncio.Task[None]] = set()
    scheduler = AsyncIOScheduler(timezone="UTC")
    for job in JOBS:
        scheduler.add_job(
            _wrapped(job, runtime, running),
            job.trigger(runtime.settings),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=runtime.now(),
        )
    scheduler.start()
    poller = asyncio.create_task(poll_updates(runtime, application)) if application else None
    await runtime.stopping.wait()
    scheduler.shutdown(wait=False)
    await _finish(running, poller)
    if application is not None:
        await _close(application)
    log.info("worker stopped")


def _wrapped(job: Job, runtime: Runtime, running: set[asyncio.Task[None]]) -> Callable[[], Awaitable[None]]:
    """Run a job so that its failure is logged and never ends the schedule, and a stop can wait for it."""

    async def body() -> None:
        try:
            await job.run(runtime)
        except Exception:
            log.exception("job failed name=%s", job.name)

    async def fire() -> None:
        if runtime.stopping.is_set():
            return
        task = asyncio.create_task(body(), name=job.name)
        running.add(task)
        task.add_done_callback(running.discard)
        # The scheduler cancels what it started when it shuts down; a send must not be cut.
        await asyncio.shield(task)

    return fire


async def _finish(running: set[asyncio.Task[None]], poller: asyncio.Task[None] | None) -> None:
    if running:
        await asyncio.wait(running, timeout=_GRACE_SECONDS)
    if poller is not None:
        await asyncio.wait({poller}, timeout=_GRACE_SECONDS)
        poller.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await poller


async def _close(application: BotApplication) -> None:
    if application.running:
        await application.stop()
    await application.shutdown()
