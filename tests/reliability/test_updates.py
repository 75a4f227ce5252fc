"""Taps that come one to three times each while the worker is killed: each takes effect once."""

from pathlib import Path

import pytest

from tests.reliability.installation import Installation
from tests.reliability.standin import Standin
from tests.reliability.updates import UpdateRounds

pytestmark = pytest.mark.timeout(300)  # on a busy machine


@pytest.mark.xdist_group("reliability-updates")
def test_every_update_takes_effect_once(tmp_path: Path, standin: Standin):
    with Installation(tmp_path, standin) as installation:
        proof = UpdateRounds(installation, standin, seed=5).run(5, 40)
    assert proof.is_good, proof.to_json()
    assert (proof.figures["kills"], proof.figures["updates"]) == (5, 200)
    assert proof.figures["delivered_again"] > 0
