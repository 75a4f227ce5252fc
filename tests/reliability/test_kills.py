"""Kill -9 in the middle of releases: nothing lost, nothing stuck, few copies, each of them marked."""

from pathlib import Path

import pytest

from tests.reliability.installation import Installation
from tests.reliability.kills import KillRounds
from tests.reliability.postgres import Postgres
from tests.reliability.run import SLOW_ENOUGH
from tests.reliability.standin import Standin

pytestmark = pytest.mark.timeout(300)  # on a busy machine

BUSY = 15.0  # the long proof asks for 5 s: here other tests want the processors too


@pytest.mark.parametrize(
    ("seed", "kills"),
    [
        pytest.param(1, 4, marks=pytest.mark.xdist_group("reliability-kills")),
        pytest.param(2, 20, marks=pytest.mark.long),
    ],
)
def test_kills_of_the_worker_on_sqlite(tmp_path: Path, standin: Standin, seed: int, kills: int):
    standin.set_faults(**SLOW_ENOUGH)
    with Installation(tmp_path, standin) as installation:
        proof = KillRounds(installation, standin, seed=seed, within=BUSY).run(kills, 200)
    assert proof.is_good, proof.to_json()
    assert proof.figures["kills"] == kills
    assert proof.figures["extra_copies"] > 0, "no kill found a send in flight"


@pytest.mark.long
@pytest.mark.xdist_group("reliability-postgres")
def test_kills_of_the_worker_and_of_postgresql(tmp_path: Path, standin: Standin, postgres: Postgres):
    standin.set_faults(**SLOW_ENOUGH)
    with Installation(tmp_path, standin, database_url=postgres.url) as installation:
        rounds = KillRounds(installation, standin, seed=2, within=BUSY)
        proof = rounds.run(5, 100, postgres=postgres, stops=2)
    assert proof.is_good, proof.to_json()
    assert (proof.figures["kills"], proof.figures["database_stops"]) == (5, 2)
