"""The long proofs: `python -m tests.reliability.run NAME [--database postgresql] [--rounds N] ... [--json]`.

kills · terms · storm · refusals · updates · pace · soak; on PostgreSQL refusals and pace have four workers. Prints
what was found; the exit code is 1 when a promise did not hold. The same drivers run with small numbers in `make test`.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.installation import Installation
from tests.reliability.kills import KillRounds
from tests.reliability.pace import steady_crew
from tests.reliability.postgres import Postgres
from tests.reliability.processes import free_port
from tests.reliability.soak import flat_soak
from tests.reliability.standin import Standin
from tests.reliability.storm import LATENCY, fault_storm, half_refused
from tests.reliability.updates import UpdateRounds
from tests.reliability.verdict import Proof

SLOW_ENOUGH = {"latency_from": 0.0005, "latency_to": 0.005}  # so that a kill finds sends in flight
_OFFICERS, _LEAST = 40, 25.0  # of the proof of pace: chats, and messages a second


@dataclass(frozen=True, slots=True)
class Stage:
    """What a proof works on; without `postgres` the database is SQLite."""

    standin: Standin
    installation: Installation
    postgres: Postgres | None


@contextmanager
def stage(
    folder: Path, options: argparse.Namespace, *, limits: dict[str, float] | None = None, **settings: object
) -> Iterator[Stage]:
    """Set up the stand-in, the database and the installation."""
    with ExitStack() as stack:
        standin = stack.enter_context(Standin(seed=options.seed, **limits or {}))
        postgres = stack.enter_context(Postgres(folder)) if options.database == "postgresql" else None
        url = postgres.url if postgres else ""
        installation = stack.enter_context(Installation(folder, standin, database_url=url, **settings))
        yield Stage(standin, installation, postgres)


def kills(folder: Path, options: argparse.Namespace) -> Proof:
    """Kill rounds: issue point 1."""
    with stage(folder, options) as on:
        on.standin.set_faults(**SLOW_ENOUGH)
        rounds = KillRounds(on.installation, on.standin, seed=options.seed)
        return rounds.run(options.rounds, options.deliveries, postgres=on.postgres, stops=options.stops)


def terms(folder: Path, options: argparse.Namespace) -> Proof:
    """SIGTERM at random moments."""
    with stage(folder, options) as on:
        on.standin.set_faults(**SLOW_ENOUGH)
        rounds = KillRounds(on.installation, on.standin, seed=options.seed, name="terms")
        return rounds.run_gently(options.rounds, options.deliveries)


def storm(folder: Path, options: argparse.Namespace) -> Proof:
    """Mixed faults with kills: issue point 2."""
    with stage(folder, options) as on:
        return fault_storm(on.installation, on.standin, options.rounds, options.deliveries, seed=options.seed)


def refusals(folder: Path, options: argparse.Namespace) -> Proof:
    """Half of all answers 429: issue point 2."""
    workers = 4 if options.database == "postgresql" else 1
    with stage(folder, options, telegram__per_second=25) as on:
        return half_refused(
            on.installation,
            on.standin,
            options.deliveries,
            workers=workers,
            restarts=options.rounds,
            settle=0.1,
        )


def updates(folder: Path, options: argparse.Namespace) -> Proof:
    """Updates that come several times: issue point 3."""
    with stage(folder, options) as on:
        return UpdateRounds(on.installation, on.standin, seed=options.seed).run(options.rounds, options.deliveries)


def pace(folder: Path, options: argparse.Namespace) -> Proof:
    """Four workers: issue point 4."""
    workers = 4 if options.database == "postgresql" else 1
    with stage(folder, options, limits={"limit": 30, "per_chat": 1.0}, telegram__per_second=28) as on:
        on.standin.set_faults(**LATENCY)
        items = max(1, options.deliveries // _OFFICERS)
        return steady_crew(on.installation, on.standin, officers=_OFFICERS, items=items, workers=workers, least=_LEAST)


def soak(folder: Path, options: argparse.Namespace) -> Proof:
    """One process for an hour: issue point 8."""
    with stage(folder, options, web__port=free_port(), telegram__per_second=25) as on:
        minutes, officers = options.minutes, options.deliveries
        return flat_soak(on.installation, on.standin, minutes=minutes, officers=officers, seed=options.seed)


# name → (driver, rounds, deliveries)
PROOFS: dict[str, tuple[Callable[[Path, argparse.Namespace], Proof], int, int]] = {
    "kills": (kills, 200, 500),
    "terms": (terms, 50, 200),
    "storm": (storm, 50, 500),
    "refusals": (refusals, 5, 120),
    "updates": (updates, 200, 200),
    "pace": (pace, 1, 3000),
    "soak": (soak, 1, 50),
}


def main() -> int:
    """Run one proof in a folder of its own, which stays when a promise did not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=list(PROOFS))
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--rounds", type=int, help="kills or restarts; each proof has its own number")
    parser.add_argument("--deliveries", type=int, help="a round, or in all; of updates for `updates`")
    parser.add_argument("--stops", type=int, default=0, help="rounds in which PostgreSQL is stopped at once too")
    parser.add_argument("--minutes", type=float, default=60.0, help="of the soak")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    options = parser.parse_args()
    driver, rounds, deliveries = PROOFS[options.name]
    options.rounds = rounds if options.rounds is None else options.rounds
    options.deliveries = options.deliveries or deliveries
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that everything is put away
    folder = Path(tempfile.mkdtemp(prefix=f"sharebot-{options.name}-"))
    proof = driver(folder, options)
    found = proof.to_json() | {"database": options.database, "seed": options.seed}
    if proof.is_good:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        found["folder"] = str(folder)
    print(json.dumps(found) if options.json else "\n".join(f"{name}: {value}" for name, value in found.items()))
    return 0 if proof.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
