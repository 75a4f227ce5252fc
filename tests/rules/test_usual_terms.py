"""What a draft is approved on where nobody chooses: everybody, the next day, at the usual hour."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from sharebot.config.settings import Settings
from sharebot.rules.audience import Audience
from sharebot.rules.usual_terms import next_day, usual_terms

SETTINGS = Settings()


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 23, 8, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), date(2026, 11, 25)),  # Brussels has the 24th already
        (datetime(2026, 11, 27, 8, tzinfo=UTC), date(2026, 11, 30)),
    ],
)
def test_it_goes_out_on_the_next_day_that_officers_may_be_written_to(now: datetime, day: date):
    assert next_day(SETTINGS, now) == day


def test_everybody_gets_it_at_the_usual_hour_and_it_lasts_as_long_everywhere():
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    terms = usual_terms(SETTINGS, region=None, now=now)
    assert terms.audience == Audience()
    assert (terms.timing.send_on, terms.timing.send_local) == (date(2026, 11, 24), time(9))
    assert terms.expires_at == datetime(2026, 11, 24, 21, tzinfo=UTC) + timedelta(hours=168)


def test_staff_of_a_region_reach_its_parties_alone():
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert usual_terms(SETTINGS, region="Asia", now=now).audience == Audience(regions=frozenset({"Asia"}))
