"""The Fediverse for the tests that hold for all trackers: the sandbox's servers behind their own API."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from pydantic import SecretStr
from starlette.applications import Starlette

from sharebot.config.settings import Mastodon
from sharebot.sandbox.apis import routes
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.world import Sandbox
from sharebot.trackers.mastodon import MastodonTracker
from sharebot.trackers.seam import Look, Subject, Watched
from sharebot.values.posts import KnownPost, PastedLink
from sharebot.values.status import Network, PostKind
from tests.trackers.contract import ALLIANCE, MEMBERS, Front, FrontedStage, Trait

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOME, TOKEN = "alliance.example", "token-of-the-home-server"


class MastodonStage(FrontedStage):
    """See `contract.Stage`. Each member is on a server of its own."""

    network = Network.MASTODON
    has = frozenset(Trait) - {Trait.RENAME}
    page = 3

    def __init__(self) -> None:
        self.clock = PlayClock(START)
        self.sandbox = Sandbox(clock=self.clock)
        self.world = self.sandbox.mastodon
        self.world.page = self.page
        self.handles = {ALLIANCE: f"alliance@{HOME}"} | {row: f"party@party{row}.example" for row in MEMBERS}
        self.uris = {row: self.world.account(handle).uri for row, handle in self.handles.items()}
        self.world.tokens[(HOME, TOKEN)] = self.handles[ALLIANCE]
        self.token: str | None = TOKEN
        self.subjects: list[Subject] = []
        self.front = Front(Starlette(routes=routes(self.sandbox)))

    def settings(self) -> Mastodon:
        names = {handle.partition("@")[2] for handle in self.handles.values()}
        servers = {name: f"{self.base_url}/mastodon/{name}" for name in names}
        return Mastodon(server=HOME, token=SecretStr(self.token) if self.token else None, servers=servers)

    def tracker(self) -> MastodonTracker:
        return MastodonTracker(self.fetcher, self.settings())

    def look(self, cursors: Mapping[str, str] | None = None) -> Look:
        accounts = [Watched(row, self.handles[row], uri, row == ALLIANCE) for row, uri in self.uris.items()]
        everybody = frozenset(self.uris.values())
        now = self.clock.now()
        return Look(accounts, self.subjects, START - timedelta(days=1), now, dict(cursors or {}), watched=everybody)

    def publish(self) -> str:
        self.wait()
        uri = self.world.post(self.handles[ALLIANCE], "Ours", link="https://alliance.example/story")
        self.subjects.append(Subject(uri, self.clock.now()))
        return uri

    def post_as(self, member: int, text: str = "Hello") -> str:
        self.wait()
        return self.world.post(self.handles[member], text)

    def repost_as(self, member: int, subject: str) -> str:
        self.wait()
        self.world.boost(self.handles[member], subject)
        return f"boost:{self.uris[member]}:{subject}"

    def crowd(self, subject: str, n: int) -> None:
        self.wait()
        for _ in range(n):
            self.world.boost(f"stranger{len(self.world.accounts)}@elsewhere.example", subject)

    def delete(self, external_id: str) -> None:
        if external_id.startswith("boost:"):
            actor, subject = _parts(external_id)
            handle = next(name for name, one in self.world.accounts.items() if one.uri == actor)
            self.world.undo_boost(handle, subject)
        else:
            self.world.delete(external_id)

    def known(self, external_id: str) -> KnownPost:
        if external_id.startswith("boost:"):
            actor, subject = _parts(external_id)
            return KnownPost(external_id, actor, PostKind.REPOST, subject_id=subject)
        return KnownPost(external_id, external_id.rpartition("/statuses/")[0])

    def link(self, external_id: str) -> PastedLink:
        actor = self.world.toots[external_id].actor
        key = external_id.rpartition("/")[2]
        address = f"https://{actor.server}/@{actor.name}/{key}"
        return PastedLink(Network.MASTODON, address, f"{actor.name}@{actor.server}", external_id)

    def reset_headers(self, seconds: int) -> dict[str, str]:
        lifted = self.clock.now() + timedelta(seconds=seconds)
        return {"X-RateLimit-Reset": lifted.isoformat(), "Date": format_datetime(self.clock.now(), usegmt=True)}

    def lose_account(self, member: int) -> None:
        self.world.lost.add(self.uris[member])

    def protect_account(self, member: int) -> None:
        self.world.closed.add(self.handles[member].partition("@")[2])

    def rename(self, member: int) -> str:
        raise NotImplementedError(f"{self.handles[member]} keeps its name")

    def wait(self) -> None:
        """Let a minute pass."""
        self.clock.move_to(self.clock.now() + timedelta(minutes=1))


def _parts(boost: str) -> tuple[str, str]:
    actor, _, subject = boost.removeprefix("boost:").rpartition(":https://")
    return actor, f"https://{subject}"
