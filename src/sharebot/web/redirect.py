"""Short links: send a reader on to the item, an officer to a network; counted, nothing of the person is stored."""

import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sharebot.rules.clicks import LowerHeaders, classify, describe
from sharebot.rules.utm import is_code
from sharebot.runtime import Runtime
from sharebot.store.links import Visit
from sharebot.store.sharing import Opened, Press, find_share, open_share
from sharebot.texts.catalogue import languages
from sharebot.values.status import ClickOutcome, Network
from sharebot.web.counting import Counting
from sharebot.web.limiting import address_of
from sharebot.web.pages import not_found, render
from sharebot.web.webmention import advertise

log = logging.getLogger(__name__)
_FRESH = {"Cache-Control": "no-store"}


def routes() -> list[Route]:
    """Return the plain routes: FastAPI's cost more than twice as much, and readers wait for them."""
    return [
        Route("/r/{code}/{place}", share, methods=["GET"], name="share"),
        Route("/r/{code:path}", redirect, methods=["GET"], name="redirect"),
    ]


async def redirect(request: Request) -> Response:
    """Answer 302 to the registered target, or the same small page for whatever leads nowhere."""
    code = request.path_params["code"]
    counting: Counting = request.app.state.counting
    headers = read_headers(request)
    visit = Visit(code, outcome_of(request, headers), address_of(request), describe(headers))
    target = await counting.follow(visit) if is_code(code) else None
    return (
        RedirectResponse(target, 302, headers=_FRESH | advertise(request.app.state.runtime))
        if target
        else not_found(request)
    )


def share(request: Request) -> Response:
    """Answer 302 to the network's own new post, with the party's text as it is now; an e-mail gets a page."""
    runtime: Runtime = request.app.state.runtime
    outcome = outcome_of(request, read_headers(request))
    press = Press(request.path_params["code"], request.path_params["place"], outcome)
    opened = _open(runtime, press) if is_code(press.code) else None
    if opened is None:
        return not_found(request)
    if opened.network is Network.EMAIL:
        spoken = opened.language if opened.language in languages() else None
        page = render(request, "share.html", None, spoken=spoken, opened=opened)
        page.headers.update(_FRESH)
        return page
    return RedirectResponse(opened.address, 302, headers=_FRESH)


def read_headers(request: Request) -> LowerHeaders:
    """Return a request's headers; of one that comes twice, the first counts."""
    raw = reversed(request.headers.raw)
    return LowerHeaders((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw)


def outcome_of(request: Request, headers: LowerHeaders, *, wants: str = "document") -> ClickOutcome:
    """Say what a request is, by what it says of itself; readers reach us by https where the public address says so."""
    runtime: Runtime = request.app.state.runtime
    is_https = runtime.settings.web.public_url.startswith("https://")
    return classify(request.method, headers, is_https=is_https, wants=wants)


def _open(runtime: Runtime, press: Press) -> Opened | None:
    public_url = runtime.settings.web.public_url
    try:
        with runtime.database.write() as session:
            return open_share(session, press, public_url=public_url, now=runtime.now())
    except SQLAlchemyError as error:
        log.warning("share not counted error=%s", type(error).__name__)
    with runtime.database.read() as session:
        return find_share(session, press, public_url=public_url, now=runtime.now())
