"""Measure the redirect with its durable click against a bare one: `python -m tests.bench.bench_redirect [--seconds N]`.

`sharebot web` as a real process behind a proxy's header, and `bare_redirect`, on 10,000 codes; a client of 64
connections on the machine's other core asks them in turn. Prints JSON lines {name, value, limit, ok}: the ratios of
the medians of all runs, and of the processor time of a click, which other work on the machine hardly changes. The
exit code is 1 when a limit is exceeded, or a click that was answered is not in the database.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.bare_redirect import fill
from tests.reliability.installation import Installation
from tests.reliability.standin import ROOT, Standin

CODES, CONNECTIONS, RUNS = 10_000, 64, 5
AT_LEAST, P99_LIMIT = 0.6, 3.0
_PROXIED = {"web__proxies": '["127.0.0.1"]'}

Run = dict[str, float]


@dataclass(frozen=True, slots=True)
class Server:
    """A process that answers on `port`."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Return the seconds of processor time that it has used."""
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure, print, and say by the exit code whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="how long each run asks")
    parser.add_argument("--runs", type=int, default=RUNS, help="how often each is asked")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Standin() as standin,
        Installation(Path(folder), standin, **_PROXIED) as installation,
    ):
        return 0 if _measure(installation, arguments.runs, arguments.seconds) else 1


def _measure(installation: Installation, runs: int, seconds: float) -> bool:
    codes = _release(installation)
    file = installation.folder / "codes.txt"
    file.write_text("\n".join(codes))
    with _bare(installation.folder, codes) as bare, _ours(installation) as ours:
        found: dict[str, list[Run]] = {"bare": [], "ours": []}
        for number in range(-1, runs):  # the first one warms up
            for name, server in (("bare", bare), ("ours", ours)):
                found[name].append(_ask(server, file, seconds if number >= 0 else 1, number + 1))
    asked = sum(run["asked"] for run in found["ours"])
    counted = installation.query("SELECT sum(n) FROM click_tally")[0][0]
    theirs, own = (_middle(found[name][1:]) for name in ("bare", "ours"))
    return all(
        [
            _compare("clicks/s", own, theirs, "rate", at_least=AT_LEAST),
            _compare("p50 in ms", own, theirs, "p50"),
            _compare("p99 in ms", own, theirs, "p99", limit=P99_LIMIT),
            _compare("processor time of a click in µs", own, theirs, "cpu"),
            _say("clicks answered and not in the database", asked - counted, 0.0, answered=asked),
        ]
    )


def _release(installation: Installation) -> list[str]:
    """Release a hundred items to a hundred parties."""
    installation.seat(100)
    for _ in range(CODES // 100):
        installation.release()
    codes = [row[0] for row in installation.query("SELECT code FROM tracked_link")]
    assert len(codes) == CODES
    return codes


@contextmanager
def _bare(folder: Path, codes: list[str]) -> Iterator[Server]:
    fill(folder / "bare.db", codes)
    command = [sys.executable, "-m", "tests.bench.bare_redirect", str(folder / "bare.db")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        _leave_a_core(process.pid)
        assert process.stdout is not None
        try:
            yield Server(process.pid, int(process.stdout.readline().split()[1]))
        finally:
            process.kill()


@contextmanager
def _ours(installation: Installation) -> Iterator[Server]:
    process = installation.start("web")
    _leave_a_core(process.pid)
    yield Server(process.pid, int(process.log.read_text().rpartition("ready on http://")[2].rpartition(":")[2]))
    assert process.stop() == 0


def _leave_a_core(pid: int) -> None:
    """Leave the second core to the client, for both alike."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {0})


def _ask(server: Server, codes: Path, seconds: float, seed: int) -> Run:
    before = server.cpu()
    words = [str(word) for word in (server.port, codes, seconds, CONNECTIONS, seed)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load_client", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    run: Run = json.loads(done.stdout)
    return run | {"rate": run["asked"] / run["seconds"], "cpu": 1e6 * (server.cpu() - before) / run["asked"]}


def _middle(runs: list[Run]) -> Run:
    return {key: statistics.median(run[key] for run in runs) for key in ("rate", "p50", "p99", "cpu")}


def _compare(
    name: str, own: Run, theirs: Run, key: str, *, limit: float | None = None, at_least: float | None = None
) -> bool:
    figures = {"ours": own[key], "bare": theirs[key]}
    return _say(f"{name}: ours to bare", own[key] / theirs[key], limit, at_least=at_least, **figures)


def _say(
    name: str, value: float, limit: float | None = None, *, at_least: float | None = None, **figures: float
) -> bool:
    good = (limit is None or value <= limit) and (at_least is None or value >= at_least)
    line = {"name": name, "value": round(value, 3), "limit": at_least if limit is None else limit, "ok": good}
    print(json.dumps(line | {key: round(figure, 2) for key, figure in figures.items()}), flush=True)
    return good


if __name__ == "__main__":
    raise SystemExit(main())
