"""Four workers on one PostgreSQL keep to one pace."""

from pathlib import Path

import pytest

from tests.reliability.installation import Installation
from tests.reliability.pace import most_in_a_second, steady_crew
from tests.reliability.postgres import Postgres
from tests.reliability.standin import Standin

pytestmark = pytest.mark.timeout(300)  # on a busy machine


@pytest.mark.long
@pytest.mark.xdist_group("reliability-postgres")
def test_four_workers_are_as_fast_as_allowed_and_never_faster(tmp_path: Path, postgres: Postgres):
    with (
        Standin(limit=30, per_chat=1.0) as standin,
        Installation(tmp_path, standin, database_url=postgres.url, telegram__per_second=25) as installation,
    ):
        # The long proof asks for 25 of 28: here other tests want the processors too.
        proof = steady_crew(installation, standin, officers=50, items=3, workers=4, least=12)
    assert proof.is_good, proof.to_json()
    assert proof.figures["accepted"] == 150


def test_the_most_in_a_second_are_counted_over_every_sliding_second():
    assert most_in_a_second([]) == 0
    assert most_in_a_second([0.0, 0.6, 0.9, 1.1, 1.55, 1.7]) == 4
