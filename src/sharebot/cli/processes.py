"""run, web, worker and migrate: the long-lived processes."""

import argparse
import asyncio
import gc
import logging
import signal
from collections.abc import Sequence

import uvloop

from sharebot.bot.application import BotApplication
from sharebot.cli.logs import set_up_logging
from sharebot.cli.setup import build_runtime, open_database
from sharebot.config.bots import check_bots
from sharebot.config.load import load_settings
from sharebot.config.settings import Settings
from sharebot.errors import SharebotError
from sharebot.jobs.raise_alerts import watch_for_workers
from sharebot.runtime import Runtime
from sharebot.store.lock import Presence
from sharebot.store.schema import current_revision
from sharebot.store.tracking import note_switched_off, watch_own
from sharebot.trackers import TRACKERS
from sharebot.web.app import build_app
from sharebot.web.server import serve
from sharebot.worker import run_worker, with_bots

log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """No options: everything is a setting."""


def run(arguments: argparse.Namespace, name: str) -> int:
    """Run one process until it is asked to stop."""
    settings = load_settings()
    check_bots(settings)
    set_up_logging(settings)
    if name == "migrate":
        database = open_database(settings)
        print(f"the database is at revision {current_revision(database)}")
        database.dispose()
        return 0
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(settings, web=name in {"run", "web"}, worker=name in {"run", "worker"}))
    except ExceptionGroup as group:
        # What is meant for a person is said in one line, whichever task met it.
        _, rest = group.split(SharebotError)
        if rest is None and isinstance(group.exceptions[0], SharebotError):
            raise group.exceptions[0] from None
        raise
    return 0


async def _run(settings: Settings, *, web: bool, worker: bool) -> None:
    runtime = build_runtime(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, runtime.stopping.set)
    presence = Presence(runtime.database, runtime.worker)
    try:
        if worker:
            presence.enter()
        await _serve(runtime, presence if worker else None, web=web)
    finally:
        presence.leave()
        await runtime.aclose()


async def _serve(runtime: Runtime, presence: Presence | None, *, web: bool) -> None:
    applications: Sequence[BotApplication] = ()
    if presence is not None:
        runtime, applications = with_bots(runtime)
        with runtime.database.write() as session:
            watch_own(session, runtime.settings)
            note_switched_off(session, [one for one in TRACKERS if one not in runtime.trackers])
    settings = runtime.settings.web

    def ready(port: int) -> None:
        # What the process is made of stays for good: to look through all of it again and again for what can go would
        # hold up the page that is being made by a tenth of a second.
        gc.freeze()
        log.info("ready on http://%s:%d", settings.host, port)

    try:
        async with asyncio.TaskGroup() as group:
            if presence is not None:
                group.create_task(run_worker(runtime, applications, presence))
            else:
                group.create_task(watch_for_workers(runtime))
            if web:
                app = build_app(runtime)
                group.create_task(
                    serve(app, host=settings.host, port=settings.port, stop=runtime.stopping, ready=ready)
                )
            else:
                log.info("ready")
    finally:
        for messenger in runtime.messengers.values():
            await messenger.close()
