"""Parties' websites for the tests that hold for all trackers: the sandbox's, three on one host."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from starlette.applications import Starlette

from sharebot.config.settings import Settings
from sharebot.sandbox.apis import routes
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.party_sites import Listing, PartySites
from sharebot.sandbox.sites import Refusing
from sharebot.sandbox.world import Sandbox
from sharebot.trackers.seam import Look, Subject, Watched
from sharebot.trackers.websites import WebsitesTracker, open_tracker
from sharebot.values.posts import KnownPost, PastedLink
from sharebot.values.status import Network
from tests.trackers.contract import MEMBERS, Front, FrontedStage, Trait
from tests.trackers.purses import Ledger

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
KINDS: Mapping[int, Listing] = {2: "feed", 3: "sitemap", 4: "front"}


class WebsitesStage(FrontedStage):
    """See `contract.Stage`. One party gives its feed, one its sitemap, one its front page."""

    network = Network.WEBSITE
    has = frozenset({Trait.FEEDS, Trait.GONE, Trait.PROTECTED, Trait.IDENTIFY, Trait.LOOK_UP, Trait.RECHECK})
    page = 3

    def __init__(self) -> None:
        self.clock = PlayClock(START)
        self.sandbox = Sandbox(clock=self.clock)
        self.base_url = ""
        self.world = PartySites(self.sandbox.sites, base=lambda: f"{self.base_url}/site")
        self.subjects: list[Subject] = []
        self.handles: dict[int, str] = {}
        self.pages: dict[str, tuple[int, str]] = {}
        self.front = Front(Starlette(routes=routes(self.sandbox)))

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        for row in MEMBERS:
            self.handles[row] = self.world.open(f"p{row}", f"Party {row}", listing=KINDS[row])
        return self

    def tracker(self) -> WebsitesTracker:
        made = open_tracker(Settings(), self.fetcher, Ledger())
        assert made is not None
        return made

    def identity(self, member: int) -> str:
        return f"{urlsplit(self.base_url).netloc}/site/parties/p{member}"

    def look(self, cursors: Mapping[str, str] | None = None, *, hosts: tuple[str, ...] = ("alliance.example",)) -> Look:
        accounts = [Watched(row, self.handles[row], self.identity(row)) for row in MEMBERS]
        return Look(accounts, [], START - timedelta(days=1), self.clock.now(), dict(cursors or {}), hosts)

    def publish(self) -> str:
        raise NotImplementedError

    def post_as(self, member: int, text: str = "Hello", *, markup: str = "<p>Words.</p>", summary: str = "") -> str:
        self._wait()
        slug = f"a{len(self.pages)}"
        address = self.world.write(f"p{member}", slug, text, markup, summary=summary)
        external_id = address.replace("http://", "https://")
        self.pages[external_id] = member, slug
        return external_id

    def delete(self, external_id: str) -> None:
        member, slug = self.pages[external_id]
        self.world.delete(f"p{member}", slug)

    def known(self, external_id: str) -> KnownPost:
        member, _slug = self.pages[external_id]
        return KnownPost(external_id, self.identity(member), url=self.link(external_id).url)

    def link(self, external_id: str) -> PastedLink:
        return PastedLink(Network.WEBSITE, external_id.replace("https://", "http://"))

    def reset_headers(self, seconds: int) -> dict[str, str]:
        return {"Retry-After": f"{seconds}"}

    def lose_account(self, member: int) -> None:
        self.world.close(f"p{member}")

    def protect_account(self, member: int) -> None:
        self.sandbox.sites.refusing[f"/parties/p{member}"] = Refusing(403)

    def _wait(self) -> None:
        self.clock.move_to(self.clock.now() + timedelta(minutes=1))
