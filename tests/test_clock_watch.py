"""The watch over the clock: leaps, sleeps and disagreement hold everything; Telegram's word frees it."""

from datetime import datetime, timedelta

import pytest

from sharebot.clock_watch import TOLERANCE, ClockWatch
from tests.cast import NOW, SetClock

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
TEN_YEARS = timedelta(days=3653)
LEAPS = [
    (-HOUR, "3600 s behind"),
    (HOUR, "3600 s ahead of"),
    (DAY, "1 d ahead of"),
    (-DAY, "1 d behind"),
    (TEN_YEARS, "3653 d ahead of"),
    (61 * SECOND, "61 s ahead of"),
    (-61 * SECOND, "61 s behind"),
]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def watch(clock: SetClock) -> ClockWatch:
    """A watch whose clock has just agreed with Telegram's."""
    watch = ClockWatch(clock)
    watch.hear(NOW)
    return watch


def whole(at: datetime) -> datetime:
    """Return what a Date header says of an instant."""
    return at.replace(microsecond=0)


@pytest.mark.parametrize(("leap", "words"), LEAPS)
def test_a_leap_holds_everything_until_telegram_agrees(clock, watch, leap: timedelta, words: str):
    clock.set(leap)
    assert watch.find_trouble() == f"this machine's clock leapt: it is suddenly {words} where it should be"
    clock.run(HOUR)
    assert watch.find_trouble() is not None, "it was forgotten by looking again"
    assert watch.off is None, "what was heard before the leap is still believed"
    watch.hear(clock.now())
    assert watch.find_trouble() is None
    assert watch.off == timedelta(0)


@pytest.mark.parametrize(("leap", "words"), LEAPS)
def test_a_clock_that_was_set_wrong_is_held_until_it_is_right_again(clock, watch, leap: timedelta, words: str):
    clock.set(leap)
    clock.run(5 * SECOND)
    watch.hear(clock.now() - leap)
    assert watch.find_trouble() == f"this machine's clock is {words} Telegram's"
    clock.set(-leap)
    assert watch.find_trouble() is not None, "it came back, and nobody has said that it is right now"
    watch.hear(clock.now())
    assert watch.find_trouble() is None


@pytest.mark.parametrize(("leap", "words"), LEAPS)
def test_a_clock_that_was_wrong_from_the_beginning_is_found_by_telegrams(clock, leap: timedelta, words: str):
    watch = ClockWatch(clock)
    assert (watch.find_trouble(), watch.off) == (None, None)
    watch.hear(clock.now() - leap)
    assert watch.off == -leap
    assert watch.find_trouble() == f"this machine's clock is {words} Telegram's"
    clock.run(DAY)
    assert watch.find_trouble() is not None, "time alone makes no clock right"


def test_a_suspended_machine_is_held_until_telegram_agrees(clock, watch):
    clock.suspend(8 * HOUR)
    assert watch.find_trouble() == "this machine's clock leapt: it is suddenly 28800 s ahead of where it should be"
    watch.hear(clock.now())
    assert watch.find_trouble() is None


def test_a_leap_is_noticed_by_whatever_is_heard_first(clock, watch):
    """The first answer after the leap agrees with the clock from before it: the clock is wrong, not right."""
    clock.set(DAY)
    watch.hear(clock.now() - DAY)
    assert watch.find_trouble() == "this machine's clock is 1 d ahead of Telegram's"


@pytest.mark.parametrize("step", [TOLERANCE, -TOLERANCE, 30 * SECOND, -SECOND])
def test_small_corrections_are_no_leap(clock, watch, step: timedelta):
    clock.set(step)
    assert watch.find_trouble() is None


@pytest.mark.parametrize("off", [TOLERANCE, -TOLERANCE, 2 * SECOND, timedelta(0)])
def test_a_small_disagreement_is_tolerated(clock, watch, off: timedelta):
    watch.hear(clock.now() + off)
    assert (watch.off, watch.find_trouble()) == (off, None)


@pytest.mark.parametrize("off", [TOLERANCE + SECOND, -TOLERANCE - SECOND])
def test_agreement_ends_a_disagreement(clock, watch, off: timedelta):
    watch.hear(clock.now() + off)
    assert watch.find_trouble() is not None
    watch.hear(whole(clock.now() + timedelta(milliseconds=999)))
    assert watch.find_trouble() is None


def test_many_small_steps_are_found_by_telegrams_clock(clock, watch):
    """A clock that is turned slowly never leaps; only another clock can tell."""
    for _ in range(60):
        clock.set(30 * SECOND)
        clock.run(SECOND)
        assert watch.find_trouble() is None
    watch.hear(clock.now() - 1800 * SECOND)
    assert watch.find_trouble() == "this machine's clock is 1800 s ahead of Telegram's"


def test_time_that_passes_is_no_trouble(clock, watch):
    for step in (SECOND, HOUR, 30 * DAY):
        clock.run(step)
        assert watch.find_trouble() is None


@pytest.mark.parametrize(("leap", "_words"), LEAPS)
def test_while_the_clock_is_wrong_the_ticks_tell_the_time(clock, watch, leap: timedelta, _words: str):
    clock.run(HOUR)
    assert watch.believed_now() == NOW + HOUR
    clock.set(leap)
    clock.run(5 * SECOND)
    assert watch.believed_now() == NOW + HOUR + 5 * SECOND
    watch.hear(clock.now() - leap)
    assert watch.believed_now() == NOW + HOUR + 5 * SECOND
    clock.set(-leap)
    watch.hear(clock.now())
    clock.run(SECOND)
    assert watch.believed_now() == clock.now() == NOW + HOUR + 6 * SECOND
