"""Live through a year of asks on a real database: `python -m tests.bench.simulate_year [--weeks N] [--write]`.

390 officers of 130 parties get five items a week, over the demo's zones and countries, with rhythms, budgets, hours
and topics of their own. Releases, digests and taps go through the store; sending is told, not done. With `--write`
the table of docs/asks.md is made anew. The exit code is 1 when a budget was exceeded.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count, cycle
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import Content, Delivery, Member, Officer
from sharebot.rules.audience import Audience
from sharebot.rules.members_file import parse_members
from sharebot.rules.timing import Timing
from sharebot.sandbox.demo.fiction import MEMBERS
from sharebot.store import contents, digests, queue, recovery
from sharebot.store.bots import get_bot
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database, vault_of
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault
from sharebot.values.feeds import FeedItem
from sharebot.values.status import ChatKind, DeliveryKind, DeliveryStatus, OfficerStatus, Priority, Rhythm

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)
TOPICS = ("climate", "peace", "rights", "work")
PAGE = Path(__file__).parents[2] / "docs" / "asks.md"
MARKS = ("<!-- simulation -->\n", "<!-- end of simulation -->\n")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world to live through."""

    members: int = 130
    seats: int = 3
    weeks: int = 52
    per_week: int = 5
    taps: float = 0.5  # of the items that a digest lists
    step: timedelta = timedelta(minutes=30)


@dataclass
class Books:
    """What was seen happen."""

    held: set[int] = field(default_factory=set)
    urgent: set[int] = field(default_factory=set)
    contents: int = 0


def simulate(database: Database, size: Size, *, seed: int = 1) -> Books:
    """Live through the weeks; the books say what the rows do not."""
    rng, books, settings = random.Random(seed), Books(), _settings()  # noqa: S311 - a play, not a secret
    with database.write() as session:
        _seat(session, size, rng)
    plan = sorted(_plan(size, rng), key=lambda one: one[0])
    codes = (f"c{number:09}" for number in count())
    now, end = START, START + size.weeks * WEEK
    while now < end + WEEK:
        while plan and plan[0][0] <= now:
            _release(database, plan.pop(0)[1], books, settings, now, codes)
        _live(database, settings, size, now, rng)
        now += size.step
    return books


def _settings() -> Settings:
    topics = {code: {"en": code.title()} for code in TOPICS}
    return Settings.model_validate({"topics": topics})


def _seat(session: Session, size: Size, rng: random.Random) -> None:
    rows = cycle(parse_members(MEMBERS)[0])
    bot_id, vault = get_bot(session).id or 0, vault_of(session)
    for number, row in zip(range(size.members), rows, strict=False):
        member = Member(
            code=f"m{number}",
            name=f"Party {number}",
            kind=row.kind,
            country=row.country,
            region=row.region,
            languages="en",
            zone=row.zone,
            created_at=START,
        )
        session.add(member)
        session.flush()
        for seat in range(size.seats):
            chat = ensure_chat(session, bot_id, 10_000 + number * size.seats + seat, ChatKind.PRIVATE)
            own = rng.random() < 0.2
            session.add(
                Officer(
                    member_id=member.id or 0,
                    label_sealed=vault.seal(str(seat)),
                    label_index=str(seat),
                    chat_id=chat,
                    language="en",
                    status=OfficerStatus.ACTIVE,
                    rhythm=rng.choices([*Rhythm], weights=[7, 2, 1])[0],
                    asks_per_week=rng.choices([None, 1, 3, 10], weights=[6, 1, 2, 1])[0],
                    topics=",".join(rng.sample(TOPICS, rng.randint(1, 3))) if rng.random() < 0.3 else "",
                    opens=time(rng.choice([7, 10, 13])) if own else None,
                    closes=time(19) if own else None,
                    created_at=START,
                    consented_at=START,
                )
            )


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    topic: str
    priority: Priority
    urgent: bool
    lasts: timedelta


