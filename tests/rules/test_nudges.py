"""Whether somebody who has not answered is reminded, and when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from sharebot.rules.asks import Asked, Habits
from sharebot.rules.nudges import Spared, Unanswered, decide_nudge
from sharebot.rules.timing import Window
from sharebot.values.status import Rhythm

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
HABITS = Habits("UTC", Window(time(9), time(18), ("mon", "tue", "wed", "thu", "fri")), budget=3)
ITEM = Unanswered(NOON + timedelta(days=3), Asked([NOON - timedelta(days=1)]))


def test_they_are_reminded_now_or_at_the_next_opening() -> None:
    assert decide_nudge(ITEM, HABITS, now=NOON) == NOON
    night = NOON.replace(hour=22)
    assert decide_nudge(ITEM, HABITS, now=night) == NOON.replace(hour=9) + timedelta(days=1)


@pytest.mark.parametrize(
    ("item", "habits", "why"),
    [
        (replace(ITEM, barred=Spared.SHARED), HABITS, Spared.SHARED),
        (ITEM, None, Spared.AWAY),
        (ITEM, replace(HABITS, rhythm=Rhythm.DAILY), Spared.DIGEST),
        (replace(ITEM, asked=Asked([NOON - timedelta(hours=hour) for hour in (1, 2, 3)])), HABITS, Spared.BUDGET),
        (replace(ITEM, asked=Asked([NOON], frozenset({NOON + timedelta(days=2)}))), HABITS, NOON),
        (replace(ITEM, expires_at=NOON + timedelta(hours=8)), replace(HABITS, holidays={NOON.date()}), Spared.OVER),
    ],
)
def test_others_are_left_alone_for_a_reason(item: Unanswered, habits: Habits | None, why: object) -> None:
    assert decide_nudge(item, habits, now=NOON) == why
