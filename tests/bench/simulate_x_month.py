"""Live through a month on X and pay for it: `python -m tests.bench.simulate_x_month`.

130 parties' accounts and 60 items of the Alliance, two a day, looked at every hour by the real tracker through
tweepy, against the stand-in for X by the play's clock. Budgets times traffic; prints what was spent by our ledger,
what the stand-in would have charged, and how much of what members did was seen. The exit code is 1 when more was set
aside than the budget, or charged than the ledger says.
"""

import asyncio
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from sharebot.errors import Spent
from sharebot.sandbox.clock import PlayClock
from sharebot.sandbox.x import XNetwork
from sharebot.trackers.seam import Look, Observation, Subject, Watched
from sharebot.trackers.x import MICROS, XTracker
from sharebot.trackers.x_api import XApi
from sharebot.trackers.x_queries import Vocabulary
from sharebot.trackers.x_reader import Reader
from sharebot.values.posts import KnownPost, Post
from tests.trackers.x_purse import Ledger
from tests.trackers.x_session import BASE_URL, LocalSession

START = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 30
HOUR = timedelta(hours=1)
LOOK_BACK = timedelta(days=8)
AFTER_SPENT = timedelta(hours=6)
RECHECKS = (timedelta(days=1), timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Traffic:
    """How lively a month is: shares of the 130 parties by item, and strangers by item."""

    name: str
    reposting: float = 0.15
    linking: float = 0.03
    quoting: float = 0.02
    strangers: int = 5
    viral: int = 0  # items that 5,000 strangers repost
    spam: int = 0  # mentions by one party's account in one bad hour


QUIET = Traffic("quiet", reposting=0.05, linking=0.01, quoting=0.01, strangers=1)
NORMAL = Traffic("normal")
REALISTIC = Traffic("realistic", viral=1, spam=300)
VIRAL = Traffic("viral", reposting=0.4, linking=0.15, quoting=0.1, strangers=200, viral=6, spam=2000)


@dataclass
class Month:
    """What came of one month."""

    traffic: Traffic
    budget: float
    vocabulary: Vocabulary
    ledger: float = 0
    most: float = 0
    bill: float = 0
    requests: int = 0
    days_spent: float = 0
    reposts: tuple[int, int] = (0, 0)
    links: tuple[int, int] = (0, 0)
    undone: tuple[int, int] = (0, 0)
    bought: dict[str, int] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether the budget was kept, and the ledger says no less than the bill."""
        return self.most <= self.budget and self.bill <= self.ledger + 1e-9


Event = tuple[datetime, int, Callable[[], None]]


class Play:
    """One month's doings, and the bot that looks on."""

    def __init__(self, traffic: Traffic, budget: float, vocabulary: Vocabulary, *, seed: int) -> None:
        self.clock = PlayClock(START)
        self.x = XNetwork(self.clock)
        self.traffic, self.chance = traffic, random.Random(seed)  # noqa: S311 - a play
        self.own = Watched(1, "alliance", self.x.account("alliance"), True)
        self.members = [Watched(row, f"party{row}", self.x.account(f"party{row}")) for row in range(2, 132)]
        self.ledger = Ledger(round(budget * MICROS), self.clock.now)
        self.session = LocalSession(self.x)
        api = XApi(self.x.token, BASE_URL, self.session)  # type: ignore[arg-type]
        self.tracker = XTracker(Reader(api, self.ledger, budget=round(budget * MICROS), vocabulary=vocabulary))
        self.events: list[Event] = []
        self.done: dict[str, set[str]] = defaultdict(set)
        self.undone: set[str] = set()
        self.cursors: dict[str, str] = {}
        self.seen: dict[str, Post] = {}
        self.subjects: dict[str, Subject] = {}
        self.gone: set[str] = set()
        self.due: list[tuple[datetime, str]] = []
        self.strangers = 0

    def plan(self) -> None:
        """Put the month's events in order; what an item sets off is planned when it is published."""
        for number in range(2 * DAYS):
            at = START + timedelta(days=number // 2, hours=9 + 6 * (number % 2), minutes=7)
            is_viral = number % 10 == 4 and number // 10 < self.traffic.viral
            self._at(at, partial(self._publish, is_viral=is_viral))
        bad_hour = START + timedelta(days=17, hours=3)
        for number in range(self.traffic.spam):
            self._at(bad_hour + timedelta(seconds=number), partial(self._post, self.members[7], "@alliance buy coins"))

    async def live(self) -> float:
        """Let the month pass; return for how many days the budget was used up."""
        await self.tracker.identify(self.members)
        now, blind, asleep_until = START, 0.0, START
        while now < START + timedelta(days=DAYS) - HOUR:
            now += HOUR
            self._play_until(now)
            if now < asleep_until:
                blind += 1 / 24
                continue
            try:
                await self._look()
            except Spent:
                asleep_until = now + AFTER_SPENT
                blind += 1 / 24
        return blind

    async def _look(self) -> None:
        await self._observe([self.own, *self.members], set(self._young()))
        fresh = set(self._young()) - set(self.known)
        if fresh:
            await self._observe([], fresh)
        now = self.clock.now()
        due = {one for at, one in self.due if at <= now} - self.gone
        self.due = [(at, one) for at, one in self.due if at > now]
        if due:
            known = [
                KnownPost(one, post.author_id, post.kind, None, post.subject_id)
                for one, post in self.seen.items()
                if one in due
            ]
            there = await self.tracker.recheck(known)
            self.gone |= {one for one, is_there in there.items() if not is_there}
            self.due += [(now, one) for one in due - set(there) if self.is_young(one, now)]

    def is_young(self, external_id: str, now: datetime) -> bool:
        """Whether a post is still looked for again."""
        at = self.seen[external_id].at
        return at is not None and at > now - RECHECKS[-1] - timedelta(days=2)

    def _young(self) -> Iterator[str]:
        since = self.clock.now() - LOOK_BACK
        return (one for one, subject in self.subjects.items() if subject.at >= since and one not in self.gone)

    async def _observe(self, accounts: list[Watched], subjects: set[str]) -> None:
        self.known = subjects
        now = self.clock.now()
        watched = frozenset(str(one.external_id) for one in [self.own, *self.members])
        looked = [self.subjects[one] for one in self.subjects if one in subjects]
        look = Look(accounts, looked, now - LOOK_BACK, now, dict(self.cursors), ["alliance.example"], watched)
        async for part in self.tracker.observe(look):
            self._record(part)

    def _record(self, part: Observation) -> None:
        self.cursors |= part.cursors
        self.gone |= set(part.gone)
        for post in part.posts:
            if post.author_id == self.own.external_id and post.at:
                self.subjects.setdefault(post.external_id, Subject(post.external_id, post.at))
            elif post.external_id not in self.seen:
                self.seen[post.external_id] = post
                if post.external_id not in self.done["reposts"] | self.done["links"]:
                    continue
                self.due += [(self.clock.now() + after, post.external_id) for after in RECHECKS]

    def _play_until(self, now: datetime) -> None:
        while self.events and self.events[-1][0] <= now:
            at, _, happen = self.events.pop()
            self.clock.move_to(at)
            happen()
        self.clock.move_to(now)

    def _at(self, at: datetime, happen: Callable[[], None]) -> None:
        self.events.append((at, len(self.events), happen))

    def _publish(self, *, is_viral: bool) -> None:
        number = len(self.subjects)
        external_id = self.x.post(str(self.own.external_id), f"News {number}", link="https://alliance.example/news")
        crowd = 5000 if is_viral else self.chance.randint(0, 2 * self.traffic.strangers)
        later: list[Event] = []

        def plan(happen: Callable[[], None], hours: float) -> None:
            delay = timedelta(hours=min(150, self.chance.expovariate(1 / hours)))
            later.append((self.clock.now() + delay, len(later), happen))

        for member in self.members:
            if self.chance.random() < self.traffic.reposting:
                plan(partial(self._repost, member, external_id), 8)
            if self.chance.random() < self.traffic.linking:
                plan(partial(self._post, member, "Read https://alliance.example/news", link=True), 12)
            if self.chance.random() < self.traffic.quoting:
                plan(partial(self._post, member, "We agree", quotes=external_id), 12)
        for _ in range(crowd):
            plan(partial(self._crowd, external_id), 10)
        self.events += later
        self.events.sort(key=lambda event: (event[0], event[1]), reverse=True)

    def _repost(self, member: Watched, subject: str) -> None:
        made = self.x.repost(str(member.external_id), subject)
        self.done["reposts"].add(made)
        if self.chance.random() < 0.02:
            self.undone.add(made)
            self.events.append((self.clock.now() + timedelta(hours=20), 0, lambda: self.x.delete(made)))
            self.events.sort(key=lambda event: (event[0], event[1]), reverse=True)

    def _post(self, member: Watched, text: str, *, link: bool = False, quotes: str | None = None) -> None:
        page = "https://alliance.example/news?utm_source=x" if link else None
        made = self.x.post(str(member.external_id), text, link=page, quotes=quotes)
        if link or quotes:
            self.done["links"].add(made)

    def _crowd(self, subject: str) -> None:
        self.strangers += 1
        self.x.repost(self.x.open_account(f"s{self.strangers}"), subject)


def simulate(traffic: Traffic, budget: float, vocabulary: Vocabulary = "post", *, seed: int = 11) -> Month:
    """Live through one month."""
    play = Play(traffic, budget, vocabulary, seed=seed)
    play.plan()
    play.events.sort(key=lambda event: (event[0], event[1]), reverse=True)
    blind = asyncio.run(play.live())
    made = Month(traffic, budget, vocabulary)
    made.ledger = play.ledger.spent["2026-11"] / MICROS
    made.most, made.bill = play.ledger.most / MICROS, play.x.bill / MICROS
    made.requests, made.days_spent = play.session.asked, blind
    made.reposts = (len(play.done["reposts"] & set(play.seen)), len(play.done["reposts"]))
    made.links = (len(play.done["links"] & set(play.seen)), len(play.done["links"]))
    made.undone = (len(play.undone & play.gone), len(play.undone & set(play.seen)))
    made.bought = dict(play.ledger.counted)
    return made


def write_line(month: Month) -> str:
    """Return a line of the table."""
    seen, all_reposts = month.reposts
    found, all_links = month.links
    return (
        f"| {month.traffic.name} | {month.vocabulary} | {month.budget:g} $ | {month.ledger:.2f} $ | {month.bill:.2f} $ "
        f"| {month.most:.2f} $ | {seen}/{all_reposts} ({seen / max(1, all_reposts):.0%}) "
        f"| {found}/{all_links} ({found / max(1, all_links):.0%}) | {month.undone[0]}/{month.undone[1]} "
        f"| {month.days_spent:.1f} | {month.requests} |"
    )


_COLUMNS = (
    "traffic",
    "vocabulary",
    "budget",
    "ledger",
    "stand-in's bill",
    "most set aside",
    "members' reposts seen",
    "links and quotes seen",
    "undone found",
    "days without money",
    "requests",
)
HEAD = f"| {' | '.join(_COLUMNS)} |\n{'|---' * len(_COLUMNS)}|"


def main() -> int:
    """Print the table of all budgets and traffics."""
    print(HEAD)
    months = []
    for vocabulary in ("post", "tweet"):
        for traffic in (QUIET, NORMAL, REALISTIC, VIRAL):
            for budget in (1, 5, 20):
                months.append(simulate(traffic, budget, vocabulary))
                print(write_line(months[-1]), flush=True)
    return 0 if all(month.is_kept for month in months) else 1


if __name__ == "__main__":
    sys.exit(main())