def _plan(size: Size, rng: random.Random) -> Iterator[tuple[datetime, _Item]]:
    numbers = count(1)
    for week in range(size.weeks):
        for _ in range(size.per_week):
            at = START + week * WEEK + timedelta(days=rng.randrange(5), hours=rng.randrange(7, 18))
            priority = rng.choices([*Priority], weights=[2, 6, 2])[0]
            lasts = timedelta(hours=rng.choice([48, 168, 168, 336]))
            yield at, _Item(next(numbers), rng.choice(TOPICS), priority, rng.random() < 0.03, lasts)


def _release(
    database: Database, item: _Item, books: Books, settings: Settings, now: datetime, codes: Iterator[str]
) -> None:
    url = f"https://alliance.example/{item.number}"
    with database.write() as session:
        feed_item = FeedItem(url, f"Item {item.number}", "Words.", url, now, "en")
        contents.ingest(session, [feed_item], contents.Intake("en", frozenset({"alliance.example"}), now))
        content = session.exec(select(Content).order_by(col(Content.id).desc())).first()
        assert content is not None
        content.topics = item.topic
        session.add(content)
        session.flush()
        number = content.id or 0
        seen = contents.content_hash(session, number)
        timing = Timing(urgent=item.urgent)
        approval = queue.Approval(number, Audience(), timing, now + item.lasts, "simulation", seen, item.priority)
        entry = queue.approve(session, approval, now=now)
        queue.release(session, entry.id or 0, settings=settings, new_code=lambda: next(codes), now=now)
        held = select(Delivery.id).where(Delivery.entry_id == entry.id, Delivery.status == DeliveryStatus.HELD)
        books.held.update(one or 0 for one in session.exec(held))
    books.contents += 1
    if item.urgent:
        books.urgent.add(entry.id or 0)


def _live(database: Database, settings: Settings, size: Size, now: datetime, rng: random.Random) -> None:
    """One turn of the worker, and of officers who tap in the digests that they have just got."""
    with database.write() as session:
        recovery.expire_due(session, now=now)
        digests.add_due(session, settings=settings, now=now)
        sent = (
            update(Delivery)
            .where(col(Delivery.status) == DeliveryStatus.QUEUED, col(Delivery.due_at) <= now)
            .values(status=DeliveryStatus.SENT, sent_at=now, copies=1)
            .returning(col(Delivery.id), col(Delivery.kind))
        )
        made = [number for number, kind in session.execute(sent) if kind is DeliveryKind.DIGEST]
        for item in session.exec(select(Delivery).where(col(Delivery.digest_id).in_(made))) if made else ():
            if rng.random() < size.taps:
                digests.show_item(session, item, now=now)


@dataclass(frozen=True, slots=True)
class Line:
    """How the officers of one budget and rhythm fared."""

    rhythm: Rhythm
    budget: int
    officers: int
    asks: list[int]  # of each officer in each week of the calendar
    busiest: int  # in any seven days
    over: int  # weeks with more than the budget, urgent items apart
    outcomes: Counter[str]
    hours: list[float]  # from release to digest, of what was deferred


def read_books(database: Database, books: Books) -> list[Line]:
    """Count what the year's rows say, by rhythm and budget."""
    with database.read() as session:
        officers = session.exec(select(Officer, Member.zone).join(Member)).all()
        rows = session.exec(select(Delivery)).all()
    mine: dict[int, list[Delivery]] = defaultdict(list)
    due_of = {row.id: row.due_at for row in rows}
    for row in rows:
        mine[row.officer_id or 0].append(row)
    groups: dict[tuple[Rhythm, int], list[tuple[Officer, str]]] = defaultdict(list)
    for officer, zone in officers:
        groups[officer.rhythm, officer.asks_per_week or Settings().sending.asks_per_week].append((officer, zone))
    return [
        _line(rhythm, budget, [(zone, mine[one.id or 0]) for one, zone in group], books, due_of)
        for (rhythm, budget), group in sorted(
            groups.items(), key=lambda pair: ([*Rhythm].index(pair[0][0]), pair[0][1])
        )
    ]


