"""The parties: their seats and accounts, and the people who wait to be let in."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from sharebot.store.admission import close_question, list_newcomers
from sharebot.store.member_views import find_bot_username, list_member_views
from sharebot.store.officers import confirm, create_invitation, get_officer, reject
from sharebot.store.personal import invite_by_mail
from sharebot.web.guard import Approver, Viewer
from sharebot.web.pages import go, render, runtime_of

router = APIRouter()


@router.get("/members")
def show_members(request: Request, reader: Viewer, q: str = "", region: str = "") -> Response:
    """List the parties, narrowed by a word of their name or a region."""
    with runtime_of(request).database.read() as session:
        members = list_member_views(session)
        waiting = list_newcomers(session, language=reader.language)
    wanted = q.casefold().strip()
    shown = [
        one for one in members if (not region or one.region == region) and wanted in f"{one.name} {one.code}".casefold()
    ]
    return render(
        request,
        "members.html",
        reader,
        members=shown,
        total=len(members),
        waiting=waiting,
        regions=sorted({one.region for one in members}),
        q=q,
        region=region,
    )


@router.post("/officers/{officer_id}/confirm")
def confirm_officer(request: Request, approver: Approver, officer_id: int) -> Response:
    """Let a waiting officer in."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        confirm(session, officer_id, now=runtime.now())
        close_question(session, officer_id, now=runtime.now())
    return go("/members", said="confirmed")


@router.post("/officers/{officer_id}/reject")
def reject_officer(request: Request, approver: Approver, officer_id: int) -> Response:
    """Turn a waiting chat away."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        reject(session, officer_id, now=runtime.now())
        close_question(session, officer_id, now=runtime.now())
    return go("/members", said="rejected")


@router.post("/officers/{officer_id}/invitation")
def invite_officer(request: Request, approver: Approver, officer_id: int) -> Response:
    """Make an invitation and show its link, this once: only its hash is kept."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        officer = get_officer(session, officer_id)
        username = find_bot_username(session, officer.member_id, runtime.settings.telegram)
        token = create_invitation(session, officer_id, now=runtime.now()) if username else ""
    link = f"https://t.me/{username}?start={token}" if username else ""
    return render(request, "invitation.html", approver, officer=officer, link=link)


@router.post("/officers/{officer_id}/mailbox")
def mail_officer(
    request: Request, approver: Approver, officer_id: int, address: Annotated[str, Form(max_length=320)]
) -> Response:
    """Ask the holder of an e-mail address whether they agree to take a seat."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        invite_by_mail(session, officer_id, address.strip(), now=runtime.now())
    return go("/members", said="mailed")
