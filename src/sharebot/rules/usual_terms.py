"""The terms on which a draft is approved where nobody chooses any: all parties, the next day, at the usual hour."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sharebot.config.settings import Settings
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Terms
from sharebot.rules.timing import WEEKDAYS, Timing, local_instant

_LAST_ZONE = "Etc/GMT+12"  # where every day ends


def usual_terms(settings: Settings, *, region: str | None, now: datetime) -> Terms:
    """Return the usual terms; staff of a `region` reach its parties alone."""
    audience = Audience(regions=frozenset({region})) if region else Audience()
    timing = Timing(send_on=next_day(settings, now), send_local=settings.sending.local_time)
    assert timing.send_on is not None and timing.send_local is not None  # noqa: S101 - just given
    last = local_instant(timing.send_on, timing.send_local, _LAST_ZONE)
    return Terms(audience, timing, last + timedelta(hours=settings.sending.expires_after_hours))


def next_day(settings: Settings, now: datetime) -> date:
    """Return the next day on which officers may be written to."""
    today = now.astimezone(ZoneInfo(settings.organisation.zone)).date()
    days = (today + timedelta(days=ahead) for ahead in range(1, 8))
    return next(day for day in days if WEEKDAYS[day.weekday()] in settings.sending.days)
