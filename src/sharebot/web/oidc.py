"""Come in by the organisation's identity provider, for staff who have an account there."""

import hmac
import importlib.util
import json
import logging
from contextlib import closing
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from sharebot.config.settings import Settings
from sharebot.errors import ConfigError, NotFound
from sharebot.store.staff_oidc import find_by_identity
from sharebot.values.sign_in import Ceremony, Way
from sharebot.web.ceremonies import begin, bind, end, enter
from sharebot.web.guard import ANYBODY, set_session
from sharebot.web.oidc_client import Errand, Identity, NotVouched, Provider, new_errand, pack
from sharebot.web.pages import go, problem, runtime_of

log = logging.getLogger(__name__)
router = APIRouter()

Word = Annotated[str, Query(max_length=4000)]


def check_oidc(settings: Settings) -> None:
    """Raise ConfigError when an identity provider is set and the libraries for it are not there."""
    if settings.oidc.is_configured and importlib.util.find_spec("authlib") is None:
        raise ConfigError("oidc.issuer: this needs more libraries; install sharebot[oidc]")


@router.get("/oidc/start", dependencies=[ANYBODY])
def go_to_provider(request: Request) -> Response:
    """Send the browser to the identity provider."""
    errand = new_errand()
    try:
        with closing(_provider(request)) as provider:
            page = provider.page_for(errand)
    except NotVouched as error:
        return _refuse(request, error)
    with runtime_of(request).database.write() as session:
        token = begin(request, session, Ceremony.OIDC, json.dumps(pack(errand)))
    response = RedirectResponse(page, 303)
    bind(request, response, token)
    return response


@router.get("/oidc/back", dependencies=[ANYBODY])
def come_back(request: Request, code: Word = "", state: Word = "", iss: Word = "") -> Response:
    """Open a session for whoever the provider vouches for, when they are staff; one answer for everything else."""
    with runtime_of(request).database.write() as session:
        begun = end(request, session, Ceremony.OIDC)
    errand = Errand(**json.loads(begun.secret)) if begun else None
    try:
        if errand is None or not code or not hmac.compare_digest(errand.state.encode(), state.encode()):
            raise NotVouched("this browser did not ask for it")
        if iss and iss != runtime_of(request).settings.oidc.issuer:
            raise NotVouched("another provider answers")
        with closing(_provider(request)) as provider:
            identity = provider.identify(code, errand)
    except NotVouched as error:
        return _refuse(request, error)
    with runtime_of(request).database.write() as session:
        opened = _open(request, session, identity)
    if opened is None:
        return _refuse(request, NotVouched("whoever it is, they are not staff"))
    response = go("/")
    set_session(request, response, opened)
    return response


def _open(request: Request, session: Session, identity: Identity) -> str | None:
    staff_id = find_by_identity(session, identity.subject, identity.verified_email)
    return enter(request, session, staff_id, Way.OIDC) if staff_id is not None else None


def _provider(request: Request) -> Provider:
    settings = runtime_of(request).settings
    if not settings.oidc.is_configured:
        raise NotFound("no identity provider is set")
    return Provider(settings.oidc, f"{settings.web.public_url}/oidc/back")


def _refuse(request: Request, error: NotVouched) -> Response:
    log.warning("sign-in by the identity provider refused: %s", error)
    return problem(request, "bad_identity", status=401)
