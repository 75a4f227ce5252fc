"""What a content's page shows to decide by: the form, who would get it, and what waits for a decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from sqlmodel import Session

from sharebot.config.settings import Settings
from sharebot.models import QueueEntry
from sharebot.rules.audience import Audience
from sharebot.rules.planning import Plan
from sharebot.runtime import Runtime
from sharebot.store.approvals import seen_hash_of
from sharebot.store.audiences import Reached, find_choices, find_reached, is_of_region, resolve
from sharebot.store.queue import find_undecided, plan, timing_of
from sharebot.store.queue_views import EntryView
from sharebot.store.review import ContentView
from sharebot.store.staff import SignedIn
from sharebot.values.status import ContentStatus, EntryStatus, Priority, StaffRole
from sharebot.web import notes
from sharebot.web.approval import ApprovalForm, default_day, find_objection, offered_hours
from sharebot.web.differences import note_versions
from sharebot.web.guard import may
from sharebot.web.outlook import arrange
from sharebot.web.pages import runtime_of, speak

_UNDECIDED = (EntryStatus.PROPOSED, EntryStatus.RETURNED)
_FORM = frozenset(ApprovalForm.model_fields)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What waits for a decision, as somebody sees it.

    `problem` is why they cannot approve it: own, stale (two pairs of eyes are needed), or region.
    """

    id: int
    is_returned: bool
    was_edited: bool
    proposed_by: str | None
    returned_by: str | None
    note: str
    audience: Audience
    seen_hash: str
    problem: str | None


def resolve_form(session: Session, content_id: int, form: ApprovalForm, *, reached: Reached | None = None) -> Audience:
    """Return for whom a form is, its lists as the members on them."""
    return resolve(session, content_id, form.wished(), lists=form.lists, spared=form.spared, reached=reached)


def plan_form(
    session: Session, runtime: Runtime, content_id: int, form: ApprovalForm, audience: Audience | None = None
) -> Plan:
    """Say who would get a content on the terms of a form."""
    settings, now = runtime.settings, runtime.now()
    meant = resolve_form(session, content_id, form) if audience is None else audience
    return plan(session, content_id, form.terms(meant, settings, now), settings=settings, now=now)


def fill_form(request: Request, reader: SignedIn, form: ApprovalForm, undecided: QueueEntry | None) -> ApprovalForm:
    """Return the form as it was asked for, else as what waits for a decision says, else for the reader's region."""
    if not _FORM.isdisjoint(request.query_params):
        return form
    if undecided is not None:
        return _form_of(undecided, runtime_of(request).settings, runtime_of(request).now())
    return form.model_copy(update={"regions": [reader.region]}) if reader.region else form


def _form_of(entry: QueueEntry, settings: Settings, now: datetime) -> ApprovalForm:
    audience, zone = Audience.from_json(entry.audience), settings.organisation.zone
    timing = timing_of(entry)
    form = ApprovalForm(
        regions=sorted(audience.regions),
        countries=sorted(audience.countries),
        languages=sorted(audience.languages),
        kinds=sorted(audience.kinds),
        members=sorted(audience.members),
        urgent=entry.urgent,
        priority=entry.priority,
    )
    if timing.send_on is not None:
        form.when, form.day, form.at = "local", timing.send_on, timing.send_local
    elif timing.send_at is not None:
        moment = timing.send_at.astimezone(ZoneInfo(zone))
        form.when, form.day, form.at = "moment", moment.date(), moment.time().replace(second=0, microsecond=0)
    if entry.share_from is not None:
        moment = entry.share_from.astimezone(ZoneInfo(zone))
        form.embargo, form.share_day, form.share_at = True, moment.date(), moment.time()
    starts = form.expires_at(settings, max(entry.created_at, now)) - timedelta(hours=form.lasting(settings))
    form.hours = min(max(round((entry.expires_at - starts) / timedelta(hours=1)), 1), 2160)
    return form


def audience_values(
    request: Request,
    reader: SignedIn,
    session: Session,
    view: ContentView,
    form: ApprovalForm,
    entries: list[EntryView],
) -> dict[str, Any]:
    """Return what `audience_section.html` shows of a content, beside `view` and `entries`."""
    runtime = runtime_of(request)
    settings, now = runtime.settings, runtime.now()
    waits = any(one.status in _UNDECIDED for one in entries)
    undecided = find_undecided(session, view.id) if waits else None
    form = fill_form(request, reader, form, undecided)
    decided = [one for one in entries if one.status not in _UNDECIDED]
    reached = find_reached(session, view.id) if any(one.released_at for one in decided) else Reached()
    audience = resolve_form(session, view.id, form, reached=reached)
    planned = plan_form(session, runtime, view.id, form, audience)
    word = find_objection(form, planned, [one.url for one in view.variants], settings=settings, now=now)
    within = is_of_region(session, audience, reader.region)
    return {
        "form": form,
        "meant": audience,
        "seen": form.fingerprint(audience, settings),
        "versions": note_versions(view),
        "wave": len(decided),
        "choices": find_choices(session),
        "outlook": arrange(planned, spared=_spared(form, reached)),
        "reached": reached,
        "proposal": _show_proposal(session, request, reader, view, undecided) if undecided else None,
        "objection": notes.find_objection(speak(reader.language), word or request.query_params.get("objection", "")),
        "can_be_approved": word is None,
        "approves": may(reader, StaffRole.APPROVER) and within,
        "eyes": settings.approval.eyes,
        "is_archived": view.status is ContentStatus.ARCHIVED,
        "hours": sorted({*offered_hours(settings), form.lasting(settings)}),
        "lasting": form.lasting(settings),
        "day": form.day or default_day(settings, now),
        "at": form.at or settings.sending.local_time,
        "share_day": form.share_day or default_day(settings, now),
        "share_at": form.share_at or settings.sending.local_time,
        "share_from": form.share_from(settings),
        "sending": settings.sending,
        "priorities": [Priority.HIGH, Priority.NORMAL, Priority.LOW],
        "expires_at": form.expires_at(settings, now),
    }


def _spared(form: ApprovalForm, reached: Reached) -> dict[str, str]:
    """Return why members are left out that had it before, by their codes."""
    codes = {"got": reached.got, "shared": reached.shared}.get(form.spared.value, frozenset())
    return dict.fromkeys(codes, form.spared.value)


def _show_proposal(
    session: Session, request: Request, reader: SignedIn, view: ContentView, entry: QueueEntry
) -> Proposal:
    eyes = runtime_of(request).settings.approval.eyes
    was_edited = entry.approved_hash != view.hash
    audience = Audience.from_json(entry.audience)
    problem = None
    if not is_of_region(session, audience, reader.region):
        problem = "region"
    elif eyes > 1 and entry.proposed_by == reader.email:
        problem = "own"
    elif eyes > 1 and (was_edited or entry.proposed_by is None):
        problem = "stale"
    return Proposal(
        entry.id or 0,
        entry.status is EntryStatus.RETURNED,
        was_edited,
        entry.proposed_by,
        entry.returned_by,
        entry.note,
        audience,
        seen_hash_of(session, entry, content=view.hash),
        problem,
    )
