"""The approval form: read, checked, and bound to what the approver saw."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sharebot.config.settings import Settings
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Plan, Terms
from sharebot.rules.timing import WEEKDAYS, Timing, local_instant
from sharebot.store.audiences import Spared
from sharebot.values.status import Priority

# Where a day begins first and where it ends last.
_FIRST_ZONE, _LAST_ZONE = "Pacific/Kiritimati", "Etc/GMT+12"
OFFERED_HOURS = (24, 48, 72, 168, 336, 720)
_LISTS = ("regions", "countries", "languages", "kinds", "members", "lists")


def _none_if_empty(value: object) -> object:
    return value or None


Word = Annotated[str, Field(max_length=60)]
Words = Annotated[list[Word], Field(max_length=300)]
Numbers = Annotated[list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(max_length=300)]
Day = Annotated[date | None, BeforeValidator(_none_if_empty)]
LocalTime = Annotated[time | None, BeforeValidator(_none_if_empty)]


class ApprovalForm(BaseModel):
    """Who should get a content, and when; an empty list asks nothing. Times are by the organisation's clock."""

    model_config = ConfigDict(extra="ignore")

    regions: Words = []
    countries: Words = []
    languages: Words = []
    kinds: Words = []
    members: Words = []
    lists: Numbers = []
    spared: Spared = Spared.NOBODY
    when: Literal["now", "local", "moment"] = "now"
    day: Day = None
    at: LocalTime = None
    hours: Annotated[int | None, Field(ge=1, le=2160)] = None
    urgent: bool = False
    priority: Priority = Priority.NORMAL
    embargo: bool = False
    share_day: Day = None
    share_at: LocalTime = None

    def wished(self) -> Audience:
        """Return the audience as it is ticked; `store.audiences.resolve` turns lists and spared ones into members."""
        return Audience(
            frozenset(self.regions),
            frozenset(self.countries),
            frozenset(self.languages),
            frozenset(self.kinds),
            frozenset(self.members),
        )

    def is_narrowed(self) -> bool:
        """Whether not everybody is meant."""
        return self.wished() != Audience() or bool(self.lists) or self.spared is not Spared.NOBODY

    def timing(self, settings: Settings) -> Timing:
        """Return the time as the rules know it; without a day it is as soon as possible."""
        if self.when == "now" or self.day is None:
            return Timing(urgent=self.urgent)
        at = self.at or settings.sending.local_time
        if self.when == "local":
            return Timing(send_on=self.day, send_local=at, urgent=self.urgent)
        return Timing(send_at=local_instant(self.day, at, settings.organisation.zone), urgent=self.urgent)

    def share_from(self, settings: Settings) -> datetime | None:
        """Return from when it may be shared; None when that is at once, or while its day is missing."""
        if not self.embargo or self.share_day is None:
            return None
        return local_instant(self.share_day, self.share_at or settings.sending.local_time, settings.organisation.zone)

    def terms(self, audience: Audience, settings: Settings, now: datetime) -> Terms:
        """Return all of it as the rules know it."""
        return Terms(audience, self.timing(settings), self.expires_at(settings, now), self.priority)

    def expires_at(self, settings: Settings, now: datetime) -> datetime:
        """Return until when it is offered, counted from when the last party may share it."""
        timing = self.timing(settings)
        starts = timing.send_at or now
        if timing.send_on is not None and timing.send_local is not None:
            starts = local_instant(timing.send_on, timing.send_local, _LAST_ZONE)
        return max(starts, self.share_from(settings) or starts) + timedelta(hours=self.lasting(settings))

    def lasting(self, settings: Settings) -> int:
        """Return for how many hours it is offered."""
        return self.hours or settings.sending.expires_after_hours

    def query(self) -> str:
        """Return the form as the query of an address; equal forms are equal texts."""
        pairs: list[tuple[str, str]] = []
        for name in _LISTS:
            pairs += [(name, word) for word in sorted({str(one) for one in getattr(self, name)})]
        pairs += [("spared", self.spared.value)] if self.spared else []
        pairs.append(("when", self.when))
        pairs += [("day", self.day.isoformat())] if self.day else []
        pairs += [("at", f"{self.at:%H:%M}")] if self.at else []
        pairs += [("hours", str(self.hours))] if self.hours else []
        pairs += [("urgent", "true")] if self.urgent else []
        pairs += [("priority", self.priority.value)] if self.priority is not Priority.NORMAL else []
        if self.embargo:
            pairs.append(("embargo", "true"))
            pairs += [("share_day", self.share_day.isoformat())] if self.share_day else []
            pairs += [("share_at", f"{self.share_at:%H:%M}")] if self.share_at else []
        return urlencode(pairs)

    def fingerprint(self, audience: Audience, settings: Settings) -> str:
        """Return a short text that differs when the form means something else, or a list's members do."""
        times = (
            self.when,
            repr(self.timing(settings)),
            self.lasting(settings),
            self.embargo,
            self.share_from(settings),
        )
        meant = (audience.to_json(), *times, self.priority.value)
        return hashlib.sha256(repr(meant).encode()).hexdigest()[:24]


class ApprovingForm(ApprovalForm):
    """The form as it is sent: with the fingerprints of what the approver saw."""

    model_config = ConfigDict(extra="forbid")

    seen: str = Field(max_length=24)
    content_hash: str = Field(max_length=64)
    versions: str = Field(default="", max_length=4000)
    wave: int


def find_objection(
    form: ApprovalForm, plan: Plan, urls: Sequence[str | None], *, settings: Settings, now: datetime
) -> str | None:
    """Return the word for why this cannot be approved as it stands, or None."""
    if not any(urls):
        return "no_link"
    if form.when != "now" and form.day is None:
        return "day_missing"
    timing = form.timing(settings)
    today = now.astimezone(ZoneInfo(_FIRST_ZONE)).date()
    if timing.send_on is not None and timing.send_on < today:
        return "past"
    if timing.send_at is not None and timing.send_at < now.replace(second=0, microsecond=0):
        return "past"
    return _find_embargo_objection(form, settings, now) or (None if plan.recipients else "nobody")


def _find_embargo_objection(form: ApprovalForm, settings: Settings, now: datetime) -> str | None:
    share_from = form.share_from(settings)
    if not form.embargo:
        return None
    if share_from is None:
        return "share_day_missing"
    return "share_past" if share_from <= now else None


def offered_hours(settings: Settings) -> list[int]:
    """Return the lengths of time to choose from, with the configured one among them."""
    return sorted({*OFFERED_HOURS, settings.sending.expires_after_hours})


def default_day(settings: Settings, now: datetime) -> date:
    """Return the next day on which officers may be written to."""
    today = now.astimezone(ZoneInfo(settings.organisation.zone)).date()
    days = (today + timedelta(days=ahead) for ahead in range(1, 8))
    return next(day for day in days if WEEKDAYS[day.weekday()] in settings.sending.days)