def _line(
    rhythm: Rhythm,
    budget: int,
    group: list[tuple[str, list[Delivery]]],
    books: Books,
    due_of: dict[int | None, datetime],
) -> Line:
    asks: list[int] = []
    busiest = over = 0
    outcomes: Counter[str] = Counter()
    hours: list[float] = []
    for zone, rows in group:
        asked = [row for row in rows if _is_ask(row)]
        planned = [row for row in asked if row.entry_id not in books.urgent]
        busiest = max(busiest, _most(asked, zone))
        over += _weeks_over(planned, zone, budget)
        weeks = Counter((row.due_at - START) // WEEK for row in asked)
        asks += [weeks[number] for number in range(max(weeks, default=0) + 1)]
        for row in rows:
            if row.kind is DeliveryKind.ITEM:
                outcomes[_outcome(row, books)] += 1
                if row.digest_id or (row.id in books.held and row.status is DeliveryStatus.SENT):
                    came = due_of[row.digest_id] if row.digest_id else row.due_at
                    hours.append((came - row.created_at) / timedelta(hours=1))
    return Line(rhythm, budget, len(group), asks, busiest, over, outcomes, hours)


def _is_ask(row: Delivery) -> bool:
    if row.status is not DeliveryStatus.SENT:
        return False
    return row.kind is DeliveryKind.DIGEST or (row.kind is DeliveryKind.ITEM and row.digest_id is None)


def _outcome(row: Delivery, books: Books) -> str:
    if row.id not in books.held:
        return "at once" if row.status is DeliveryStatus.SENT else "expired"
    if row.digest_id:
        return "in a digest"
    return {DeliveryStatus.SENT: "alone, later", DeliveryStatus.EXPIRED: "expired"}.get(row.status, row.status.value)


def _local(rows: list[Delivery], zone: str) -> list[datetime]:
    return sorted(row.due_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for row in rows)


def _counts(rows: list[Delivery], zone: str) -> list[int]:
    at = _local(rows, zone)
    return [sum(first <= one < first + WEEK for one in at[place : place + 40]) for place, first in enumerate(at)]


def _most(rows: list[Delivery], zone: str) -> int:
    return max(_counts(rows, zone), default=0)


def _weeks_over(rows: list[Delivery], zone: str, budget: int) -> int:
    return sum(found > budget for found in _counts(rows, zone))


def write_table(lines: list[Line]) -> str:
    """Return the table as Markdown."""
    head = (
        "| rhythm | budget | officers | asks a week: median | 95 % | most in any seven days | over budget "
        "| at once | in a digest | alone, later | over, unseen | deferred for: median | 95 % |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    return head + "".join(_row(line) for line in lines)


def _row(line: Line) -> str:
    total = line.outcomes.total() or 1
    shares = [f"{line.outcomes[word] / total:.1%}" for word in ("at once", "in a digest", "alone, later", "expired")]
    days = [f"{_at(line.hours, part) / 24:.1f} d" if line.hours else "–" for part in (50, 95)]
    cells = [line.rhythm.value, line.budget, line.officers, f"{median(line.asks):g}", f"{_at(line.asks, 95):g}"]
    cells += [line.busiest, line.over, *shares, *days]
    return f"| {' | '.join(map(str, cells))} |\n"


def _at(values: list[int] | list[float], part: int) -> float:
    return quantiles(values, n=100, method="inclusive")[part - 1] if len(values) > 1 else float(values[0])


def main() -> int:
    """Simulate, print the table, and say by the exit code whether all budgets held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--members", type=int, default=130)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the table into docs/asks.md")
    arguments = parser.parse_args()
    size = Size(members=arguments.members, weeks=arguments.weeks)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/year.db", vault=Vault([b"k" * 32]))
        migrate(database)
        books = simulate(database, size, seed=arguments.seed)
        lines = read_books(database, books)
        database.dispose()
    table = write_table(lines)
    print(f"{books.contents} items, {size.members * size.seats} officers, {len(books.urgent)} urgent\n\n{table}")
    if arguments.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
        PAGE.write_text(before + MARKS[0] + table + MARKS[1] + rest.partition(MARKS[1])[2], encoding="utf-8")
    return 1 if any(line.over for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
