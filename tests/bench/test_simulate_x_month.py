"""The month on X: what it costs stays under the budget, whatever happens, and the ledger never says too little."""

import pytest

from sharebot.trackers.x_queries import Vocabulary
from tests.bench.simulate_x_month import HEAD, NORMAL, QUIET, REALISTIC, VIRAL, Month, Traffic, simulate, write_line


@pytest.mark.parametrize(
    ("vocabulary", "reposts", "undone"), [("post", 0.15, 0), pytest.param("tweet", 0.85, 0.4, marks=pytest.mark.long)]
)
def test_a_realistic_month_costs_less_than_20_dollars(vocabulary: Vocabulary, reposts: float, undone: float):
    month = simulate(REALISTIC, 20, vocabulary)
    print("", HEAD, write_line(month), sep="\n")
    assert month.bill <= month.ledger < 20
    assert month.most <= 20
    assert month.days_spent == 0
    assert _share(month.links) >= 0.97
    assert _share(month.reposts) >= reposts
    assert _share(month.undone) >= undone


@pytest.mark.parametrize("budget", [1, pytest.param(5, marks=pytest.mark.long)])
def test_a_small_budget_is_kept_in_the_worst_month(budget: int):
    month = simulate(VIRAL, budget)
    print("", HEAD, write_line(month), sep="\n")
    assert month.is_kept


@pytest.mark.long
@pytest.mark.parametrize("vocabulary", ["post", "tweet"])
@pytest.mark.parametrize("budget", [1, 5, 20])
@pytest.mark.parametrize("traffic", [QUIET, NORMAL, REALISTIC, VIRAL], ids=lambda traffic: traffic.name)
def test_no_traffic_exceeds_any_budget(traffic: Traffic, budget: int, vocabulary: Vocabulary):
    month = simulate(traffic, budget, vocabulary, seed=23)
    print("", HEAD, write_line(month), sep="\n")
    assert month.is_kept


def _share(part: tuple[int, int]) -> float:
    return part[0] / max(1, part[1])


def test_a_month_that_overspends_is_found_out():
    assert not Month(QUIET, 1, "post", ledger=1, most=1.5, bill=0.5).is_kept
    assert not Month(QUIET, 1, "post", ledger=0.4, most=1, bill=0.5).is_kept
