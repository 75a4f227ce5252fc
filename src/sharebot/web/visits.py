"""The picture by which a page of the Alliance's site says that somebody who clicked a short link is there."""

import base64
import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sharebot.rules.clicks import describe
from sharebot.rules.utm import is_code
from sharebot.runtime import Runtime
from sharebot.store.links import Visit
from sharebot.store.visits import add_visit
from sharebot.web.limiting import address_of
from sharebot.web.redirect import outcome_of, read_headers

log = logging.getLogger(__name__)
_DOT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_HEADERS = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}


def routes() -> list[Route]:
    """Return the plain route of the picture."""
    return [Route("/v/{code}.gif", show_dot, methods=["GET"], name="visit")]


def show_dot(request: Request) -> Response:
    """Answer one and the same picture, a transparent dot, whatever is known of the link; count a person's visit."""
    runtime: Runtime = request.app.state.runtime
    headers = read_headers(request)
    outcome = outcome_of(request, headers, wants="image")
    visit = Visit(request.path_params["code"], outcome, address_of(request), describe(headers))
    if is_code(visit.code):
        try:
            with runtime.database.write() as session:
                add_visit(session, visit, now=runtime.now())
        except SQLAlchemyError as error:
            log.warning("visit not counted error=%s", type(error).__name__)
    return Response(_DOT, media_type="image/gif", headers=_HEADERS)
