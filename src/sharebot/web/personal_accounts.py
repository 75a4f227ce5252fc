"""An officer's own page: their party's accounts, confirmed, added and ended with plain forms."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from sharebot.errors import NotFound
from sharebot.rules.profiles import read_profile
from sharebot.store import confirming, officers
from sharebot.store.officers import OfficerView
from sharebot.store.personal import find_visit
from sharebot.texts import accounts as texts
from sharebot.values.accounts import Refusal, ShownAccount
from sharebot.web.guard import ANYBODY
from sharebot.web.pages import go, runtime_of

router = APIRouter(prefix="/o/{token}/accounts", dependencies=[ANYBODY])


def list_shown(session: Session, officer: OfficerView) -> list[ShownAccount]:
    """Return the accounts of an officer's party, those first that nobody has confirmed."""
    lines = [line.shown for line in confirming.list_accounts(session, officer.member_id)]
    return sorted(lines, key=lambda one: not one.is_open)


def refusal_in(request: Request, language: str) -> str | None:
    """Return why the latest address was not taken, in the reader's language."""
    word = request.query_params.get("refused", "")
    return texts.refuse(language, Refusal(word)) if word in set(Refusal) else None


@router.post("")
def add_account(
    request: Request,
    token: str,
    address: Annotated[str, Form(max_length=2100)] = "",
    ours: Annotated[bool, Form()] = False,
) -> Response:
    """Add an account by its address, when the reader has ticked that it is the party's."""
    runtime = runtime_of(request)
    found = read_profile(address)
    with runtime.database.write() as session:
        officer = _reader(session, token, request)
        refusal = found if isinstance(found, Refusal) else confirming.find_refusal(session, officer.member_id, found)
        if not isinstance(found, Refusal) and refusal is None and ours:
            by = f"officer:{officer.id}"
            confirming.offer_account(session, officer.member_id, found, by=by, now=runtime.now())
    if refusal is not None:
        return RedirectResponse(f"/o/{token}?{urlencode({'refused': refusal.value})}#accounts", 303)
    return go(f"/o/{token}", said="kept" if ours else "account_not_ticked")


@router.post("/{number}")
def judge_account(request: Request, token: str, number: int, ours: Annotated[bool, Form()]) -> Response:
    """Note whether an account is the party's. Raises NotFound for another party's."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        officer = _reader(session, token, request)
        confirming.get_own(session, officer.member_id, number)
        word = confirming.confirm_account if ours else confirming.decline_account
        word(session, number, by=f"officer:{officer.id}", now=runtime.now())
    return go(f"/o/{token}", said="kept")


def _reader(session: Session, token: str, request: Request) -> OfficerView:
    """Return whose page it is. Raises NotFound, also for who has not agreed yet."""
    visit = find_visit(session, token, now=runtime_of(request).now())
    officer = officers.get_officer(session, visit.officer_id) if visit else None
    if officer is None or not officer.has_agreed:
        raise NotFound("no such page")
    return officer
