"""How long to wait, and when to give up."""

import random
from datetime import timedelta

import pytest

from sharebot.rules.sending import BREAKER_AT, MAX_COPIES, breaker_pause, halt_for, retry_delay


@pytest.mark.parametrize(("said", "seconds"), [(None, 30), (0, 1), (0.2, 1), (1, 1), (40, 40), (86_400, 86_400)])
def test_a_429_halts_for_what_it_says_at_least_a_second_and_30_when_it_says_nothing(said, seconds: int):
    assert halt_for(None if said is None else timedelta(seconds=said)) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (10, 2560), (11, 3600), (999, 3600)]
)
def test_retries_double_from_five_seconds_to_an_hour_with_jitter(failures: int, seconds: int):
    rng = random.Random(7)  # noqa: S311 - jitter, not a secret
    delays = [retry_delay(failures, rng).total_seconds() for _ in range(200)]
    assert seconds * 0.75 <= min(delays) < seconds * 0.8
    assert seconds * 1.2 < max(delays) <= seconds * 1.25


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, None), (BREAKER_AT - 1, None), (5, 30), (6, 60), (7, 120), (9, 480), (10, 600), (10_000, 600)],
)
def test_the_breaker_opens_at_five_and_doubles_to_ten_minutes(failures: int, seconds: int | None):
    assert breaker_pause(failures) == (None if seconds is None else timedelta(seconds=seconds))


def test_nobody_gets_more_than_two_copies():
    assert MAX_COPIES == 2
