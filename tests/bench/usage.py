"""What a piece of work took: seconds, CPU seconds and the process's peak of memory, as one line of JSON."""

import json
import os
import resource
import time
from pathlib import Path


class Usage:
    """Begins to count when it is made; leaves the machine's first core to whoever answers."""

    def __init__(self) -> None:
        if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
            os.sched_setaffinity(0, {1})
        self._began, self._cpu = time.monotonic(), _cpu()

    def report(self) -> None:
        """Print what it took."""
        seconds, cpu = time.monotonic() - self._began, _cpu() - self._cpu
        print(json.dumps({"seconds": seconds, "cpu": cpu, "mb": _peak_mb()}))


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak_mb() -> float:
    # ru_maxrss would count the process that started this one as well.
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
