"""Fault storms: lost answers, 502, 429 and kills at once; and half of all messages answered with 429."""

import time

from tests.reliability.installation import Installation
from tests.reliability.kills import KillRounds
from tests.reliability.processes import Process
from tests.reliability.standin import Standin
from tests.reliability.verdict import Proof, judge

FAULTS = {"too_many": 0.02, "refused": 0.01, "dropped": 0.02, "broken": 0.01, "retry_after": 1}
LATENCY = {"latency_from": 0.001, "latency_to": 0.008}
_LONG_BAN = 8  # seconds, in which everybody is killed and somebody starts again


def fault_storm(
    installation: Installation, standin: Standin, rounds: int, deliveries: int, *, seed: int, within: float = 5
) -> Proof:
    """Run kill rounds while messages fail in all known ways; the same bounds hold."""
    standin.set_faults(**FAULTS, **LATENCY)
    proof = KillRounds(installation, standin, seed=seed, within=within, name="storm").run(rounds, deliveries)
    proof.figures["counts"] = standin.state()["counts"]
    return proof


def half_refused(
    installation: Installation, standin: Standin, deliveries: int, *, workers: int, restarts: int, settle: float
) -> Proof:
    """Refuse every second message with 429; kill all workers `restarts` times in the middle of a long ban.

    What one worker is told with a 429 has to reach the others by way of the database, within `settle` seconds.
    """
    proof = Proof("refusals")
    standin.set_faults(too_many=0.5, retry_after=1)
    installation.seat(deliveries)
    installation.release()
    crew = [installation.start(ready=False) for _ in range(workers)]
    resumed = []
    for number in range(restarts):
        standin.wait_for((number + 1) * deliveries // (restarts + 1), timeout=deliveries * 4)
        resumed.append(_restart_in_a_ban(installation, standin, crew))
    settled = installation.wait_settled(timeout=60 + deliveries * 4)
    proof.hold("everything is settled at the end", settled, installation.statuses())
    codes = [process.wait_ready().stop() for process in crew]
    proof.hold("all workers end well", not any(codes), codes)
    judge(proof, installation, standin.accepted(), extras_allowed=restarts * workers * installation.in_flight)
    _judge_bans(proof, standin, settle)
    proof.hold("a successor was ready before the end of each long ban", all(resumed), resumed)
    return proof


def _restart_in_a_ban(installation: Installation, standin: Standin, crew: list[Process]) -> bool:
    """Kill everybody during a ban; return whether a successor was ready before its end."""
    standin.set_faults(too_many=0.5, retry_after=_LONG_BAN)
    written = "SELECT count(*) FROM attempt WHERE outcome = 'rate_limited'"
    before, deadline = installation.query(written), time.monotonic() + 60
    while installation.query(written) == before and time.monotonic() < deadline:
        time.sleep(0.005)
    banned_at, workers = time.monotonic(), len(crew)
    for process in crew:
        process.kill()
    standin.set_faults(too_many=0.5, retry_after=1)
    crew[:] = [installation.start()]
    in_time = time.monotonic() - banned_at < _LONG_BAN
    crew += [installation.start(ready=False) for _ in range(workers - 1)]
    return in_time


def _judge_bans(proof: Proof, standin: Standin, settle: float) -> None:
    inside = [one.since_answer for one in standin.refused() if one.since_answer is not None]
    begun = [seconds for seconds in inside if seconds > settle]
    counts = standin.state()["counts"]
    proof.figures |= {
        "answers_of_429": counts.get("refused_429", 0),
        "begun_in_a_ban": len(begun),
        "crossed_with_an_answer": len(inside) - len(begun),
        "latest_in_a_ban_s": round(max(inside, default=0.0), 3),
        "counts": counts,
    }
    proof.hold("there were bans", counts.get("refused_429", 0) > 0)
    proof.hold("no send begins inside a ban", not begun, [round(one, 3) for one in begun[:5]])
