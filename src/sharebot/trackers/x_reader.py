"""Ask X for posts and users, and pay for what comes: the most it may cost is set aside before each request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sharebot.errors import Spent, TemporaryError
from sharebot.trackers.seam import Purse
from sharebot.trackers.x_api import Unbilled, XApi
from sharebot.trackers.x_cadence import Money, Purpose
from sharebot.trackers.x_queries import Vocabulary
from sharebot.trackers.x_views import billed, items


@dataclass(frozen=True, slots=True)
class Price:
    """What one of a resource costs, in millionths of a dollar."""

    resource: str
    micros: int


# docs.x.com/x-api/getting-started/pricing, August 2026: by resource returned; what returns nothing costs nothing.
# "Owned reads" at a fifth need the login of the app's owner, which we do not have. Whoever is expanded along with a
# post counts as a user. X charges a resource once per UTC day, "softly"; we count it each time.
POST = Price("post", 5_000)
USER = Price("user", 10_000)
OVER = "this month's budget for X is used up"


class Reader:
    """One app's reads under one purse. `budget` is the month's, in millionths of a dollar."""

    def __init__(self, api: XApi, purse: Purse, *, budget: int, vocabulary: Vocabulary) -> None:
        self._api, self._purse, self._budget = api, purse, budget
        self.vocabulary = vocabulary

    @property
    def with_author(self) -> int:
        """What a post costs together with its author."""
        return POST.micros + (USER.micros if self.vocabulary == "post" else 0)

    def money(self, now: datetime) -> Money:
        """Return what there is to spend."""
        return Money(self._budget, min(self._budget, self._purse.left()), now)

    def room(self, purpose: Purpose, now: datetime, *, each: int) -> int:
        """Return how many resources at that price a purpose may bring now."""
        return self.money(now).allows(purpose) // each

    def above(self, share: float) -> int:
        """Return what is left above a share of the month's budget, in millionths of a dollar."""
        return max(0, self._purse.left() - int(self._budget * share))

    async def posts(
        self, route: str, params: Mapping[str, str | int], *, most: int, author: bool = False
    ) -> dict[str, Any]:
        """Return an answer of up to `most` posts, each with its author. Raises Spent, NotThere or TemporaryError."""
        users = most if author and self.vocabulary == "post" else 0
        answer = await self._paid(route, params, posts=most, users=users)
        got_posts, got_users = billed(answer)
        self._settle(POST, most - got_posts)
        self._settle(USER, users - got_users)
        found = items(answer)
        if author and found and not any("author_id" in one for one in found):
            # X answers 200 to fields it does not know, and leaves them out.
            raise TemporaryError(f"X told no authors to x.vocabulary {self.vocabulary!r}")
        return answer

    async def users(self, route: str, params: Mapping[str, str | int], *, most: int) -> dict[str, Any]:
        """Return an answer of up to `most` users. Raises like `posts`."""
        answer = await self._paid(route, params, posts=0, users=most)
        self._settle(USER, most - len(items(answer)))
        return answer

    async def _paid(self, route: str, params: Mapping[str, str | int], *, posts: int, users: int) -> dict[str, Any]:
        if not self._spend(POST, posts):
            raise Spent(OVER)
        if not self._spend(USER, users):
            self._settle(POST, posts)
            raise Spent(OVER)
        try:
            return await self._api.get(route, params)
        except Unbilled as refusal:
            self._settle(POST, posts)
            self._settle(USER, users)
            raise refusal.error from None

    def _spend(self, price: Price, n: int) -> bool:
        return n == 0 or self._purse.spend(price.resource, n, micros=n * price.micros)

    def _settle(self, price: Price, unused: int) -> None:
        if unused > 0:
            self._purse.give_back(price.resource, unused, micros=unused * price.micros)
        elif unused < 0:
            self._spend(price, -unused)
