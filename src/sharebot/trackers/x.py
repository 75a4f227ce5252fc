"""X over its API v2 with the app's own bearer token (docs.x.com): paid by what it answers, so asked sparingly."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta

from sharebot.config.settings import Settings
from sharebot.errors import RateLimited, Spent, TemporaryError
from sharebot.trackers import x_views as views
from sharebot.trackers.patience import MOST_IN_A_ROW
from sharebot.trackers.seam import Http, Identity, Look, Observation, Purse, Watched
from sharebot.trackers.x_api import XApi
from sharebot.trackers.x_cadence import Purpose
from sharebot.trackers.x_look import LEAST_FOUND, PAGE, Round
from sharebot.trackers.x_queries import count_fields, post_fields
from sharebot.trackers.x_reader import OVER, POST, USER, Reader
from sharebot.trackers.x_state import Followed
from sharebot.values.posts import KnownPost, PastedLink, Post
from sharebot.values.status import PostKind
from sharebot.values.tracking import Unobservable

MICROS = 1_000_000  # of a dollar
_RECENT = timedelta(hours=12)  # a count that is no older is not paid for again
_OLD = timedelta(days=30)
_FOR_LOOKING = 0.6  # of the month's budget is kept from being spent on who is who


def open_tracker(settings: Settings, _http: Http, purse: Purse) -> "XTracker | None":
    """Return the tracker when there is a bearer token."""
    part = settings.x
    if part.bearer_token is None:
        return None
    api = XApi(part.bearer_token.get_secret_value(), part.base_url)
    budget = round(part.monthly_usd * MICROS)
    reader = Reader(api, purse, budget=budget, vocabulary=part.vocabulary)
    return XTracker(reader, every=timedelta(minutes=part.every_minutes))


class XTracker:
    """Accounts and posts are known by their numbers. `identify_every` is rare, as each user read is paid for."""

    identify_every = timedelta(days=30)

    def __init__(self, reader: Reader, *, every: timedelta = timedelta(hours=1)) -> None:
        self._reader = reader
        self.every = every
        self._looked_at: datetime | None = None
        self._reposts_taken: dict[str, int] = {}
        self._counted: dict[str, tuple[datetime, int]] = {}
        self._undone: defaultdict[str, set[str]] = defaultdict(set)

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        """See `seam.Tracker`. What the money does not allow yet is left for a later look, the cheapest last."""
        if self._reader.money(look.now).left < LEAST_FOUND * self._reader.with_author:
            raise Spent(OVER)
        self._looked_at = look.now
        going = Round(self._reader, look)
        good, bad, last = 0, 0, None
        for accounts, parts in going.steps():
            told = False
            try:
                async for part in parts:
                    told = True
                    yield part
            except (RateLimited, Spent):
                raise
            except TemporaryError as error:
                bad, last = bad + 1, error
                if bad == MOST_IN_A_ROW:
                    raise
                yield Observation(missed={one.account_id: str(error) for one in accounts})
            else:
                good, bad = good + told, 0 if told else bad
        self._remember(going.followed)
        if last and not good:
            raise last

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        """See `seam.Tracker`. A hundred accounts are one request, at the price of as many user reads.

        Only what is left above `_FOR_LOOKING` of the month's budget is used; the rest is left out.
        """
        accounts = accounts[: self._reader.above(_FOR_LOOKING) // USER.micros]
        by_id = {str(one.external_id): one for one in accounts if views.is_id(one.external_id)}
        names = [one for one in accounts if one.account_id not in {known.account_id for known in by_id.values()}]
        by_name = {name.lower(): one for one in names if views.is_handle(name := one.handle.removeprefix("@"))}
        found = {
            one.account_id: Identity(None, one.handle, Unobservable.NOT_FOUND)
            for one in names
            if not views.is_handle(one.handle.removeprefix("@"))
        }
        for start in range(0, len(by_id), PAGE):
            batch = dict(list(by_id.items())[start : start + PAGE])
            found |= await self._users("/2/users", "ids", batch, key="id", absent=Unobservable.GONE)
        for start in range(0, len(by_name), PAGE):
            batch = dict(list(by_name.items())[start : start + PAGE])
            found |= await self._users("/2/users/by", "usernames", batch, key="username", absent=Unobservable.NOT_FOUND)
        return found

    async def look_up(self, link: PastedLink, _accounts: Sequence[Watched]) -> Post | None:
        """See `seam.Tracker`. Costs a post and its author."""
        if not views.is_id(link.external_id):
            return None
        params = {"ids": str(link.external_id), **post_fields(self._reader.vocabulary, author=True)}
        answer = await self._reader.posts("/2/tweets", params, most=1, author=True)
        found = (views.read_post(raw) for raw in views.items(answer) if raw["id"] == link.external_id)
        post = next((one for one in found if one), None)
        if post is None and link.external_id not in views.read_unseen(answer):
            raise TemporaryError("answered without the post, and without saying why")
        return post

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        """See `seam.Tracker`. Reposts are paid for singly only where a post has fewer than we once read."""
        written = [one.external_id for one in posts if one.kind is not PostKind.REPOST]
        subjects = {str(one.subject_id) for one in posts if one.kind is PostKind.REPOST and views.is_id(one.subject_id)}
        reposts = {one: count for one in subjects if (count := self._recent_count(one)) is not None}
        there, fresh = await self._are_there([*sorted(subjects - set(reposts)), *written])
        there, reposts = dict.fromkeys(reposts, True) | there, reposts | fresh
        doubtful: list[str] = []
        for post in posts:
            if post.kind is not PostKind.REPOST:
                continue
            subject = str(post.subject_id)
            if there.get(subject) is False:
                there[post.external_id] = False
            elif there.get(subject) and reposts.get(subject, -1) >= self._expected_reposts(subject):
                there[post.external_id] = True
            elif subject in there:
                doubtful.append(post.external_id)
        singly, _ = await self._are_there(doubtful)
        there |= singly
        for post in posts:
            if post.external_id in singly and not singly[post.external_id]:
                self._undone[str(post.subject_id)].add(post.external_id)
        return {one.external_id: there[one.external_id] for one in posts if one.external_id in there}

    def _remember(self, followed: Mapping[str, Followed]) -> None:
        for one, state in followed.items():
            if state.counted and state.counted >= self._counted.get(one, (state.counted, 0))[0]:
                self._counted[one] = (state.counted, state.reposts)
                self._reposts_taken[one] = state.taken
        for one in [one for one in self._counted if self._looked_at and views.instant_of(one) < self._looked_at - _OLD]:
            del self._counted[one], self._reposts_taken[one]
            self._undone.pop(one, None)

    def _expected_reposts(self, subject: str) -> int:
        """Return how many reposts there are when none was undone that we do not know of."""
        return self._reposts_taken.get(subject, 2**31) - len(self._undone[subject])

    def _recent_count(self, subject: str) -> int | None:
        if self._looked_at is None or subject not in self._counted:
            return None
        at, count = self._counted[subject]
        return count if at > self._looked_at - _RECENT else None

    async def _are_there(self, ids: Sequence[str]) -> tuple[dict[str, bool], dict[str, int]]:
        there: dict[str, bool] = {}
        reposts: dict[str, int] = {}
        wanted = [one for one in dict.fromkeys(ids) if views.is_id(one)]
        if self._looked_at:
            wanted = wanted[: self._reader.room(Purpose.CHECKS, self._looked_at, each=POST.micros)]
        for start in range(0, len(wanted), PAGE):
            batch = wanted[start : start + PAGE]
            params = {"ids": ",".join(batch), **count_fields(self._reader.vocabulary)}
            answer = await self._reader.posts("/2/tweets", params, most=len(batch))
            there |= {one: False for one in views.read_unseen(answer) if one in batch}
            for raw in views.items(answer):
                there[raw["id"]] = True
                counts = views.read_counts(raw)
                reposts[raw["id"]] = counts.reposts or 0 if counts else 0
                if self._looked_at and raw["id"] in self._reposts_taken:
                    self._counted[raw["id"]] = (self._looked_at, reposts[raw["id"]])
        return there, reposts

    async def _users(
        self, route: str, parameter: str, batch: Mapping[str, Watched], *, key: str, absent: Unobservable
    ) -> dict[int, Identity]:
        params = {parameter: ",".join(batch), "user.fields": "protected"}
        answer = await self._reader.users(route, params, most=len(batch))
        found: dict[int, Identity] = {}
        for asked, reason in views.read_unseen(answer).items():
            if one := batch.get(asked):
                found[one.account_id] = Identity(
                    one.external_id, one.handle, absent if reason is Unobservable.GONE else reason
                )
        for raw in views.items(answer):
            name = raw.get("username")
            one = batch.get(str(raw.get(key)).lower())
            if one and isinstance(name, str) and views.is_handle(name):
                hidden = Unobservable.PROTECTED if raw.get("protected") is True else None
                found[one.account_id] = Identity(raw["id"], name, hidden)
        return found
