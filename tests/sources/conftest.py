"""A small web server in the test's own loop, a fetcher that may reach it, and real parser processes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
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

Writer = asyncio.StreamWriter
Action = Callable[["Asked", Writer], Awaitable[None]]


@dataclass(frozen=True)
class Reply:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]


class Site:
    """A server on loopback. `pages` maps paths to replies, or to actions that write what they like."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply | Action] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.port = 0
        self.scheme = "http"
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://{self.place}{path}"

    async def start(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        self.scheme = "https" if context else "http"

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        for task in self._open:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                await self._answer(_read(await reader.readuntil(b"\r\n\r\n")), writer)
        writer.close()
        self._open.discard(task)

    async def _answer(self, asked: Asked, writer: Writer) -> None:
        self.asked.append(asked)
        page = self.pages.get(asked.path, Reply(b"nothing here", 404))
        if not isinstance(page, Reply):
            await page(asked, writer)
            writer.close()
            return
        head = {"Content-Length": str(len(page.body)), **page.headers}
        lines = [f"HTTP/1.1 {page.status} Whatever", *(f"{name}: {value}" for name, value in head.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + page.body)
        await writer.drain()


def _read(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Asked(first.split()[1], {name.lower(): value.strip() for name, _, value in pairs})


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
