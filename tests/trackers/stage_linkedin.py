"""LinkedIn for the tests that hold for all trackers: a page's notifications in the documented shape."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sharebot.config.settings import LinkedIn, Settings
from sharebot.trackers.linkedin import LinkedInTracker, open_tracker
from sharebot.trackers.seam import Look, Subject, Watched
from sharebot.values.posts import KnownPost, PastedLink
from sharebot.values.status import Network
from tests.trackers.contract import ALLIANCE, MEMBERS, Front, FrontedStage, Trait
from tests.trackers.purses import Ledger

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
TOKEN = "linkedin-canary"


def urn(number: int) -> str:
    return f"urn:li:organization:{number}"


class LinkedInStage(FrontedStage):
    """See `contract.Stage`. Only what repeats a post of ours is told."""

    network = Network.LINKEDIN
    has = frozenset({Trait.REPOSTS, Trait.WHOLE, Trait.RESET, Trait.IDENTIFY})
    page = 30

    def __init__(self) -> None:
        self.now = START
        self.handles = {ALLIANCE: "alliance"} | {row: f"party{row}" for row in MEMBERS}
        self.subjects: list[Subject] = []
        self.notifications: list[dict[str, Any]] = []
        self.queries: list[Request] = []
        app = Starlette(
            routes=[
                Route("/rest/organizationalEntityNotifications", self._answer),
                Route("/rest/organizations", self._organizations),
            ]
        )
        self.front = Front(app)

    def tracker(self) -> LinkedInTracker:
        part = LinkedIn(token=SecretStr(TOKEN), organization="1", base_url=self.base_url)
        made = open_tracker(Settings(linkedin=part), self.fetcher, Ledger())
        assert made is not None
        return made

    def look(self, cursors: Mapping[str, str] | None = None) -> Look:
        accounts = [Watched(row, handle, urn(row), row == ALLIANCE) for row, handle in self.handles.items()]
        watched = frozenset(urn(row) for row in self.handles)
        since = START - timedelta(days=1)
        return Look(accounts, self.subjects, since, self.now, dict(cursors or {}), watched=watched)

    def publish(self) -> str:
        self._wait()
        share = f"urn:li:share:{7000 + len(self.subjects)}"
        self.subjects.append(Subject(share, self.now))
        return share

    def post_as(self, member: int, text: str = "Hello") -> str:
        raise NotImplementedError

    def notify(self, actor: str, subject: str, *, text: str = "", action: str = "SHARE") -> str:
        """Tell that `actor` repeated `subject`; return the new share."""
        share = f"urn:li:share:{9000 + len(self.notifications)}"
        activity = {"share": {"entity": share, "owner": actor, "text": text}}
        told: dict[str, Any] = {"action": action, "organizationalEntity": urn(ALLIANCE), "sourcePost": subject}
        told |= {"generatedActivity": share, "lastModifiedAt": int(self.now.timestamp() * 1000)}
        self.notifications.append(told | {"decoratedGeneratedActivity": activity})
        return share

    def repost_as(self, member: int, subject: str) -> str:
        self._wait()
        return self.notify(urn(member), subject)

    def crowd(self, subject: str, n: int) -> None:
        for number in range(n):
            self.notify(f"urn:li:person:secret{number}", subject)

    def delete(self, external_id: str) -> None:
        raise NotImplementedError

    def known(self, external_id: str) -> KnownPost:
        raise NotImplementedError

    def link(self, external_id: str) -> PastedLink:
        raise NotImplementedError

    def reset_headers(self, seconds: int) -> dict[str, str]:
        return {"Retry-After": f"{seconds}"}

    def lose_account(self, member: int) -> None:
        raise NotImplementedError

    def _answer(self, request: Request) -> Response:
        self.queries.append(request)
        start, count = int(request.query_params["start"]), int(request.query_params["count"])
        newest = self.notifications[::-1]
        return JSONResponse({"paging": {"start": start, "count": count}, "elements": newest[start : start + count]})

    def _organizations(self, request: Request) -> Response:
        name = request.query_params["vanityName"]
        found = [{"id": row, "vanityName": handle} for row, handle in self.handles.items() if handle == name]
        return JSONResponse({"elements": found})

    def _wait(self) -> None:
        self.now += timedelta(minutes=1)
