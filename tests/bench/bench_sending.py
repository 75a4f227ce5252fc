"""Send the same messages with the outbox and with a bare python-telegram-bot loop: `bench_sending.py [--most N]`.

Prints JSON lines {name, value, limit, ok}; the exit code is 1 when a limit is exceeded. One stand-in of the Bot
API answers both, in a process of its own on one core; each sender is a process of its own on another. "Ideal"
is what the stand-in's limit of 30 messages in any second allows.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from sharebot.bot.context import keyboard_of
from sharebot.cli.setup import build_runtime
from sharebot.config.load import load_settings
from sharebot.config.settings import Settings
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.store.cards import get_card
from sharebot.texts.officer import compose
from sharebot.worker import with_bots
from tests.bench.bare_sender import CONNECTIONS
from tests.bench.usage import Usage
from tests.reliability.installation import FIRST_CHAT, Installation
from tests.reliability.standin import ROOT, TOKEN, Standin

LIMIT, BAN = 30, 5
PACE = 28.9  # a slip of the clock must not make 31 in a second
PACE_LIMIT, MEMORY_LIMIT = 1.05, 3.0
SIZES = (1_000, 10_000, 100_000)
LINEAR = 1.25  # seconds a message at the largest size, to those at the smallest


def main() -> int:
    """Measure, print, and say by the exit code whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=SIZES[-1], help="the largest number of messages")
    parser.add_argument("--sender", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.sender:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_drain())
        return 0
    lines = [*_without_limits([size for size in SIZES if size <= arguments.most]), *_with_limits(1_000)]
    return 0 if all(lines) else 1


def _without_limits(sizes: list[int]) -> list[bool]:
    found = []
    each: dict[int, float] = {}
    for size in sizes:
        bare, ours = _send("bare", size), _send("outbox", size)
        each[size] = ours["seconds"] / size
        ratio = (size / ours["seconds"]) / (size / bare["seconds"])
        found += [
            _say(f"messages/s, {size}: outbox to bare loop", ratio, at_least=1.0, ours=size / ours["seconds"]),
            _say(f"peak memory, {size}: outbox to bare loop", ours["mb"] / bare["mb"], MEMORY_LIMIT, ours=ours["mb"]),
            _say(f"CPU, {size}: outbox to bare loop", ours["cpu"] / bare["cpu"], ours=1e6 * ours["cpu"] / size),
        ]
    if len(sizes) > 1:
        ratio = each[sizes[-1]] / each[sizes[0]]
        found.append(_say(f"seconds a message, {sizes[-1]} to {sizes[0]}", ratio, LINEAR))
    return found


def _with_limits(size: int) -> list[bool]:
    ours = _send("outbox", size, pace=PACE, limit=LIMIT, window=1.0, ban=BAN)
    ideal = size / LIMIT
    return [
        _say(f"seconds for {size} chats at {LIMIT} a second, to the ideal", ours["seconds"] / ideal, PACE_LIMIT),
        _say("answers of 429", ours["refused"], 0.0),
    ]


def _send(sender: str, size: int, *, pace: float = 10_000, **limits: float) -> dict[str, float]:
    """Let one sender send `size` messages and return what it took."""
    with tempfile.TemporaryDirectory() as folder, Standin(**limits) as standin:
        settings: dict[str, Any] = {"telegram__sends_in_flight": CONNECTIONS, "telegram__per_second": pace}
        with Installation(Path(folder), standin, **settings) as installation:
            installation.seat(size)
            installation.release()
            took = _run(sender, size, installation, standin)
            state = standin.state()
            assert state["accepted"] == size, state
            return took | {"refused": float(len(standin.refused()))}


def _run(sender: str, size: int, installation: Installation, standin: Standin) -> dict[str, float]:
    command = ["tests.bench.bench_sending", "--sender"]
    if sender == "bare":
        command = ["tests.bench.bare_sender", standin.base_url, TOKEN, _write_message(installation)]
        command += [str(FIRST_CHAT), str(size)]
    env = {**installation.env, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-m", *command], env=env, cwd=installation.folder, check=True, stdout=subprocess.PIPE
    )
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return result


def _write_message(installation: Installation) -> str:
    """Write the message that the outbox would send first."""
    with installation.database.read() as session:
        message = compose(get_card(session, 1, settings=Settings(), now=datetime.now(UTC)))
    keyboard = keyboard_of(message)
    assert keyboard is not None
    path = installation.folder / "message.json"
    path.write_text(json.dumps({"html": message.html, "keyboard": keyboard.to_dict()}))
    return str(path)


async def _drain() -> None:
    runtime, _ = with_bots(build_runtime(load_settings()))
    usage = Usage()
    await send_deliveries(runtime)
    usage.report()
    await runtime.aclose()


def _say(name: str, value: float, limit: float | None = None, *, at_least: float | None = None, **figures: Any) -> bool:
    good = (limit is None or value <= limit) and (at_least is None or value >= at_least)
    line = {"name": name, "value": round(value, 3), "limit": at_least if limit is None else limit, "ok": good}
    print(json.dumps(line | {key: round(figure, 1) for key, figure in figures.items()}), flush=True)
    return good


if __name__ == "__main__":
    raise SystemExit(main())
