"""The whole outside world in one object, on loopback."""

import asyncio
import contextlib
import socket

import uvicorn

from sharebot.clock import Clock
from sharebot.sandbox.bluesky import BlueskyNetwork
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.mailbox import Mailbox
from sharebot.sandbox.mastodon import Fediverse
from sharebot.sandbox.party_sites import PartySites
from sharebot.sandbox.sites import Sites
from sharebot.sandbox.telegram import TelegramServer
from sharebot.sandbox.x import XNetwork
from sharebot.sandbox.youtube import YouTubeNetwork

TOKEN = "7000000001:sandbox-token-of-no-value"  # noqa: S105 - opens nothing


class Sandbox:
    """Start it inside a running loop. The addresses are known after `start`."""

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = TOKEN,
        host: str = "127.0.0.1",
        http_port: int = 0,
        smtp_port: int = 0,
    ) -> None:
        self.clock, self.host = clock, host
        self.telegram = TelegramServer(clock, token)
        self.bluesky = BlueskyNetwork(clock)
        self.x = XNetwork(clock)
        self.mastodon = Fediverse(clock)
        self.sites = Sites(clock)
        self.party_sites = PartySites(self.sites, base=lambda: f"{self.base_url}/site")
        self.youtube = YouTubeNetwork(clock)
        self.mailbox = Mailbox(host, smtp_port)
        self.faults: list[Fault] = []
        self._http_port = http_port
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def base_url(self) -> str:
        """Where the sites, the phones and all APIs are."""
        return f"http://{self.host}:{self._http_port}"

    @property
    def telegram_url(self) -> str:
        """What SHAREBOT_TELEGRAM__BASE_URL is set to."""
        return f"{self.base_url}/bot"

    @property
    def x_url(self) -> str:
        """What SHAREBOT_X__BASE_URL is set to; the token is `x.token`."""
        return f"{self.base_url}/x"

    @property
    def address(self) -> str:
        """host:port, as `sources.local_addresses` wants it."""
        return f"{self.host}:{self._http_port}"

    async def start(self, app: object) -> None:
        """Serve `app` (made by `pages.build_app`) and the mailbox."""
        # With the protocol named, accepted connections get TCP_NODELAY; without it every answer waits 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.host, self._http_port))
        self._http_port = listener.getsockname()[1]
        config = uvicorn.Config(
            app,  # type: ignore[arg-type]
            log_level="error",
            access_log=False,
            lifespan="off",
            date_header=False,  # the sandbox has its own time
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,  # longer than any client keeps a connection, as real services have it
        )
        self._server = uvicorn.Server(config)
        # The process's own signal handlers stay in force.
        self._server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        self.mailbox.start()
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Stop serving at once; the server's own way out waits for a fifth of a second."""
        self.telegram.wake()
        if self._server and self._task and not self._task.done():
            self.mailbox.stop()
            await asyncio.sleep(0)  # whoever was woken answers first
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            for one in self._server.servers:
                one.close()
            for connection in list(self._server.server_state.connections):
                connection.shutdown()
            await asyncio.sleep(0)

    async def settle(self) -> None:
        """Give the bot two seconds to react to what a person did on a page."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.drained(), 2)

    async def drained(self) -> None:
        """Wait until the bot has acknowledged every update."""
        while self.telegram.pending:  # noqa: ASYNC110 - simpler than an event, and only demo and tests wait
            await asyncio.sleep(0.002)
