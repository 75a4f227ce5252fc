"""demo: live through a week of an invented Alliance, then let people look around."""

import argparse
import asyncio
import json
import logging
import shutil
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sharebot.bot.updates import poll_updates
from sharebot.cli.demo_words import print_summary
from sharebot.cli.stage import Stage, set_stage
from sharebot.reports.page import report_page
from sharebot.rules.periods import period_of
from sharebot.runtime import Runtime
from sharebot.sandbox.demo import fiction
from sharebot.sandbox.world import Sandbox
from sharebot.store import staff
from sharebot.store.figures import get_figures
from sharebot.store.summary import get_summary

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
    print(f"A week of the {fiction.ORGANISATION}, an invention. Nothing leaves this machine.\n")
    async with set_stage(folder, seed=seed) as stage:
        await stage.week.play(_progress)
        summary = _write(folder, stage.runtime, stage.sandbox)
        print_summary(summary, seconds=time.monotonic() - started, folder=folder)
        if stay:
            await _stay(stage)


async def _stay(stage: Stage) -> None:
    runtime = stage.runtime
    with runtime.database.write() as session:
        token = staff.create_link(session, fiction.STAFF, now=runtime.now())
    print(f"  officers' phones, mailbox and network  {stage.sandbox.base_url}")
    print(f"  staff pages, signed in once            {runtime.settings.web.public_url}/sign-in/{token}")
    print("\nTap around: the bot is live. Ctrl-C ends it.")
    poller = asyncio.create_task(poll_updates(runtime, stage.application))
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


def _write(folder: Path, runtime: Runtime, sandbox: Sandbox) -> dict[str, Any]:
    settings = runtime.settings
    with runtime.database.read() as session:
        summary = get_summary(session)
        figures = get_figures(session, period_of(fiction.START, settings.report_zone), zone=settings.report_zone)
    (folder / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(report_page(figures, "en", settings), encoding="utf-8")
    for number, raw in enumerate(sandbox.mailbox.raw, 1):
        (folder / "mail" / f"{number:02}.eml").write_bytes(raw)
    return summary
