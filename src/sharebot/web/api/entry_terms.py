"""For whom and when something is to be sent, as a program says it, checked against what can be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session

from sharebot.errors import Refused
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Plan, Terms
from sharebot.rules.release_times import decide_release
from sharebot.rules.timing import Timing, local_instant
from sharebot.runtime import Runtime
from sharebot.store.audiences import resolve
from sharebot.store.contents import get_content
from sharebot.store.members import list_members
from sharebot.store.queue import Approval, plan
from sharebot.values.status import MemberKind, Priority
from sharebot.web.api.problems import ApiError, Fault
from sharebot.web.api.types import ClockTime, Code, Day, Fingerprint, Flag, Id, Language, Moment, Region

_LAST_ZONE = "Etc/GMT+12"  # where a day begins last
_EXAMPLE: dict[str, Any] = {
    "content_id": 7,
    "audience": {"regions": ["Europe"], "languages": ["fr"]},
    "send_on": "2027-03-08",
    "send_local": "09:00",
    "priority": "normal",
}
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class AudienceTerms(BaseModel):
    """Conditions that a party must all meet; an empty list asks nothing.

    `lists` adds the members of lists to `members`.
    """

    model_config = ConfigDict(extra="forbid")

    regions: Annotated[list[Region], Field(max_length=100)] = []
    countries: Annotated[list[Country], Field(max_length=300)] = []
    languages: Annotated[list[Language], Field(max_length=100)] = []
    kinds: Annotated[list[MemberKind], Field(max_length=10)] = []
    members: Annotated[list[Code], Field(max_length=1000)] = []
    lists: Annotated[list[Id], Field(max_length=100)] = []

    def as_audience(self) -> Audience:
        """Return it as the rules know it, without the lists."""
        return Audience(
            frozenset(self.regions),
            frozenset(self.countries),
            frozenset(self.languages),
            frozenset(kind.value for kind in self.kinds),
            frozenset(self.members),
        )


class EntryTerms(BaseModel):
    """What to send to whom, and when: at `send_at`, or on `send_on` at `send_local` of each party's own clock, or now.

    Officers may share it from `share_from` on (embargo). Without `expires_at` the settings say how long it is offered.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    content_id: Id
    audience: AudienceTerms = AudienceTerms()
    send_at: Moment | None = None
    send_on: Day | None = None
    send_local: ClockTime | None = None
    urgent: Flag = False
    priority: Priority = Priority.NORMAL
    expires_at: Moment | None = None
    share_from: Moment | None = None

    @model_validator(mode="after")
    def _one_time(self) -> "EntryTerms":
        if self.send_at is not None and self.send_on is not None:
            raise ValueError("either send_at or send_on")
        if self.send_local is not None and self.send_on is None:
            raise ValueError("send_local needs send_on")
        return self


class NewEntry(EntryTerms):
    """What to propose, or to approve at once; `hash` is that of the content as you read it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{**_EXAMPLE, "action": "propose", "hash": "0" * 64}]},
    )

    action: Literal["propose", "approve"]
    hash: Fingerprint


class SeenEntry(BaseModel):
    """The `approval_hash` of the entry as you read it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"approval_hash": "0" * 64}]})

    approval_hash: Fingerprint


@dataclass(frozen=True, slots=True)
class Decided:
    """Terms as the rules know them, and what comes of them."""

    content_id: int
    terms: Terms
    share_from: datetime | None
    plan: Plan

    def as_approval(self, *, by: str, expected_hash: str) -> Approval:
        """Return what is laid before the queue."""
        return Approval(
            content_id=self.content_id,
            audience=self.terms.audience,
            timing=self.terms.timing,
            expires_at=self.terms.expires_at,
            by=by,
            expected_hash=expected_hash,
            priority=self.terms.priority,
            share_from=self.share_from,
        )


def decide_terms(session: Session, given: EntryTerms, runtime: Runtime) -> Decided:
    """Plan what is given. Raises NotFound, and 422 for a time that cannot be or when nobody would get it."""
    now, settings = runtime.now(), runtime.settings
    get_content(session, given.content_id)
    _check_members(session, given.audience)
    audience = resolve(session, given.content_id, given.audience.as_audience(), lists=given.audience.lists)
    at = (given.send_local or settings.sending.local_time) if given.send_on else None
    timing = Timing(given.send_at, given.send_on, at, urgent=given.urgent)
    expires_at = given.expires_at or _usual_end(timing, now) + timedelta(hours=settings.sending.expires_after_hours)
    try:
        decide_release(timing, expires_at, given.share_from, now=now)
    except Refused as error:
        raise ApiError(422, "It cannot be sent at such times.", [Fault(detail=str(error), pointer="/")]) from error
    terms = Terms(audience, timing, expires_at, given.priority)
    planned = plan(session, given.content_id, terms, settings=settings, now=now)
    if not planned.recipients:
        fault = Fault(detail="no party with an active officer fits", pointer="/audience")
        raise ApiError(422, "Nobody would get it.", [fault])
    return Decided(given.content_id, terms, given.share_from, planned)


def _check_members(session: Session, audience: AudienceTerms) -> None:
    known = {one.code for one in list_members(session)} if audience.members else set()
    faults = [
        Fault(detail="there is no such member", pointer=f"/audience/members/{at}")
        for at, code in enumerate(audience.members)
        if code not in known
    ]
    if faults:
        raise ApiError(422, "Some members are not known.", faults)


def _usual_end(timing: Timing, now: datetime) -> datetime:
    if timing.send_on is not None and timing.send_local is not None:
        return local_instant(timing.send_on, timing.send_local, _LAST_ZONE)
    return timing.send_at or now
