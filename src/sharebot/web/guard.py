"""Who may see a page: every route declares it, and it is read afresh with every request."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from sharebot.errors import SharebotError
from sharebot.runtime import Runtime
from sharebot.store.staff import SignedIn
from sharebot.store.staff_sessions import ABSOLUTE_LIMIT, find_session, touch_session
from sharebot.texts.catalogue import languages
from sharebot.values.status import StaffRole

_RANK = {role: rank for rank, role in enumerate(StaffRole)}


class SignInNeeded(SharebotError):
    """Nobody is signed in, or not any more."""


class NotAllowed(SharebotError):
    """Whoever is signed in has a role that may not do this."""


class Unreadable(SharebotError):
    """An address or a form asks for what cannot be."""


class UndeclaredRoute(SharebotError):
    """A route does not say who may use it; raised at start."""


@dataclass(frozen=True)
class Needs:
    """The least role a route asks for; None lets anybody in.

    Where it acts on the `whole` installation, whoever works for one region alone may not.
    """

    role: StaffRole | None
    whole: bool = False

    def __call__(self, request: Request) -> SignedIn | None:
        """Return who is signed in. Raises SignInNeeded or NotAllowed."""
        if self.role is None:
            return None
        reader = find_reader(request)
        if reader is None:
            raise SignInNeeded("sign in first")
        if not may(reader, self.role):
            raise NotAllowed(f"this needs the role {self.role.value}")
        if self.whole and reader.region is not None:
            raise NotAllowed(f"this concerns more than {reader.region}")
        return reader


ANYBODY = Depends(Needs(None))
Viewer = Annotated[SignedIn, Depends(Needs(StaffRole.VIEWER))]
Editor = Annotated[SignedIn, Depends(Needs(StaffRole.EDITOR))]
Approver = Annotated[SignedIn, Depends(Needs(StaffRole.APPROVER))]
WholeViewer = Annotated[SignedIn, Depends(Needs(StaffRole.VIEWER, whole=True))]
WholeEditor = Annotated[SignedIn, Depends(Needs(StaffRole.EDITOR, whole=True))]
WholeApprover = Annotated[SignedIn, Depends(Needs(StaffRole.APPROVER, whole=True))]
Admin = Annotated[SignedIn, Depends(Needs(StaffRole.ADMIN, whole=True))]


def may(reader: SignedIn, role: StaffRole) -> bool:
    """Whether the reader's role includes `role`."""
    return _RANK[reader.role] <= _RANK[role]


def include(app: FastAPI, router: APIRouter) -> None:
    """Add a router. Raises UndeclaredRoute when one of its routes does not say who may use it."""
    for route in router.routes:
        if not isinstance(route, APIRoute) or needed_role_of(route) is None:
            raise UndeclaredRoute(f"{getattr(route, 'path', route)} does not declare who may use it")
    app.include_router(router)


def needed_role_of(route: APIRoute) -> Needs | None:
    """Return what the route declares, or None when it declares nothing."""
    calls = (dependency.call for dependency in route.dependant.dependencies)
    return next((call for call in calls if isinstance(call, Needs)), None)


def find_reader(request: Request) -> SignedIn | None:
    """Return who is signed in, in the language they asked for; None for a stranger."""
    runtime: Runtime = request.app.state.runtime
    token = request.cookies.get(_cookie_name(runtime))
    if not token:
        return None
    with runtime.database.read() as session:
        reader = find_session(session, token, now=runtime.now())
    if reader is None:
        return None
    if reader.is_stale:
        # Whoever reads may go on while nothing can be written; the session only looks older than it is.
        with suppress(SQLAlchemyError), runtime.database.write() as session:
            touch_session(session, token, now=runtime.now())
    return replace(reader, language=choose_language(request, reader.language))


def choose_language(request: Request, own: str) -> str:
    """Return the language of `?lang=` when the pages speak it, else the reader's own, else English."""
    known = languages()
    return next((code for code in (request.query_params.get("lang"), own) if code in known), known[0])


def session_token(request: Request) -> str:
    """Return the token in the session cookie, or an empty text."""
    return request.cookies.get(_cookie_name(request.app.state.runtime), "")


def set_session(request: Request, response: Response, token: str) -> None:
    """Put the session cookie on an answer."""
    runtime: Runtime = request.app.state.runtime
    response.set_cookie(
        _cookie_name(runtime),
        token,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        secure=is_https(runtime),
        httponly=True,
        samesite="lax",
    )


def drop_session(request: Request, response: Response) -> None:
    """Take the session cookie away."""
    runtime: Runtime = request.app.state.runtime
    response.delete_cookie(_cookie_name(runtime), secure=is_https(runtime), httponly=True, samesite="lax")


def is_https(runtime: Runtime) -> bool:
    """Whether people reach the pages by https."""
    return runtime.settings.web.public_url.startswith("https://")


def _cookie_name(runtime: Runtime) -> str:
    # Browsers take a __Host- cookie over https only.
    return "__Host-sharebot" if is_https(runtime) else "sharebot"
