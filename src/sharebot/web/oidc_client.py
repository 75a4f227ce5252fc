"""Ask the organisation's identity provider who somebody is: OpenID Connect with a code, PKCE, state and nonce."""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from sharebot.config.settings import Oidc
from sharebot.errors import SharebotError

_WITHIN_S = 10.0
_LARGEST = 1_000_000
_SIGNATURES = ["RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA", "Ed25519"]
_LEEWAY_S = 60
_LOCAL = ("127.0.0.1", "localhost", "::1")


class NotVouched(SharebotError):
    """The provider did not answer as it should, or vouches for nobody."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser takes along to the provider, and what has to come back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is; the address is there when the provider has verified it."""

    subject: str
    verified_email: str | None


class Provider:
    """One provider as its own description says; raises NotVouched when that is not what it should be."""

    def __init__(self, settings: Oidc, back_url: str) -> None:
        self._settings, self._back_url = settings, back_url
        self._http = httpx.Client(timeout=_WITHIN_S, trust_env=False, follow_redirects=False)
        issuer = settings.issuer or ""
        self._described = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if self._described.get("issuer") != issuer:
            raise NotVouched("the identity provider calls itself differently")

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def page_for(self, errand: Errand) -> str:
        """Return the address of the provider's page for one sign-in."""
        digest = hashlib.sha256(errand.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id or "",
            "redirect_uri": self._back_url,
            "scope": "openid email",
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        page = self._endpoint("authorization_endpoint")
        return f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}"

    def identify(self, code: str, errand: Errand) -> Identity:
        """Change a code for who it is."""
        tokens = self._change(code, errand)
        claims = self._read(str(tokens.get("id_token", "")), errand, str(tokens.get("access_token", "")))
        subject = str(claims["sub"])
        if "email" not in claims and "userinfo_endpoint" in self._described:
            bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
            more = self._ask("GET", self._endpoint("userinfo_endpoint"), headers=bearer)
            # The standard: an answer about somebody else must not be used.
            claims = more if more.get("sub") == subject else {}
        email = claims.get("email") if claims.get("email_verified") is True else None
        return Identity(subject, email if isinstance(email, str) else None)

    def _change(self, code: str, errand: Errand) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back_url}
        form |= {"code_verifier": errand.verifier, "client_id": self._settings.client_id or ""}
        secret = self._settings.client_secret.get_secret_value() if self._settings.client_secret else ""
        auth = None
        if secret and "client_secret_post" in self._described.get("token_endpoint_auth_methods_supported", []):
            form["client_secret"] = secret
        elif secret:
            auth = httpx.BasicAuth(quote(form.pop("client_id"), safe=""), quote(secret, safe=""))
        return self._ask("POST", self._endpoint("token_endpoint"), data=form, auth=auth)

    def _read(self, token: str, errand: Errand, access_token: str) -> dict[str, Any]:
        """Return what a token says, once its signature and every claim of it hold."""
        # An extra, which most installations do without.
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415
        from joserfc.jwt import decode  # noqa: PLC0415

        keys = self._ask("GET", self._endpoint("jwks_uri"))
        mine = self._settings.client_id
        wanted: Any = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": mine},
            "sub": {"essential": True},
            "nonce": {"essential": True, "value": errand.nonce},
        }
        try:
            read = decode(token, KeySet.import_key_set(keys), algorithms=_SIGNATURES)  # type: ignore[arg-type]
            params = {"nonce": errand.nonce, "client_id": mine, "access_token": access_token}
            claims = CodeIDToken(read.claims, read.header, wanted, params)
            claims.validate(leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotVouched("the identity provider's token does not hold") from error
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
            raise NotVouched("the identity provider's token names nobody")
        return dict(claims)

    def _endpoint(self, name: str) -> str:
        url = str(self._described.get(name, ""))
        parts = urlsplit(url)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL):
            return url
        raise NotVouched(f"the identity provider names no safe {name}")

    def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            with self._http.stream(method, url, **more) as answer:
                body = b""
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _LARGEST:
                        raise NotVouched("the identity provider's answer is too long")
            said = httpx.Response(answer.status_code, content=body).json() if answer.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise NotVouched("the identity provider could not be asked") from error
        if not isinstance(said, dict):
            raise NotVouched(f"the identity provider answered {answer.status_code}")
        return said


def new_errand() -> Errand:
    """Return fresh random words for one sign-in."""
    return Errand(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))


def pack(errand: Errand) -> dict[str, str]:
    """Return an errand as plain values."""
    return asdict(errand)
