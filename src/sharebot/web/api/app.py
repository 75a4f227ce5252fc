"""Build the JSON API: its routes, its own words for what goes wrong, and its description."""

import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Security
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount

from sharebot import __version__
from sharebot.errors import NotFound, PermanentError, Refused, TemporaryError
from sharebot.runtime import Runtime
from sharebot.store.approvals import OwnProposal
from sharebot.web.api import contents, entries, members, reports, reshares
from sharebot.web.api.callers import TOKEN, Needs, check_declared, methods_of, needs_of, routes_of
from sharebot.web.api.problems import ApiError, Fault, Problem, answer, documented, faults_of
from sharebot.web.limiting import Limiter, TooMany

log = logging.getLogger(__name__)
PLACE = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (contents.router, entries.router, members.router, reshares.router, reports.router)
_SAID = """What sharebot queues, sends and finds, for other programs.

Every request carries a token in `Authorization: Bearer sb_…`. It may never do more than whoever made it may do now.
Every error is a problem document (RFC 9457)."""


def mount_api(runtime: Runtime, limiter: Limiter) -> Mount:
    """Return the API at its place. Raises UndeclaredRoute when a route does not say what it needs."""
    mount = Mount(PLACE, build_api(runtime, limiter))
    # An address with a line break in it is the API's to refuse, too.
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def build_api(runtime: Runtime, limiter: Limiter) -> FastAPI:
    """Return the API. Raises UndeclaredRoute when a route does not say what it needs."""
    api = FastAPI(
        title="sharebot",
        version=__version__,
        description=_SAID,
        servers=[{"url": PLACE}],
        root_path_in_servers=False,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.runtime, api.state.limiter = runtime, limiter
    for router in ROUTERS:
        check_declared(router)
        api.include_router(router, dependencies=[Security(TOKEN)], responses=documented(401, 403, 422, 429))
    _describe(api)
    _explain_errors(api)
    return api


def _describe(api: FastAPI) -> None:
    """Add the problem document, which no route returns, and what each operation needs."""
    write = api.openapi

    @cache
    def describe() -> dict[str, Any]:
        written = write()
        schemas = written["components"]["schemas"]
        for model in (Problem, Fault):
            schemas[model.__name__] = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas[model.__name__].pop("$defs", None)
        for router in ROUTERS:
            for route in routes_of(router):
                operations = written["paths"][route.path]
                _say_needs([operations[method.lower()] for method in methods_of(route)], needs_of(route))
        return written

    api.openapi = describe  # type: ignore[method-assign]


def _say_needs(operations: Sequence[dict[str, Any]], needs: Needs) -> None:
    for operation in operations:
        said = f"Needs the scope `{needs.scope.value}`, of a maker with the role {needs.role.value} or more"
        everywhere = ", who works for all regions" if needs.whole else ""
        operation["description"] = f"{operation.get('description', '')}\n\n{said}{everywhere}."


def _list_methods(request: Request) -> list[str]:
    """Return what may be done at an address: several routes share one."""
    routes = (route for router in ROUTERS for route in routes_of(router))
    here = (route for route in routes if route.matches(request.scope)[0] is not Match.NONE)
    return sorted({method for route in here for method in methods_of(route)})


def _explain_errors(api: FastAPI) -> None:
    """Answer every error with a problem document."""

    @api.exception_handler(ApiError)
    def say(_request: Request, error: ApiError) -> Response:
        return answer(error)

    @api.exception_handler(TooMany)
    def say_too_many(_request: Request, error: TooMany) -> Response:
        return answer(ApiError(429, str(error), headers={"Retry-After": str(error.retry_after)}))

    @api.exception_handler(NotFound)
    def say_not_found(_request: Request, error: NotFound) -> Response:
        return answer(ApiError(404, str(error)))

    @api.exception_handler(OwnProposal)
    def say_not_allowed(_request: Request, error: OwnProposal) -> Response:
        return answer(ApiError(403, str(error)))

    @api.exception_handler(Refused)
    def say_refused(_request: Request, error: Refused) -> Response:
        return answer(ApiError(409, str(error)))

    @api.exception_handler(IntegrityError)
    def say_at_once(_request: Request, _error: IntegrityError) -> Response:
        return answer(ApiError(409, "somebody did the same at the same moment; look again"))

    @api.exception_handler(PermanentError)
    @api.exception_handler(TemporaryError)
    def say_unreachable(_request: Request, error: PermanentError | TemporaryError) -> Response:
        fault = Fault(detail=str(error), pointer="/url")
        return answer(ApiError(422, "The page cannot be read.", [fault]))

    @api.exception_handler(RequestValidationError)
    def say_unreadable(_request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        # A path such as /entries/abc names nothing.
        if any(one["loc"][0] == "path" for one in found):
            return answer(ApiError(404, "there is no such thing"))
        return answer(ApiError(422, "A value is missing or not a possible one.", faults_of(found)))

    @api.exception_handler(HTTPException)
    def say_status(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_list_methods(request))
        return answer(ApiError(error.status_code, str(error.detail), headers=headers))

    @api.exception_handler(Exception)
    def say_broken(request: Request, error: Exception) -> Response:
        route = getattr(request.scope.get("route"), "path", "?")
        log.error("API failed route=%s error=%s", route, type(error).__name__)
        return answer(ApiError(500, "It is our fault, not yours, and it has been noted down."))
