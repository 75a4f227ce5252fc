"""A web server on loopback, a fetcher that may reach it, and real parser processes."""

import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from tests.sources.site import Site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    await site.start()
    yield site
    await site.stop()


@pytest.fixture
async def fetcher(site: Site) -> AsyncIterator[Fetcher]:
    """A fetcher that may reach the site, and nothing else that is not public."""
    fetcher = Fetcher(allowed=frozenset({site.place}))
    yield fetcher
    await fetcher.aclose()


@pytest.fixture
async def parsers() -> AsyncIterator[ParserPool]:
    parsers = ParserPool(size=1)
    yield parsers
    await parsers.aclose()


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A certificate for 127.0.0.1 that nobody has signed, and its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sharebot test")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    yield path


@pytest.fixture
async def secure_site(own_certificate: Path) -> AsyncIterator[Site]:
    """The same over https, with a certificate that is trusted only where `trusted` is used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate)
    site = Site()
    await site.start(context)
    yield site
    await site.stop()


@pytest.fixture
def trusted(own_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certifi, "where", lambda: str(own_certificate))


@pytest.fixture
def names(monkeypatch):
    """Let host names resolve to whatever the test says; the rest of the machine's resolver is not asked."""
    answers: dict[str, list[str]] = {}

    def look_up(host, port, *_, **__):
        found = answers.get(host) or [host]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers
