"""A party's seats: add, invite, choose for, protect, end."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from sharebot.rules.members_file import read_seats
from sharebot.store import erasure, member_edits
from sharebot.store.personal import invite_by_mail
from sharebot.values.status import DataTier
from sharebot.web.desk import change
from sharebot.web.guard import Approver, Unreadable
from sharebot.web.invitations import invite
from sharebot.web.member import subject_of
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class SeatForm(BaseModel):
    """A new seat."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(max_length=80)]
    language: Language


class ChoiceForm(BaseModel):
    """What staff choose for a seat."""

    model_config = ConfigDict(extra="forbid")

    language: Language
    tier: DataTier


class RiskForm(BaseModel):
    """Whether being known could harm an officer."""

    model_config = ConfigDict(extra="forbid")

    risk: Literal["high", "usual"]


class MailForm(BaseModel):
    """Where to ask an officer without Telegram."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[str, Field(max_length=320)]


@router.post("/members/{code}/seats")
def add_seat(request: Request, approver: Approver, code: str, form: Annotated[SeatForm, Form()]) -> Response:
    """Give a party one more seat."""
    seats, wrong = read_seats(f"{form.label}:{form.language}")
    if wrong or len(seats) != 1:
        raise Unreadable(wrong[0] if wrong else "one label, without a semicolon")
    now = runtime_of(request).now()
    with change(request, approver, "seat.added", subject_of(request, approver, code)) as session:
        member_edits.open_seat(session, code, seats[0], region=approver.region, now=now)
    return go(f"/members/{code}", said="seat_added")


@router.post("/officers/{officer_id}/invitation")
def invite_officer(request: Request, approver: Approver, officer_id: int) -> Response:
    """Make an invitation and show its link, this once: only its hash is kept."""
    with change(request, approver, "seat.invited", f"officer:{officer_id}") as session:
        seat = member_edits.get_seat(session, officer_id, region=approver.region)
        made = invite(session, seat, runtime=runtime_of(request))
    return render(request, "invitation.html", approver, invitations=[made], code=seat.member_code, is_new=False)


@router.post("/officers/{officer_id}/mailbox")
def mail_officer(request: Request, approver: Approver, officer_id: int, form: Annotated[MailForm, Form()]) -> Response:
    """Ask the holder of an e-mail address whether they agree to take a seat."""
    now = runtime_of(request).now()
    with change(request, approver, "seat.mailed", f"officer:{officer_id}") as session:
        seat = member_edits.get_seat(session, officer_id, region=approver.region)
        invite_by_mail(session, officer_id, form.address.strip(), now=now)
    return go(f"/members/{seat.member_code}", said="mailed")


@router.post("/officers/{officer_id}/revoke")
def revoke_invitation(request: Request, approver: Approver, officer_id: int) -> Response:
    """End a seat's open invitation."""
    now = runtime_of(request).now()
    with change(request, approver, "seat.revoked", f"officer:{officer_id}") as session:
        seat = member_edits.get_seat(session, officer_id, region=approver.region)
        member_edits.revoke_invitation(session, officer_id, region=approver.region, now=now)
    return go(f"/members/{seat.member_code}", said="revoked")


@router.post("/officers/{officer_id}/choices")
def choose_for_seat(
    request: Request, approver: Approver, officer_id: int, form: Annotated[ChoiceForm, Form()]
) -> Response:
    """Choose a seat's language and data tier."""
    detail = f"language={form.language} tier={form.tier.value}"
    with change(request, approver, "officer.chosen", f"officer:{officer_id}", detail) as session:
        seat = member_edits.get_seat(session, officer_id, region=approver.region)
        member_edits.set_seat(session, officer_id, language=form.language, tier=form.tier, region=approver.region)
    return go(f"/members/{seat.member_code}", said="kept")


@router.post("/officers/{officer_id}/risk")
def set_risk(request: Request, approver: Approver, officer_id: int, form: Annotated[RiskForm, Form()]) -> Response:
    """Protect an officer whom being known could harm, or end that."""
    with change(request, approver, "officer.risk", f"officer:{officer_id}", form.risk) as session:
        seat = member_edits.get_seat(session, officer_id, region=approver.region)
        member_edits.set_high_risk(session, officer_id, form.risk == "high", region=approver.region)
    return go(f"/members/{seat.member_code}", said="kept")


@router.post("/officers/{officer_id}/remove")
def remove_seat(request: Request, approver: Approver, officer_id: int) -> Response:
    """End a seat and erase whoever sits there."""
    runtime = runtime_of(request)
    with change(request, approver, "seat.removed", f"officer:{officer_id}") as session:
        seat = member_edits.get_seat(session, officer_id, region=approver.region)
        member_edits.remove_seat(session, officer_id, region=approver.region, now=runtime.now())
    erasure.press_out(runtime.database)
    return go(f"/members/{seat.member_code}", said="seat_removed")
