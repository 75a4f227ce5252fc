"""X's stage for the tests that hold for all trackers."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from sharebot.config.settings import Settings, X
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.x import XNetwork
from sharebot.trackers.seam import Look, Subject, Tracker, Watched
from sharebot.trackers.x import open_tracker
from sharebot.values.posts import KnownPost, PastedLink
from sharebot.values.status import Network, PostKind
from tests.trackers.contract import ALLIANCE, Trait
from tests.trackers.x_purse import Ledger
from tests.trackers.x_server import XServer, serving

START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HANDLES = {ALLIANCE: "alliance", 2: "north", 3: "south", 4: "east"}
OUR_LINK = "https://go.alliance.example/r/abc"


class NoHttp:
    """X asks through a client of its own."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> object:
        raise AssertionError(url)


class XStage:
    """One server; each look is three hours after the one before, so that counts are due again."""

    network = Network.X
    has = frozenset(Trait)
    page = 50

    def __init__(self) -> None:
        self.clock = PlayClock(START)
        self.x = XNetwork(self.clock)
        self.ids = {row: self.x.account(handle) for row, handle in HANDLES.items()}
        self.lost: set[int] = set()
        self.subjects: list[Subject] = []
        self.purse = Ledger(10_000_000_000)
        self._strangers = 0
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.server: XServer = await self._stack.enter_async_context(serving(self.x))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def asked(self) -> int:
        return len(self.server.asked)

    def tracker(self) -> Tracker:
        part = X(bearer_token=SecretStr(self.x.token), base_url=self.server.base_url, monthly_usd=10_000)
        made = open_tracker(Settings(x=part), NoHttp(), self.purse)  # type: ignore[arg-type]
        assert made is not None
        return made

    def look(self, cursors: Mapping[str, str] | None = None) -> Look:
        self.clock.move_to(self.clock.now() + timedelta(hours=3))
        now = self.clock.now()
        accounts = [
            Watched(row, self.x.accounts[external_id].handle, external_id, row == ALLIANCE)
            for row, external_id in self.ids.items()
        ]
        return Look(
            accounts,
            list(self.subjects),
            now - timedelta(days=8),
            now,
            cursors or {},
            ["alliance.example"],
            frozenset(self.ids.values()),
        )

    def publish(self) -> str:
        external_id = self.x.post(self.ids[ALLIANCE], "News", link="https://alliance.example/a")
        self.subjects.append(Subject(external_id, self._tick()))
        return external_id

    def post_as(self, member: int, text: str = "Hello") -> str:
        self._tick()
        return self.x.post(self.ids[member], text, link=OUR_LINK)

    def repost_as(self, member: int, subject: str) -> str:
        self._tick()
        return self.x.repost(self.ids[member], subject)

    def crowd(self, subject: str, n: int) -> None:
        for _ in range(n):
            self._strangers += 1
            self.x.repost(self.x.account(f"stranger{self._strangers}"), subject)
        self._tick()

    def delete(self, external_id: str) -> None:
        self.x.delete(external_id)

    def known(self, external_id: str) -> KnownPost:
        post = self.x.find_post(external_id)
        assert post is not None
        kind = PostKind.REPOST if post.reposts else PostKind.POST
        return KnownPost(external_id, post.author, kind, None, post.reposts)

    def link(self, external_id: str) -> PastedLink:
        return PastedLink(Network.X, f"https://x.com/i/status/{external_id}", None, external_id)

    def break_with(
        self, status: int, *, headers: Mapping[str, str] | None = None, body: str = "", times: int | None = None
    ) -> None:
        self.server.answer_with(status, body, headers, times)

    def mend(self) -> None:
        self.server.instead = None

    def reset_headers(self, seconds: int) -> dict[str, str]:
        now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
        until = int(now.timestamp()) + seconds
        return {"date": "Fri, 20 Nov 2026 09:00:00 GMT", "x-rate-limit-reset": str(until)}

    def lose_account(self, member: int) -> None:
        self.x.suspend(self.ids[member])

    def protect_account(self, member: int) -> None:
        self.x.protect(self.ids[member])

    def rename(self, member: int) -> str:
        self.x.rename(self.ids[member], "renamed_now")
        return "renamed_now"

    def _tick(self) -> datetime:
        at = self.clock.now()
        self.clock.move_to(at + timedelta(seconds=1))
        return at
