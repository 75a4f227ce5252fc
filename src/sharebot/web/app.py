"""Build the web application: pages, short links, health."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from sharebot.errors import NotFound, Refused
from sharebot.runtime import Runtime
from sharebot.web import (
    account,
    api_settings,
    approving,
    assets,
    audit,
    calendar,
    campaigns,
    contents,
    decisions,
    dry_run,
    editor,
    health,
    holds,
    import_members,
    inbox,
    library,
    lists,
    member,
    members,
    metrics,
    new_item,
    nudges,
    oidc,
    onboarding,
    overview,
    passkeys,
    personal,
    personal_accounts,
    proposals,
    queue,
    redirect,
    reports,
    results,
    seats,
    settings,
    sign_in,
    sources,
    staff,
    tracking,
    uploads,
    visits,
    webhook,
    webmention,
)
from sharebot.web.api.app import mount_api
from sharebot.web.counting import Counting
from sharebot.web.gate import Gate, safe_headers
from sharebot.web.guard import NotAllowed, SignInNeeded, Unreadable, find_reader, include
from sharebot.web.limiting import Limiter, Limiting, TooMany
from sharebot.web.pages import not_found, problem
from sharebot.web.readers import Readers

log = logging.getLogger(__name__)

ROUTERS = (
    health.router,
    metrics.router,
    assets.router,
    passkeys.router,
    oidc.router,
    sign_in.router,
    account.router,
    staff.router,
    audit.router,
    api_settings.router,
    overview.router,
    inbox.router,
    new_item.router,
    uploads.router,
    contents.router,
    approving.router,
    dry_run.router,
    editor.router,
    calendar.router,
    holds.router,
    queue.router,
    results.router,
    campaigns.router,
    library.router,
    reports.router,
    settings.router,
    sources.router,
    tracking.router,
    decisions.router,
    members.router,
    onboarding.router,
    import_members.router,
    member.router,
    seats.router,
    lists.router,
    nudges.router,
    personal.router,
    personal_accounts.router,
    proposals.router,
    webmention.router,
)


def build_app(runtime: Runtime) -> FastAPI:
    """Return the application. Raises UndeclaredRoute when a route does not say who may use it."""
    oidc.check_oidc(runtime.settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.runtime, app.state.limiter = runtime, Limiter()
    app.state.counting = Counting(runtime)
    for_readers = [*redirect.routes(), *visits.routes()]
    app.router.routes.extend(for_readers)
    for router in ROUTERS:
        include(app, router)
    app.router.routes.append(mount_api(runtime, app.state.limiter))
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Readers, routes=for_readers)
    app.add_middleware(Limiting, runtime=runtime, limiter=app.state.limiter)
    app.add_middleware(Gate, public_url=runtime.settings.web.public_url)
    app.add_middleware(webhook.Webhook, runtime=runtime)
    _explain_errors(app)
    return app


def _explain_errors(app: FastAPI) -> None:
    """Answer every error with a page in the reader's language."""

    @app.exception_handler(SignInNeeded)
    def ask_to_sign_in(request: Request, _error: Exception) -> Response:
        return sign_in.render_ways(request, status=401)

    @app.exception_handler(NotAllowed)
    def refuse_role(request: Request, _error: Exception) -> Response:
        return problem(request, "not_allowed", status=403, reader=find_reader(request))

    @app.exception_handler(OverflowError)
    @app.exception_handler(NotFound)
    def say_not_found(request: Request, _error: Exception) -> Response:
        return not_found(request, find_reader(request))

    @app.exception_handler(Refused)
    def say_refused(request: Request, error: Exception) -> Response:
        return problem(request, "refused", status=409, reader=find_reader(request), detail=str(error))

    @app.exception_handler(RequestValidationError)
    def say_unreadable(request: Request, error: RequestValidationError) -> Response:
        # A path such as /queue/abc is no form: there is simply nothing there.
        if any(one["loc"][0] == "path" for one in error.errors()):
            return not_found(request, find_reader(request))
        return problem(request, "unreadable", status=422, reader=find_reader(request))

    @app.exception_handler(TooMany)
    def say_too_many(request: Request, error: TooMany) -> Response:
        response = problem(request, "too_many", status=429, reader=find_reader(request))
        response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.exception_handler(Unreadable)
    def say_senseless(request: Request, error: Exception) -> Response:
        return problem(request, "unreadable", status=422, reader=find_reader(request), detail=str(error))

    @app.exception_handler(HTTPException)
    def say_status(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return not_found(request, find_reader(request))
        # FastAPI's word for a body that is no JSON.
        status = 422 if error.status_code == 400 else error.status_code
        return problem(request, "unreadable", status=status)

    @app.exception_handler(Exception)
    def say_broken(request: Request, error: Exception) -> Response:
        # The route's pattern, not the address: that may hold a token.
        route = getattr(request.scope.get("route"), "path", "?")
        log.error("page failed route=%s error=%s", route, type(error).__name__)
        response = problem(request, "broken", status=500)
        # This answer is made outside of the gate.
        response.headers.update(safe_headers(request.app.state.runtime.settings.web.public_url))
        return response
