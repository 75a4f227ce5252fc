"""The bots and the scheduler on one loop, until asked to stop."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError

from sharebot.bot.application import BotApplication, build_application, build_bot, close_application
from sharebot.bot.updates import WEBHOOK, Webhook, poll_updates
from sharebot.config.bots import MAIL, check_bots, find_secret, path_of, tokens_of
from sharebot.jobs.table import JOBS, Job
from sharebot.leading import Leading
from sharebot.mail.messenger import MailMessenger
from sharebot.messengers import Messenger
from sharebot.messengers.http import Http
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.runtime import Runtime
from sharebot.store import workers
from sharebot.store.bots import ensure_bots
from sharebot.store.lock import Presence
from sharebot.store.restore import guard

log = logging.getLogger(__name__)
_GRACE_SECONDS = 40  # longer than any send may take
_LOOK_SECONDS = 2.0


def with_bots(runtime: Runtime) -> tuple[Runtime, Sequence[BotApplication]]:
    """Give the runtime the messengers of all its bots; without a token there is none.

    Raises ConfigError when the bots' settings contradict each other.
    """
    telegram = runtime.settings.telegram
    check_bots(runtime.settings)
    tokens = tokens_of(runtime.settings)
    if not tokens:
        log.warning("SHAREBOT_TELEGRAM__TOKEN is not set: nothing will be sent")
        return runtime, ()
    with runtime.database.write() as session:
        ids = ensure_bots(session, list(tokens))
    hear, base_url = runtime.clock_watch.hear, telegram.base_url
    messengers: dict[int, Messenger] = {
        ids[code]: TelegramMessenger(Http(hear), f"{base_url}{token}") for code, token in tokens.items()
    }
    if runtime.mailer is not None:
        with runtime.database.write() as session:
            mail_id = ensure_bots(session, [MAIL])[MAIL]
        messengers[mail_id] = MailMessenger(runtime.mailer, sender=runtime.settings.smtp.sender)
    runtime = replace(runtime, messengers=messengers)
    applications = {
        code: build_application(runtime, build_bot(token, base_url, hear=hear), bot_id=ids[code])
        for code, token in tokens.items()
    }
    if secret := find_secret(runtime.settings):
        for code, application in applications.items():
            url = f"{runtime.settings.web.public_url}{path_of(secret, code)}"
            application.bot_data[WEBHOOK] = Webhook(url, secret)
    return runtime, list(applications.values())


async def run_worker(runtime: Runtime, applications: Sequence[BotApplication], presence: Presence) -> None:
    """Run jobs and take updates until `runtime.stopping` is set; then finish what is in flight."""
    leading = Leading(leads=presence.leads)
    await asyncio.to_thread(_take_stock, runtime, presence)
    running: set[asyncio.Task[None]] = set()
    scheduler = AsyncIOScheduler(timezone="UTC")
    for job in JOBS:
        scheduler.add_job(
            _wrapped(job, runtime, running, leading),
            job.trigger(runtime.settings),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=runtime.now(),
        )
    scheduler.start()
    tasks = [asyncio.create_task(poll_updates(runtime, one, leading)) for one in applications]
    tasks.append(asyncio.create_task(_look_around(runtime, presence, leading)))
    await runtime.stopping.wait()
    scheduler.shutdown(wait=False)
    await _finish(running, tasks)
    for application in applications:
        await close_application(application)
    with contextlib.suppress(SQLAlchemyError), runtime.database.write() as session:
        workers.leave(session, runtime.worker)
    log.info("worker stopped")


def _take_stock(runtime: Runtime, presence: Presence) -> None:
    """Say that this worker lives, and doubt what dead ones left."""
    watch, now = runtime.clock_watch, runtime.now()
    with runtime.database.write() as session:
        if guard(session, now=now):
            log.error("this database is a restored backup: nothing is sent until `sharebot bot resume`")
        workers.beat(
            session, runtime.worker, now=now, leads=presence.leads, clock_off=watch.off, held=watch.find_trouble()
        )
        if doubted := workers.recover_dead(session, runtime.worker, now=now):
            log.warning("deliveries lost=%d by workers that died", doubted)


async def _look_around(runtime: Runtime, presence: Presence, leading: Leading) -> None:
    """Keep the locks, lead when nobody does, and take over what dead workers left."""
    while not runtime.stopping.is_set():
        before = bool(leading)
        try:
            leading.put(await asyncio.to_thread(presence.look))
            if before is not bool(leading):
                log.info("this worker %s", "leads" if leading else "leads no longer")
            await asyncio.to_thread(_take_stock, runtime, presence)
        except SQLAlchemyError as error:
            log.warning("the database does not answer: %s", type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runtime.stopping.wait(), _LOOK_SECONDS)


def _wrapped(
    job: Job, runtime: Runtime, running: set[asyncio.Task[None]], leading: Leading
) -> Callable[[], Awaitable[None]]:
    """Run a job so that its failure is logged and never ends the schedule, and a stop can wait for it."""

    async def body() -> None:
        try:
            await job.run(runtime)
        except SQLAlchemyError as error:
            log.error("job failed name=%s: the database: %s", job.name, type(error).__name__)
        except Exception:
            log.exception("job failed name=%s", job.name)

    async def fire() -> None:
        if runtime.stopping.is_set() or not (job.everywhere or leading):
            return
        task = asyncio.create_task(body(), name=job.name)
        running.add(task)
        task.add_done_callback(running.discard)
        # The scheduler cancels what it started when it shuts down; a send must not be cut.
        await asyncio.shield(task)

    return fire


async def _finish(running: set[asyncio.Task[None]], tasks: Sequence[asyncio.Task[None]]) -> None:
    if running:
        await asyncio.wait(running, timeout=_GRACE_SECONDS)
    await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
