"""Ceremonies of signing in: bound to one browser by a short-lived cookie, and what comes after they went well."""

from fastapi import Request, Response
from sqlmodel import Session

from sharebot.store.audit import Change, record
from sharebot.store.passkeys import list_passkeys
from sharebot.store.staff_sessions import find_session, open_session
from sharebot.store.staff_tries import TRY_LASTS, Begun, begin_try, end_try
from sharebot.values.sign_in import Ceremony, Way
from sharebot.web.browser_kind import name_browser
from sharebot.web.guard import is_https
from sharebot.web.pages import runtime_of


def begin(request: Request, session: Session, kind: Ceremony, secret: str, *, staff_id: int | None = None) -> str:
    """Keep what a ceremony's end is compared with, and return the token for the browser's cookie."""
    return begin_try(session, kind, secret, now=runtime_of(request).now(), staff_id=staff_id)


def bind(request: Request, response: Response, token: str) -> None:
    """Put the ceremony's cookie on an answer."""
    # Lax: an identity provider sends the browser back from another site.
    response.set_cookie(
        _cookie_name(request),
        token,
        max_age=int(TRY_LASTS.total_seconds()),
        secure=is_https(runtime_of(request)),
        httponly=True,
        samesite="lax",
    )


def end(request: Request, session: Session, kind: Ceremony) -> Begun | None:
    """Use up the ceremony that this browser has begun; None when there is none."""
    return end_try(session, kind, request.cookies.get(_cookie_name(request), ""), now=runtime_of(request).now())


def enter(request: Request, session: Session, staff_id: int, way: Way) -> str:
    """Open a session for somebody who has proven who they are, note it, and return its token."""
    now = runtime_of(request).now()
    browser = name_browser(request.headers.get("user-agent", ""))
    token = open_session(session, staff_id, now=now, way=way, browser=browser)
    note_sign_in(request, session, token, way)
    return token


def note_sign_in(request: Request, session: Session, token: str, way: Way) -> None:
    """Note in the audit log that somebody signed in, as the last thing of a transaction."""
    now = runtime_of(request).now()
    if reader := find_session(session, token, now=now):
        record(session, Change(reader.actor, "session.opened", reader.actor, way.value), now=now)


def first_page(session: Session, staff_id: int) -> str:
    """Return where somebody who came by a link goes on: to their account while they have no passkey."""
    return "/" if list_passkeys(session, staff_id) else "/account?said=add_passkey"


def _cookie_name(request: Request) -> str:
    return "__Host-sharebot-try" if is_https(runtime_of(request)) else "sharebot-try"
