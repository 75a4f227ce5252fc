"""Passkeys: make one on the account page, and come in with it."""

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, generate_challenge
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sharebot.runtime import Runtime
from sharebot.store.passkeys import (
    KnownKey,
    NewKey,
    add_passkey,
    ensure_handle,
    find_passkey,
    list_passkeys,
    record_use,
)
from sharebot.values.sign_in import Ceremony, Way
from sharebot.web.browser_kind import name_browser
from sharebot.web.ceremonies import begin, bind, end, enter
from sharebot.web.desk import change
from sharebot.web.guard import ANYBODY, SignInNeeded, Unreadable, Viewer, set_session
from sharebot.web.pages import runtime_of

router = APIRouter()
# What the library raises for answers that are none.
_WRONG = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)

Encoded = Annotated[str, Field(max_length=10_000, pattern=r"^[A-Za-z0-9_-]*$")]
CredentialId = Annotated[str, Field(min_length=1, max_length=1400, pattern=r"^[A-Za-z0-9_-]+$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Made(_Part):
    """What the browser says of a new key."""

    clientDataJSON: Encoded  # noqa: N815 - the standard's names
    attestationObject: Encoded  # noqa: N815


class Signed(_Part):
    """What the browser says of a signature."""

    clientDataJSON: Encoded  # noqa: N815
    authenticatorData: Encoded  # noqa: N815
    signature: Encoded
    userHandle: Encoded = ""  # noqa: N815


class NewCredential(_Part):
    """A new passkey."""

    id: CredentialId
    rawId: CredentialId  # noqa: N815
    type: Literal["public-key"]
    response: Made


class Credential(_Part):
    """A passkey's answer to a challenge."""

    id: CredentialId
    rawId: CredentialId  # noqa: N815
    type: Literal["public-key"]
    response: Signed


def are_possible(runtime: Runtime) -> bool:
    """Whether browsers make passkeys for our address: they do for names, and never for numbers."""
    try:
        ipaddress.ip_address(_host(runtime))
    except ValueError:
        return True
    return False


@router.post("/account/passkeys/options")
def begin_registration(request: Request, reader: Viewer) -> Response:
    """Return what the browser needs to make a passkey for whoever is signed in."""
    runtime, challenge = runtime_of(request), generate_challenge()
    with runtime.database.write() as session:
        handle = ensure_handle(session, reader.staff_id)
        known = [base64url_to_bytes(one.credential_id) for one in list_passkeys(session, reader.staff_id)]
        token = begin(request, session, Ceremony.REGISTER, bytes_to_base64url(challenge), staff_id=reader.staff_id)
    options = generate_registration_options(
        rp_id=_host(runtime),
        rp_name=runtime.settings.organisation.name,
        user_id=base64url_to_bytes(handle),
        user_name=reader.email,
        user_display_name=reader.name or reader.email,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return _answer(request, options_to_json(options), token)


@router.post("/account/passkeys")
def register(request: Request, reader: Viewer, given: NewCredential) -> Response:
    """Keep a passkey that this browser has just made."""
    runtime = runtime_of(request)
    with runtime.database.write() as session:
        begun = end(request, session, Ceremony.REGISTER)
    if begun is None or begun.staff_id != reader.staff_id:
        raise Unreadable("this took too long, or was begun elsewhere: try again")
    try:
        made = verify_registration_response(
            credential=given.model_dump(),
            expected_challenge=base64url_to_bytes(begun.secret),
            expected_rp_id=_host(runtime),
            expected_origin=_origin(runtime),
            require_user_verification=True,
        )
    except _WRONG as error:
        raise Unreadable("the browser's answer is no passkey for this address") from error
    key = NewKey(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)
    name = name_browser(request.headers.get("user-agent", ""))
    with change(request, reader, "passkey.added", reader.actor) as session:
        add_passkey(session, reader.staff_id, key, name=name, now=runtime.now())
    return JSONResponse({"to": "/account?said=passkey_added"})


@router.post("/passkeys/options", dependencies=[ANYBODY])
def begin_sign_in(request: Request) -> Response:
    """Return a challenge for any passkey of ours; the browser says which ones it has."""
    options = generate_authentication_options(
        rp_id=_host(runtime_of(request)), user_verification=UserVerificationRequirement.REQUIRED
    )
    with runtime_of(request).database.write() as session:
        token = begin(request, session, Ceremony.PASSKEY, bytes_to_base64url(options.challenge))
    return _answer(request, options_to_json(options), token)


@router.post("/passkeys/sign-in", dependencies=[ANYBODY])
def sign_in(request: Request, given: Credential) -> Response:
    """Open a session for whose passkey signed the challenge; one neutral answer for everything else."""
    with runtime_of(request).database.write() as session:
        opened = _open(request, session, given)
    if opened is None:
        raise SignInNeeded("this passkey opens nothing")
    response = JSONResponse({"to": "/"})
    set_session(request, response, opened)
    return response


def _open(request: Request, session: Session, given: Credential) -> str | None:
    """Use the ceremony up and return a new session's token; None leaves nothing but that it is used up."""
    runtime = runtime_of(request)
    begun, key = end(request, session, Ceremony.PASSKEY), find_passkey(session, given.id)
    if begun is None or key is None or given.response.userHandle != key.handle:
        return None
    signed = _verify(runtime, given, begun.secret, key)
    if signed is None:
        return None
    record_use(session, key.passkey_id, sign_count=signed.new_sign_count, now=runtime.now())
    return enter(request, session, key.staff_id, Way.PASSKEY)


def _verify(runtime: Runtime, given: Credential, challenge: str, key: KnownKey) -> VerifiedAuthentication | None:
    try:
        return verify_authentication_response(
            credential=given.model_dump(),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_host(runtime),
            expected_origin=_origin(runtime),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except _WRONG:
        return None


def _answer(request: Request, options: str, token: str) -> Response:
    response = Response(options, media_type="application/json")
    bind(request, response, token)
    return response


def _host(runtime: Runtime) -> str:
    return urlsplit(runtime.settings.web.public_url).hostname or ""


def _origin(runtime: Runtime) -> str:
    public = urlsplit(runtime.settings.web.public_url)
    return f"{public.scheme}://{public.netloc}"
