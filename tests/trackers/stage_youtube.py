"""YouTube for the tests that hold for all trackers: the sandbox's network behind its Data API."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from starlette.applications import Starlette

from sharebot.config.settings import Settings, YouTube
from sharebot.sandbox.apis import routes
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.world import Sandbox
from sharebot.sandbox.youtube import KEY
from sharebot.trackers.seam import Look, Subject, Watched
from sharebot.trackers.youtube import YouTubeTracker, open_tracker
from sharebot.values.posts import KnownPost, PastedLink
from sharebot.values.status import Network
from tests.trackers.contract import ALLIANCE, MEMBERS, Front, FrontedStage, Trait
from tests.trackers.purses import Ledger

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


class YouTubeStage(FrontedStage):
    """See `contract.Stage`. Nobody can see there who shared a video, so members' channels show nothing."""

    network = Network.YOUTUBE
    has = frozenset({Trait.COUNTS, Trait.WHOLE, Trait.RESET, Trait.IDENTIFY, Trait.RENAME})
    page = 3

    def __init__(self) -> None:
        self.clock = PlayClock(START)
        self.sandbox = Sandbox(clock=self.clock)
        self.world = self.sandbox.youtube
        self.world.page = self.page
        self.purse = Ledger()
        self.handles = {ALLIANCE: "alliance"} | {row: f"party{row}" for row in MEMBERS}
        self.channels = {row: self.world.channel(handle) for row, handle in self.handles.items()}
        self.subjects: list[Subject] = []
        self.front = Front(Starlette(routes=routes(self.sandbox)))

    def tracker(self, *, key: str = KEY, daily_units: int = 1000) -> YouTubeTracker:
        part = YouTube(api_key=SecretStr(key), base_url=f"{self.base_url}/youtube/v3", daily_units=daily_units)
        made = open_tracker(Settings(youtube=part), self.fetcher, self.purse)
        assert made is not None
        return made

    def look(self, cursors: Mapping[str, str] | None = None) -> Look:
        accounts = [Watched(row, self.handles[row], one, row == ALLIANCE) for row, one in self.channels.items()]
        return Look(accounts, self.subjects, START - timedelta(days=1), self.clock.now(), dict(cursors or {}))

    def publish(self) -> str:
        self._wait()
        key = f"video{len(self.world.videos):06}"
        self.world.upload(self.channels[ALLIANCE], key, "Ours", description="More: https://alliance.example/story")
        self.subjects.append(Subject(key, self.clock.now()))
        return key

    def post_as(self, member: int, text: str = "Hello") -> str:
        self._wait()
        return self.world.upload(self.channels[member], f"video{len(self.world.videos):06}", text)

    def delete(self, external_id: str) -> None:
        self.world.delete(external_id)

    def known(self, external_id: str) -> KnownPost:
        return KnownPost(external_id, self.world.videos[external_id].channel)

    def link(self, external_id: str) -> PastedLink:
        address = f"https://www.youtube.com/watch?v={external_id}"
        return PastedLink(Network.YOUTUBE, address, None, external_id)

    def reset_headers(self, seconds: int) -> dict[str, str]:
        return {"Retry-After": f"{seconds}"}

    def lose_account(self, member: int) -> None:
        self.world.close(self.channels[member])

    def rename(self, member: int) -> str:
        fresh = f"renamed{member}"
        self.world.rename(self.handles[member], to=fresh)
        return fresh

    def _wait(self) -> None:
        self.clock.move_to(self.clock.now() + timedelta(minutes=1))
