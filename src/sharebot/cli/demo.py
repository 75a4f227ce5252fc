"""demo: live through a week of an invented Alliance, then let people look around."""

import argparse
import asyncio
import json
import logging
import random
import shutil
import socket
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sharebot.bot.application import BotApplication
from sharebot.bot.updates import poll_updates
from sharebot.cli.demo_words import print_summary
from sharebot.cli.setup import build_runtime
from sharebot.reports.page import report_page
from sharebot.rules.periods import period_of
from sharebot.runtime import Runtime
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.demo import fiction
from sharebot.sandbox.demo.week import Week, demo_settings
from sharebot.sandbox.pages import build_app as build_sandbox
from sharebot.sandbox.world import Sandbox
from sharebot.store import staff
from sharebot.store.figures import get_figures
from sharebot.store.summary import get_summary
from sharebot.web.app import build_app
from sharebot.web.server import serve
from sharebot.worker import with_bot

_BAR = 30


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("--out", type=Path, default=Path("data/demo"), help="where the summary, mails and report go")
    parser.add_argument("--once", action="store_true", help="end after the week, also in a terminal")
    parser.add_argument("--seed", type=int, default=1)


def run(arguments: argparse.Namespace, name: str) -> int:
    """Play the week; keep serving afterwards when a person watches."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    stay = sys.stdout.isatty() and sys.stdin.isatty() and not arguments.once
    asyncio.run(_play(arguments.out, seed=arguments.seed, stay=stay))
    return 0


async def _play(folder: Path, *, seed: int, stay: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mail").mkdir(parents=True)
    started = time.monotonic()
    clock = PlayClock(fiction.START)
    sandbox = Sandbox(clock=clock)
    await sandbox.start(build_sandbox(sandbox))
    runtime = build_runtime(demo_settings(folder, sandbox, web_port=_free_port()), clock=clock)
    runtime = replace(runtime, random=random.Random(seed))  # noqa: S311 - a play, not a secret
    runtime, application = with_bot(runtime)
    assert application is not None  # noqa: S101 - the play has a token
    web = runtime.settings.web
    pages = asyncio.create_task(serve(build_app(runtime), host=web.host, port=web.port, stop=runtime.stopping))
    print(f"A week of the {fiction.ORGANISATION}, an invention. Nothing leaves this machine.\n")
    week = Week(runtime, application, sandbox, clock=clock, seed=seed)
    await week.play(_progress)
    _write(folder, runtime, sandbox)
    print_summary(json.loads((folder / "summary.json").read_text()), seconds=time.monotonic() - started, folder=folder)
    if stay:
        await _stay(runtime, application, sandbox)
    runtime.stopping.set()
    await pages
    if application.running:
        await application.stop()
    await application.shutdown()
    await sandbox.stop()
    await runtime.aclose()


async def _stay(runtime: Runtime, application: BotApplication, sandbox: Sandbox) -> None:
    with runtime.database.write() as session:
        token = staff.create_link(session, fiction.STAFF, now=runtime.now())
    print(f"  officers' phones, mailbox and network  {sandbox.base_url}")
    print(f"  staff pages, signed in once            {runtime.settings.web.public_url}/sign-in/{token}")
    print("\nTap around: the bot is live. Ctrl-C ends it.")
    poller = asyncio.create_task(poll_updates(runtime, application))
    try:
        await asyncio.Event().wait()
    finally:
        poller.cancel()


def _progress(share: float, at: datetime) -> None:
    done = round(min(share, 1) * _BAR)
    line = f"{at:%A %d %B, %H:%M}  {'█' * done}{'░' * (_BAR - done)} {min(share, 1):4.0%}"
    if sys.stdout.isatty():
        print(f"\r{line:<70}", end="\n" if share >= 1 else "", flush=True)
    elif at.hour == 6 or share >= 1:
        print(line, flush=True)


def _write(folder: Path, runtime: Runtime, sandbox: Sandbox) -> None:
    settings = runtime.settings
    with runtime.database.read() as session:
        summary = get_summary(session)
        figures = get_figures(session, period_of(fiction.START, settings.report_zone), zone=settings.report_zone)
    (folder / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(report_page(figures, "en", settings), encoding="utf-8")
    for number, raw in enumerate(sandbox.mailbox.raw, 1):
        (folder / "mail" / f"{number:02}.eml").write_bytes(raw)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
