"""Several workers on one database against a server that bans: as fast as allowed, and never faster."""

import time
from itertools import pairwise

from tests.reliability.installation import Installation
from tests.reliability.standin import Standin
from tests.reliability.verdict import Proof, judge


def steady_crew(
    installation: Installation, standin: Standin, *, officers: int, items: int, workers: int, least: float
) -> Proof:
    """Let `workers` send `items` to each of `officers`, at least `least` a second; hold limits and order.

    The installation's pace has to be set below the stand-in's limit.
    """
    proof = Proof("pace")
    installation.seat(officers)
    crew = [installation.start(ready=False) for _ in range(workers)]
    for process in crew:
        process.wait_ready()
    for _ in range(items):
        installation.release()
    settled = installation.wait_settled(timeout=60 + officers * items / least * 2)
    proof.hold("everything is settled at the end", settled, installation.statuses())
    codes = [process.stop() for process in crew]
    proof.hold("all workers end well", not any(codes), codes)
    judge(proof, installation, standin.accepted(), extras_allowed=0)
    _judge_pace(proof, installation, standin, workers=workers, least=least)
    return proof


def _judge_pace(proof: Proof, installation: Installation, standin: Standin, *, workers: int, least: float) -> None:
    messages, state = standin.accepted(), standin.state()
    times = [one.at for one in messages]
    seconds = times[-1] - times[0] if times else 0.0
    rate = (len(times) - 1) / seconds if seconds else 0.0
    by_worker = installation.query("SELECT count(*) FROM attempt GROUP BY worker ORDER BY 1")
    refused, close = len(standin.refused()), state["counts"].get("too_close_in_chat", 0)
    proof.figures |= {
        "seconds": round(seconds, 1),
        "per_second": round(rate, 2),
        "most_in_a_second": most_in_a_second(times),
        "longest_pause_s": round(max((later - earlier for earlier, later in pairwise(times)), default=0.0), 3),
        "refused": refused,
        "too_close_in_chat": close,
        "smallest_gap_in_chat_s": state["smallest_gap_in_chat"],
        "sent_by_worker": [row[0] for row in by_worker],
        "conflicts": state["counts"].get("conflicts", 0),
    }
    proof.hold(f"at least {least:.0f} messages a second", rate >= least, round(rate, 2))
    proof.hold("no answer of 429", refused == 0, refused)
    proof.hold("never two within a second in one chat", close == 0, close, state["smallest_gap_in_chat"])
    proof.hold("one worker alone asks for updates", proof.figures["conflicts"] == 0, proof.figures["conflicts"])
    proof.hold("more than one worker sent", len(by_worker) >= min(workers, 2), len(by_worker))


def most_in_a_second(times: list[float]) -> int:
    """Return the most messages in any sliding second."""
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def wait_until(seconds: float) -> None:
    """Wait for a moment of `time.monotonic()`."""
    time.sleep(max(0.0, seconds - time.monotonic()))
