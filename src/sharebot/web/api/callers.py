"""Who calls, and whether they may: by a token alone, read afresh with every request."""

import hashlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from sharebot.runtime import Runtime
from sharebot.store.api_tokens import PREFIX, Caller, find_caller, touch_token
from sharebot.values.api import Scope
from sharebot.values.status import StaffRole
from sharebot.web.api.body import StrictRequest, check_media_type, read_document
from sharebot.web.api.problems import ApiError
from sharebot.web.guard import UndeclaredRoute, may
from sharebot.web.limiting import check

TOKEN = HTTPBearer(
    scheme_name="token", auto_error=False, description="A token that an admin made under Settings, API: `Bearer sb_…`."
)


@dataclass(frozen=True)
class Needs:
    """What a route asks for: a scope of the token, and a role of whoever made it.

    Where it acts on the `whole` installation, tokens of staff with a region may not.
    """

    scope: Scope
    role: StaffRole = StaffRole.VIEWER
    whole: bool = False

    def __call__(self, request: Request) -> Caller:
        """Return who calls. Raises 403."""
        caller: Caller = request.state.caller
        if self.scope not in caller.scopes:
            raise ApiError(403, f"this token has no scope {self.scope.value}")
        if not may(caller.staff, self.role):
            raise ApiError(403, f"whoever made this token has not the role {self.role.value}")
        if self.whole and caller.staff.region is not None:
            raise ApiError(403, f"this concerns more than {caller.staff.region}")
        return caller


ContentReader = Annotated[Caller, Depends(Needs(Scope.CONTENT_READ))]
ContentWriter = Annotated[Caller, Depends(Needs(Scope.CONTENT_WRITE, StaffRole.EDITOR, whole=True))]
QueueReader = Annotated[Caller, Depends(Needs(Scope.QUEUE_READ))]
Proposer = Annotated[Caller, Depends(Needs(Scope.QUEUE_WRITE, StaffRole.EDITOR))]
QueueWriter = Annotated[Caller, Depends(Needs(Scope.QUEUE_WRITE, StaffRole.APPROVER))]
MemberReader = Annotated[Caller, Depends(Needs(Scope.MEMBERS_READ))]
ReshareReader = Annotated[Caller, Depends(Needs(Scope.REPORTS_READ))]
ReportReader = Annotated[Caller, Depends(Needs(Scope.REPORTS_READ, whole=True))]


class ApiRoute(APIRoute):
    """A route that knows its caller before it reads a body, and reads that strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's own handler with ours around it."""
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            strict.state.caller = await run_in_threadpool(authenticate, strict)
            # What stands before us limits bodies where there may be one; elsewhere none is read.
            body = b"" if strict.method == "GET" else await strict.body()
            strict.state.sha256 = _hash_request(strict, body)
            if self.body_field is not None and (body or "content-type" in strict.headers):
                check_media_type(strict)
                strict.document = read_document(body)
            return await inner(strict)

        return answer


def _hash_request(request: Request, body: bytes) -> str:
    return hashlib.sha256(b"\n".join([request.method.encode(), request.url.path.encode(), body])).hexdigest()


def authenticate(request: Request) -> Caller:
    """Return who calls. Raises 401 and TooMany; a cookie is never looked at."""
    runtime = runtime_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    caller = None
    if scheme.lower() == "bearer" and token.startswith(PREFIX):
        with runtime.database.read() as session:
            caller = find_caller(session, token, now=runtime.now())
    if caller is None:
        raise ApiError(401, "no valid token", headers={"WWW-Authenticate": "Bearer"})
    check(request, "api", f"token:{caller.token_id}")
    if caller.is_stale:
        # Whoever reads may go on while nothing can be written; the token only looks unused.
        with suppress(SQLAlchemyError), runtime.database.write() as session:
            touch_token(session, caller.token_id, now=runtime.now())
    return caller


def runtime_of(request: Request) -> Runtime:
    """Return the parts this process was built with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


def check_declared(router: APIRouter) -> None:
    """Raise UndeclaredRoute when a route does not say what it needs, or would not know its caller."""
    for route in router.routes:
        if not isinstance(route, ApiRoute):
            raise UndeclaredRoute(f"{getattr(route, 'path', route)} is none of our routes")
        needs_of(route)


def routes_of(router: APIRouter) -> list[ApiRoute]:
    """Return the routes of a resource."""
    return [route for route in router.routes if isinstance(route, ApiRoute)]


def methods_of(route: ApiRoute) -> list[str]:
    """Return what may be done there."""
    return sorted(route.methods or ())


def needs_of(route: ApiRoute) -> Needs:
    """Return what a route declares. Raises UndeclaredRoute when it declares nothing."""
    calls = (dependency.call for dependency in route.dependant.dependencies)
    needs = next((call for call in calls if isinstance(call, Needs)), None)
    if needs is None:
        raise UndeclaredRoute(f"{route.path} does not declare what a token needs")
    return needs
