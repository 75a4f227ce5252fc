"""run, web, worker and migrate: the long-lived processes."""

import argparse
import asyncio
import logging
import signal
from contextlib import ExitStack

import uvloop

from sharebot.cli.logs import set_up_logging
from sharebot.cli.setup import build_runtime, open_database
from sharebot.config.load import load_settings
from sharebot.config.settings import Settings
from sharebot.runtime import Runtime
from sharebot.store.lock import worker_lock
from sharebot.store.reshares import watch_alliance
from sharebot.store.schema import current_revision
from sharebot.web.app import build_app
from sharebot.web.server import serve
from sharebot.worker import run_worker, with_bot

log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """No options: everything is a setting."""


def run(arguments: argparse.Namespace, name: str) -> int:
    """Run one process until it is asked to stop."""
    settings = load_settings()
    set_up_logging(settings)
    if name == "migrate":
        database = open_database(settings)
        print(f"the database is at revision {current_revision(database)}")
        database.dispose()
        return 0
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(settings, web=name in {"run", "web"}, worker=name in {"run", "worker"}))
    return 0


async def _run(settings: Settings, *, web: bool, worker: bool) -> None:
    runtime = build_runtime(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, runtime.stopping.set)
    with ExitStack() as stack:
        try:
            if worker:
                stack.enter_context(worker_lock(runtime.database))
            await _serve(runtime, web=web, worker=worker)
        finally:
            await runtime.aclose()


async def _serve(runtime: Runtime, *, web: bool, worker: bool) -> None:
    application = None
    if worker:
        runtime, application = with_bot(runtime)
        with runtime.database.write() as session:
            watch_alliance(session, runtime.settings.bluesky.accounts)
    settings = runtime.settings.web

    def ready(port: int) -> None:
        log.info("ready on http://%s:%d", settings.host, port)

    async with asyncio.TaskGroup() as group:
        if worker:
            group.create_task(run_worker(runtime, application))
        if web:
            app = build_app(runtime)
            group.create_task(serve(app, host=settings.host, port=settings.port, stop=runtime.stopping, ready=ready))
        else:
            log.info("ready")
