"""A long soak of `sharebot run`: a steady trickle of work with faults; memory and open files stay flat."""

import http.client
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.installation import Installation
from tests.reliability.pace import wait_until
from tests.reliability.processes import Process
from tests.reliability.standin import Standin
from tests.reliability.storm import FAULTS, LATENCY
from tests.reliability.updates import tap
from tests.reliability.verdict import Proof, judge

_ROUND = 10.0  # seconds between two samples, and between two items
_WARM_UP = 0.25  # of the time
_LONG_ENOUGH = 30.0  # minutes, before a slope says anything
_SLOPE_LIMIT = 5.0  # MB an hour
_FILES_LIMIT = 4
_PATHS = ("/livez", "/readyz", "/", "/sign-in", "/r/0000000000")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process held at a moment: megabytes, open files, threads."""

    hours: float
    rss_mb: float
    files: int
    threads: int


def flat_soak(installation: Installation, standin: Standin, *, minutes: float, officers: int, seed: int) -> Proof:
    """Run for so long; hold that the process stays flat and everything is delivered."""
    proof = Proof("soak", seed)
    standin.ask("reset", seed=seed)
    standin.set_faults(**FAULTS, **LATENCY)
    installation.seat(officers)
    process = installation.start("run")
    samples, began, looked_at, unread = [], time.monotonic(), 0, 0
    while (passed := time.monotonic() - began) < minutes * 60 and process.is_running:
        samples.append(sample(process, passed / 3600))
        installation.release()
        looked_at = _tap_on_news(installation, standin, looked_at)
        unread += _visit(int(installation.env["SHAREBOT_WEB__PORT"]))
        wait_until(began + passed + _ROUND)
    proof.hold("the process still runs", process.is_running, process.tail()[-500:])
    proof.hold("every page answers", not unread, unread)
    standin.set_faults()
    settled = installation.wait_settled(timeout=120)
    proof.hold("everything is settled at the end", settled, installation.statuses())
    code = process.stop()
    proof.hold("it ends well", code == 0, code)
    counts = standin.state()["counts"]
    unanswered = counts.get("fault_dropped", 0) + counts.get("fault_broken", 0)
    judge(proof, installation, standin.accepted(), extras_allowed=unanswered)
    _judge_flatness(proof, samples, minutes)
    proof.figures |= {"minutes": minutes, "counts": counts}
    return proof


def sample(process: Process, hours: float) -> Sample:
    """Look at a process."""
    place = Path(f"/proc/{process.pid}")
    lines = (place / "status").read_text().splitlines()
    values = {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.strip()}
    return Sample(hours, int(values["VmRSS"]) / 1024, len(list((place / "fd").iterdir())), int(values["Threads"]))


def _tap_on_news(installation: Installation, standin: Standin, after: int) -> int:
    """Let every third officer of what was sent since tap "Shared"; return the last delivery looked at."""
    rows = installation.query(
        "SELECT id, officer_id, message_id FROM delivery WHERE status = 'sent' AND id > :after ORDER BY id", after=after
    )
    chosen = [row for row in rows if row.id % 3 == 0]
    standin.inject([tap(installation.chats[row.officer_id], row.message_id, f"s:{row.id}:") for row in chosen])
    return int(rows[-1].id) if rows else after


def _visit(port: int) -> int:
    """Read some pages; return how many gave no answer, or that of a broken server."""
    unread = 0
    for path in _PATHS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            unread += connection.getresponse().status == 500
        except (OSError, http.client.HTTPException):
            unread += 1
        connection.close()
    return unread


def _judge_flatness(proof: Proof, samples: list[Sample], minutes: float) -> None:
    warm = samples[int(len(samples) * _WARM_UP) :]
    if len(warm) < 2:
        proof.hold("enough samples", False, len(warm))
        return
    slope = statistics.linear_regression([one.hours for one in warm], [one.rss_mb for one in warm]).slope
    files = [one.files for one in warm]
    proof.figures |= {
        "rss_mb": {"first": round(warm[0].rss_mb, 1), "last": round(warm[-1].rss_mb, 1)},
        "rss_mb_most": round(max(one.rss_mb for one in samples), 1),
        "rss_slope_mb_per_hour": round(slope, 2),
        "files": {"least": min(files), "most": max(files), "last": files[-1]},
        "threads": {"least": min(one.threads for one in warm), "most": max(one.threads for one in warm)},
        "samples": len(samples),
    }
    if minutes >= _LONG_ENOUGH:
        proof.hold("memory stays flat", slope <= _SLOPE_LIMIT, f"{slope:.2f} MB/h")
    half = files[len(files) // 2 :]
    proof.hold("open files stay flat", max(half) <= max(files[: len(files) // 2]) + _FILES_LIMIT, files[0], max(half))
