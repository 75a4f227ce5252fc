"""When a pause ends."""

from datetime import date, timedelta

import pytest

from sharebot.rules.pauses import end_of_pause, read_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        (" 2026-1-2 ", date(2026, 1, 2)),
        ("24.12.2026", date(2026, 12, 24)),
        ("24/12/2026", date(2026, 12, 24)),
        ("2028-02-29", date(2028, 2, 29)),
        ("2026-02-29", None),
        ("2026-13-01", None),
        ("0000-01-01", None),
        ("24-12-2026", None),
        ("12/24/2026", None),
        ("tomorrow", None),
        ("२०२६-१२-२४", None),
        ("2026-12-24 10:00", None),
        ("", None),
    ],
)
def test_a_day_is_read_or_refused(text: str, day: date | None):
    assert read_day(text) == day


@pytest.mark.parametrize("today", [date(2026, 11, 23) + timedelta(days=one) for one in range(7)])
def test_the_usual_ends_lie_ahead(today: date):
    assert end_of_pause("tomorrow", today) == today + timedelta(days=1)
    assert end_of_pause("weeks", today) == today + timedelta(days=14)
    monday = end_of_pause("monday", today)
    assert monday is not None
    assert monday.weekday() == 0
    assert timedelta() < monday - today <= timedelta(days=7)
    assert end_of_pause("open", today) is None
    assert end_of_pause("nonsense", today) is None
