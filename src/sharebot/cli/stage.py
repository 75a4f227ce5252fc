"""Set the demo's stage: sandbox, real bot and pages on one loop, and take it down again."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sharebot.bot.application import BotApplication, close_application
from sharebot.cli.setup import build_runtime
from sharebot.runtime import Runtime
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.demo import fiction
from sharebot.sandbox.demo.week import Week, demo_settings
from sharebot.sandbox.pages import build_app as build_sandbox
from sharebot.sandbox.world import Sandbox
from sharebot.web.app import build_app
from sharebot.web.server import serve
from sharebot.worker import with_bots


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that is up while the play runs."""

    runtime: Runtime
    application: BotApplication
    sandbox: Sandbox
    week: Week


@asynccontextmanager
async def set_stage(folder: Path, *, seed: int) -> AsyncIterator[Stage]:
    """Start all parts with a fresh database in `folder`; stop them at the end."""
    clock = PlayClock(fiction.START)
    sandbox = Sandbox(clock=clock)
    await sandbox.start(build_sandbox(sandbox))
    runtime = build_runtime(demo_settings(folder, sandbox, web_port=_free_port()), clock=clock)
    runtime = replace(runtime, random=random.Random(seed))  # noqa: S311 - a play, not a secret
    runtime, (application,) = with_bots(runtime)
    web = runtime.settings.web
    pages = asyncio.create_task(serve(build_app(runtime), host=web.host, port=web.port, stop=runtime.stopping))
    try:
        week = Week(runtime, application, sandbox, clock=clock, seed=seed)
        yield Stage(runtime, application, sandbox, week)
    finally:
        runtime.stopping.set()
        await pages
        await close_application(application)
        await sandbox.stop()
        await runtime.aclose()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
