"""How fast to send, how long to wait, and when to give up."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharebot.rules.sending import (
    BREAKER_AT,
    MAX_COPIES,
    breaker_pause,
    current_slowness,
    halt_for,
    next_slot,
    retry_delay,
    slower,
)
from tests.cast import NOW

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FAST = 40 * timedelta(milliseconds=1)  # 25 a second
# How long after the last claim a worker asks for a place: at once, a bit late, or after a break.
WAITS = st.lists(st.sampled_from([0.0, 0.001, 0.013, 0.039, 0.04, 0.041, 0.3, 1.7]) | st.floats(0, 3), max_size=80)


def starts_of(waits: Sequence[float], interval: timedelta) -> list[datetime]:
    """Ask for a place after each of the waits, whether the last one has begun or not; return all starts."""
    now, next_at, starts = NOW, None, list[datetime]()
    for wait in waits:
        now += timedelta(seconds=wait)
        slot = next_slot(next_at, now=now, interval=interval)
        assert slot.starts_at >= now
        starts.append(slot.starts_at)
        next_at = slot.next_at
    return starts


def most_in_a_second(starts: Sequence[datetime]) -> int:
    return max((sum(start <= other < start + SECOND for other in starts) for start in starts), default=0)


@given(waits=WAITS, per_second=st.integers(1, 60))
def test_in_no_second_start_more_than_one_above_the_pace(waits: list[float], per_second: int):
    interval = timedelta(seconds=1 / per_second)
    assert most_in_a_second(starts_of(waits, interval)) <= SECOND // interval + 1


@given(waits=WAITS, per_second=st.floats(0.05, 60))
def test_any_pace_is_exceeded_by_no_more_than_half_an_interval(waits: list[float], per_second: float):
    interval = timedelta(seconds=1 / per_second)
    starts = starts_of(waits, interval)
    half = interval - interval // 2  # of an odd number of microseconds the larger one
    for first, start in enumerate(starts):
        for more, later in enumerate(starts[first:]):
            assert later - start >= interval * more - half


@given(number=st.integers(2, 60), per_second=st.integers(1, 60))
def test_places_taken_at_once_lie_an_interval_apart(number: int, per_second: int):
    interval = timedelta(seconds=1 / per_second)
    assert starts_of([0.0] * number, interval) == [NOW + interval * place for place in range(number)]


@pytest.mark.parametrize(("late", "next_after"), [(0, 40), (5, 35), (20, 20), (21, 20), (39, 20), (5000, 20)])
def test_a_late_start_is_caught_up_by_at_most_half_an_interval(late: int, next_after: int):
    millisecond = timedelta(milliseconds=1)
    now = NOW + late * millisecond
    slot = next_slot(NOW, now=now, interval=FAST)
    assert slot.starts_at == now
    following = next_slot(slot.next_at, now=now, interval=FAST)
    assert following.starts_at == now + next_after * millisecond


def test_a_bot_that_never_sent_starts_at_once():
    assert next_slot(None, now=NOW, interval=FAST).starts_at == NOW
    assert next_slot(None, now=NOW, interval=FAST).next_at == NOW + FAST


def test_each_429_slows_by_a_quarter_and_never_more_than_four_times():
    slowness, slowed_at = 1.0, None
    seen = []
    for _ in range(9):
        slowness, slowed_at = slower(slowness, slowed_at, NOW), NOW
        seen.append(slowness)
    assert seen[:3] == [1.25, 1.25**2, 1.25**3]
    assert seen[-2:] == [4.0, 4.0]


@pytest.mark.parametrize(("minutes", "left"), [(0, 3.0), (5, 2.0), (10, 1.0), (600, 1.0), (-60, 3.0)])
def test_slowness_wears_off_in_ten_minutes_without_a_429(minutes: int, left: float):
    assert current_slowness(3.0, NOW, NOW + minutes * MINUTE) == pytest.approx(left)
    assert current_slowness(3.0, None, NOW) == 1.0


def test_a_429_after_a_while_counts_from_what_is_left():
    assert slower(3.0, NOW, NOW + 5 * MINUTE) == pytest.approx(2.5)
    assert slower(3.0, NOW, NOW + 60 * MINUTE) == pytest.approx(1.25)


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
