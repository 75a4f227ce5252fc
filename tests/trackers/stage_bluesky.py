"""Bluesky for the tests that hold for all trackers: the sandbox's network behind its own API."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from starlette.applications import Starlette

from sharebot.sandbox.apis import routes
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.world import Sandbox
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.trackers.seam import Look, Subject, Watched
from sharebot.values.posts import KnownPost, PastedLink
from sharebot.values.status import Network, PostKind
from tests.trackers.contract import ALLIANCE, MEMBERS, Front, FrontedStage, Trait

START = datetime(2026, 11, 23, 8, tzinfo=UTC)


class BlueskyStage(FrontedStage):
    """See `contract.Stage`."""

    network = Network.BLUESKY
    has = frozenset(Trait)
    page = 3

    def __init__(self) -> None:
        self.clock = PlayClock(START)
        self.sandbox = Sandbox(clock=self.clock)
        self.world = self.sandbox.bluesky
        self.world.page = self.page
        self.handles = {ALLIANCE: "alliance.example"} | {row: f"party{row}.example" for row in MEMBERS}
        self.dids = {row: self.world.account(handle) for row, handle in self.handles.items()}
        self.subjects: list[Subject] = []
        self.front = Front(Starlette(routes=routes(self.sandbox)))

    def tracker(self) -> BlueskyTracker:
        return BlueskyTracker(self.fetcher, self.base_url)

    def look(self, cursors: Mapping[str, str] | None = None) -> Look:
        accounts = [Watched(row, self.handles[row], did, row == ALLIANCE) for row, did in self.dids.items()]
        now = self.clock.now()
        everybody = frozenset(self.dids.values())
        return Look(accounts, self.subjects, START - timedelta(days=1), now, dict(cursors or {}), watched=everybody)

    def publish(self) -> str:
        self._wait()
        uri = self.world.post(self.dids[ALLIANCE], "Ours", link="https://alliance.example/story")
        self.subjects.append(Subject(uri, self.clock.now()))
        return uri

    def post_as(self, member: int, text: str = "Hello") -> str:
        self._wait()
        return self.world.post(self.dids[member], text)

    def repost_as(self, member: int, subject: str) -> str:
        self._wait()
        self.world.repost(self.dids[member], subject)
        return f"repost:{self.dids[member]}:{subject}"

    def crowd(self, subject: str, n: int) -> None:
        self._wait()
        for _ in range(n):
            self.world.repost(self.world.account(f"stranger{len(self.world.accounts)}.example"), subject)

    def delete(self, external_id: str) -> None:
        if external_id.startswith("repost:"):
            did, _, subject = external_id.removeprefix("repost:").partition(":at://")
            self.world.undo_repost(did, f"at://{subject}")
        else:
            self.world.delete(external_id)

    def known(self, external_id: str) -> KnownPost:
        if external_id.startswith("repost:"):
            did, _, subject = external_id.removeprefix("repost:").partition(":at://")
            return KnownPost(external_id, did, PostKind.REPOST, subject_id=f"at://{subject}")
        return KnownPost(external_id, external_id.split("/")[2])

    def link(self, external_id: str) -> PastedLink:
        _, _, did, collection, key = external_id.split("/")
        handle = next(name for name, known in self.world.accounts.items() if known == did)
        address = f"https://bsky.app/profile/{handle}/post/{key}"
        return PastedLink(Network.BLUESKY, address, handle, f"at://{handle}/{collection}/{key}")

    def reset_headers(self, seconds: int) -> dict[str, str]:
        lifted = self.clock.now() + timedelta(seconds=seconds)
        date = format_datetime(self.clock.now(), usegmt=True)
        return {"RateLimit-Reset": f"{int(lifted.timestamp())}", "Date": date}

    def lose_account(self, member: int) -> None:
        self.world.lost.add(self.dids[member])

    def protect_account(self, member: int) -> None:
        self.world.hidden.add(self.dids[member])

    def rename(self, member: int) -> str:
        fresh = f"renamed{member}.example"
        self.world.rename(self.handles[member], to=fresh)
        return fresh

    def _wait(self) -> None:
        self.clock.move_to(self.clock.now() + timedelta(minutes=1))
