"""Whoever asks for too much waits; whose address it is, is not anybody's own word."""

from collections.abc import Mapping
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.requests import HTTPConnection

from sharebot.config.settings import Settings, Web
from sharebot.runtime import Runtime
from sharebot.web.app import build_app
from sharebot.web.browser_kind import name_browser
from sharebot.web.limiting import LIMITS, Limiter, TooMany, address_of, check

CDN, OWN = "198.51.100.9", "10.0.0.7"


def visit(app: FastAPI, peer: str = "203.0.113.5") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(peer, 5000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


async def knock(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    headers = {"Sec-Fetch-Site": "same-origin"} | {name.replace("_", "-"): one for name, one in headers.items()}
    return await client.post("/sign-in/guessed", headers=headers)


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return build_app(runtime)


async def test_guessing_of_links_ends_with_a_page_that_says_when_to_go_on(app: FastAPI) -> None:
    async with visit(app) as client, visit(app, "203.0.113.6") as other:
        answers = [await knock(client, X_Forwarded_For=f"192.0.2.{n}") for n in range(31)]
        assert [one.status_code for one in answers] == [401] * 30 + [429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 600
        assert "Please wait a few minutes" in answers[-1].text
        assert "default-src 'none'" in answers[-1].headers["content-security-policy"]
        assert (await knock(other)).status_code == 401
        assert (await client.get("/sign-in")).status_code == 200


async def test_without_named_proxies_people_behind_one_share_generously(runtime: Runtime) -> None:
    settings = Settings(web=Web(public_url="https://share.alliance.example"))
    async with visit(build_app(replace(runtime, settings=settings)), OWN) as client:
        client.base_url = httpx.URL("https://share.alliance.example")
        assert {(await knock(client)).status_code for _ in range(40)} == {401}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("POST /passkeys/options", "sign_in"),
        ("POST /passkeys/sign-in", "sign_in"),
        ("GET /oidc/start", "identity"),
        ("POST /officers/3/invitation", "invitations"),
        ("POST /o/token/answer", "personal"),
        ("GET /r/abcdefghij", "redirects"),
        ("HEAD /r/abcdefghij/x", "redirects"),
        ("GET /members?format=csv", "exports"),
        ("GET /members", None),
        ("GET /sign-in", None),
    ],
)
def test_the_table_knows_what_counts(path: str, name: str | None) -> None:
    method, _, address = path.partition(" ")
    url = httpx.URL(f"http://x{address}")
    found = Limiter().find({"method": method, "path": url.path, "query_string": url.query})
    assert (found.name if found else None) == name


def test_a_program_is_limited_by_its_token(app: FastAPI) -> None:
    request = Request({"type": "http", "app": app})
    times = next(one.times for one in LIMITS if one.name == "api")
    for _ in range(times):
        check(request, "api", "token:1")
    check(request, "api", "token:2")
    with pytest.raises(TooMany) as caught:
        check(request, "api", "token:1")
    assert 0 < caught.value.retry_after <= 60


def test_nothing_of_an_address_is_kept() -> None:
    limiter = Limiter()
    limiter.hit("exports", "203.0.113.5")
    assert "203.0.113.5" not in repr(vars(limiter._windows.storage))


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        ((), "203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ((OWN,), "203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ((OWN,), OWN, "192.0.2.1", "192.0.2.1"),
        ((OWN,), OWN, "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ((OWN, CDN), OWN, f"6.6.6.6, 192.0.2.1, {CDN}", "192.0.2.1"),
        (("10.0.0.0/8",), OWN, f"192.0.2.1, 10.9.9.9, {OWN}", "192.0.2.1"),
        ((OWN,), OWN, "", OWN),
        ((OWN,), OWN, "::1' drop", "::1' drop"),
    ],
)
def test_only_our_own_proxies_are_believed(
    runtime: Runtime, proxies: tuple[str, ...], peer: str, forwarded: str, address: str
) -> None:
    """A11."""
    app = build_app(replace(runtime, settings=Settings(web=Web(proxies=proxies))))
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope: Mapping[str, object] = {"type": "http", "app": app, "client": (peer, 1), "headers": headers}
    assert address_of(HTTPConnection(dict(scope))) == address


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/142 Safari/537.36", "Chrome on Mac"),
        ("<script>", ""),
    ],
)
def test_a_browser_is_named_by_its_kind(agent: str, kind: str) -> None:
    assert name_browser(agent) == kind
