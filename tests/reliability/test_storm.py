"""Everything that can go wrong with a message at once, and a server that answers 429 to every second one."""

from pathlib import Path

import pytest

from tests.reliability.installation import Installation
from tests.reliability.postgres import Postgres
from tests.reliability.standin import Standin
from tests.reliability.storm import fault_storm, half_refused

pytestmark = pytest.mark.timeout(300)  # on a busy machine


@pytest.mark.xdist_group("reliability-storm")
@pytest.mark.long
def test_a_fault_storm_with_kills(tmp_path: Path, standin: Standin):
    with Installation(tmp_path, standin) as installation:
        proof = fault_storm(installation, standin, 3, 100, seed=3, within=15)
    assert proof.is_good, proof.to_json()
    assert {"fault_dropped", "fault_broken", "refused_429", "refused_502"} <= set(proof.figures["counts"])


@pytest.mark.long
@pytest.mark.xdist_group("reliability-postgres")
def test_no_worker_sends_while_a_429_holds(tmp_path: Path, standin: Standin, postgres: Postgres):
    with Installation(tmp_path, standin, database_url=postgres.url, telegram__per_second=25) as installation:
        proof = half_refused(installation, standin, 6, workers=4, restarts=1, settle=0.3)
    assert proof.is_good, proof.to_json()
