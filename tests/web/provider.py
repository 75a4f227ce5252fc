"""A small identity provider over real HTTP: discovery, a page that says yes at once, tokens signed with RS256."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "sharebot", "canary:client secret"
KEY = RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class IdentityProvider:
    """Who it vouches for, and what it does wrong: `claims` go over those of an honest token."""

    port: int = 0
    subject: str = "1234"
    email: str = "eva@alliance.example"
    verified: bool = True
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    in_userinfo: bool = False
    signer: RSAKey | None = None
    key: RSAKey = field(default_factory=lambda: KEY)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realm/"

    def describe(self) -> dict[str, Any]:
        pages = ("authorize", "token", "keys", "userinfo")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint")
        return {
            "issuer": self.issuer,
            **{name: self.issuer + page for name, page in zip(names, pages, strict=True)},
            **self.described,
        }

    def agree(self, page: str) -> str:
        """Do what a browser and a person do on the provider's page, and return where it sends them."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(page).query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def change(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        """Give tokens for a code, once, to the client that knows its secret and the verifier."""
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        is_ours = (unquote(name), unquote(secret)) == (CLIENT, SECRET)
        if asked is None or not is_ours or challenge != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"]} | ({} if self.in_userinfo else self.person()) | self.claims
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signer or self.key)
        return {"access_token": "open", "token_type": "Bearer", "id_token": token}

    def person(self) -> dict[str, Any]:
        return {"sub": self.subject, "email": self.email, "email_verified": self.verified}


@contextmanager
def serving(provider: IdentityProvider) -> Iterator[IdentityProvider]:
    """Serve a provider on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {
                "/realm/.well-known/openid-configuration": provider.describe,
                "/realm/keys": lambda: {"keys": [provider.key.as_dict(private=False)]},
                "/realm/userinfo": provider.person,
            }
            self._say(answers[self.path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(provider.change(form, self.headers.get("Authorization", "")))

        def _say(self, said: Any) -> None:
            self.send_response(200 if said is not None else 400)
            self.end_headers()
            self.wfile.write(json.dumps(said or {"error": "invalid_grant"}).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_port
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
