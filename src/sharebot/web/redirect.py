"""Short links: send a reader on to the item, and count the click; nothing of the reader is stored."""

import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sharebot.rules.clicks import classify
from sharebot.rules.utm import is_code
from sharebot.runtime import Runtime
from sharebot.store.links import Visit, find_target, follow
from sharebot.web.pages import not_found

log = logging.getLogger(__name__)


def route() -> Route:
    """Return the plain route: FastAPI's costs more than twice as much, and readers wait for it."""
    return Route("/r/{code:path}", redirect, methods=["GET"], name="redirect")


def redirect(request: Request) -> Response:
    """Answer 302 to the registered target, or the same small page for whatever leads nowhere."""
    runtime: Runtime = request.app.state.runtime
    visit = Visit(
        code=request.path_params["code"],
        outcome=classify(request.method, request.headers),
        address=request.client.host if request.client else "",
        agent=request.headers.get("user-agent", ""),
    )
    target = _follow(runtime, visit) if is_code(visit.code) else None
    if target is None:
        return not_found(request)
    return RedirectResponse(target, 302, headers={"Cache-Control": "no-store"})


def _follow(runtime: Runtime, visit: Visit) -> str | None:
    try:
        with runtime.database.write() as session:
            return follow(session, visit, now=runtime.now())
    except SQLAlchemyError as error:
        log.warning("click not counted error=%s", type(error).__name__)
    with runtime.database.read() as session:
        return find_target(session, visit.code)
