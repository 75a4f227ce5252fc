"""A day of 10,000 labelled requests over the redirect itself: people count, robots do not, nothing of anybody stays."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

import pytest
from fastapi import FastAPI
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.jobs.prune import prune
from sharebot.models import ClickSalt, ClickTally, SeenClick, TrackedLink
from sharebot.rules.clicks import Keys, classify, describe, keys_of
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.values.status import ClickOutcome
from sharebot.web.app import build_app
from tests.cast import NOW, FixedClock, add_cast
from tests.flows.clicks_corpus import Ask, Corpus
from tests.web.props import add_draft, queue_and_release

HOST, PROXY = "share.alliance.example", "10.0.0.1"
MIDNIGHT = NOW.replace(hour=0) + timedelta(days=1)
BOTS_COUNTED, PEOPLE_LOST = 0.01, 0.02


@pytest.fixture
async def runtime(database: Database, clock: FixedClock) -> AsyncIterator[Runtime]:
    settings = Settings.model_validate({"web": {"public_url": f"https://{HOST}", "proxies": [PROXY]}})
    fetcher, parsers = Fetcher(), ParserPool(size=1)
    yield Runtime(settings=settings, clock=clock, database=database, fetcher=fetcher, parsers=parsers)
    await fetcher.aclose()
    await parsers.aclose()


@pytest.fixture
def codes(database: Database) -> list[str]:
    add_cast(database)
    for _ in range(6):
        with database.write() as session:
            content_id = add_draft(session)
        queue_and_release(database, content_id)
    with database.read() as session:
        return list(session.exec(select(TrackedLink.code).order_by(TrackedLink.code)))


@pytest.mark.parametrize(
    "part", [pytest.param(1.0, marks=pytest.mark.long, id="10,000"), pytest.param(0.2, id="2,000")]
)
async def test_a_day_of_people_and_robots(
    runtime: Runtime, clock: FixedClock, codes: list[str], part: float, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asks = Corpus(6, len(codes)).draw(part)
    await _ask_all(build_app(runtime), clock, asks, codes)
    with runtime.database.read() as session:
        rows = session.exec(select(ClickTally)).all()
        salt = session.exec(select(ClickSalt.salt)).one()
        seen = set(session.exec(select(SeenClick.key)))
    counted = _find_counted(asks, codes, salt, seen)
    people, robots = (
        [(ask, got) for ask, got in zip(asks, counted, strict=True) if ask.is_person is is_person]
        for is_person in (True, False)
    )
    lost = Counter(ask.kind for ask, got in people if not got)
    taken = Counter(ask.kind for ask, got in robots if got)
    print(f"\n{len(asks)} requests; people lost: {sum(lost.values())} of {len(people)}, {dict(lost)}")
    print(f"robots counted: {sum(taken.values())} of {len(robots)}, {dict(taken)}")
    assert sum(row.n for row in rows) == len(asks)
    assert sum(row.n for row in rows if row.outcome is ClickOutcome.COUNTED) == sum(counted)
    assert sum(lost.values()) <= PEOPLE_LOST * len(people)
    if part == 1:
        assert sum(taken.values()) <= BOTS_COUNTED * len(robots)
    assert max(Counter((ask.address, ask.link) for ask, got in zip(asks, counted, strict=True) if got).values()) <= 20
    await _forget(runtime, clock)
    traces = set(_traces(asks, codes, salt))
    assert list(_find(traces, _bytes_of(runtime.database))) == []
    assert list(_find(traces, caplog.text.encode())) == []


async def _ask_all(app: FastAPI, clock: FixedClock, asks: Sequence[Ask], codes: list[str]) -> None:
    """Ask in the day's order, those of the same ten minutes at once."""
    for minute, together in groupby(asks, key=_minute):
        clock.at = MIDNIGHT + timedelta(minutes=minute)
        statuses = await asyncio.gather(*(_answer(app, ask, codes) for ask in together))
        assert set(statuses) == {302}


def _find_counted(asks: Sequence[Ask], codes: list[str], salt: bytes, seen: set[bytes]) -> list[bool]:
    """Say of each whether it was counted: of one visitor's visits that may count, one."""
    counted = []
    for ask in asks:
        key = _keys(ask, codes, salt).visitor
        may_count = classify(ask.method, ask.headers, is_https=True) is ClickOutcome.COUNTED
        counted.append(may_count and key in seen)
        seen -= {key} if may_count else set()
    return counted


def _keys(ask: Ask, codes: list[str], salt: bytes) -> Keys:
    agent = describe(ask.headers)
    return keys_of(salt, link=codes[ask.link], address=ask.address, agent=agent, minute=_minute(ask))


def _minute(ask: Ask) -> int:
    return int(ask.at.total_seconds() // 600) * 10


async def _answer(app: FastAPI, ask: Ask, codes: list[str]) -> int:
    path, statuses = f"/r/{codes[ask.link]}", []
    headers = {"host": HOST, "x-forwarded-for": ask.address, **ask.headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": ask.method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "root_path": "",
        "client": (PROXY, 4000),
        "server": (HOST, 443),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        if "status" in message:
            statuses.append(message["status"])

    await app(scope, receive, send)  # type: ignore[arg-type]
    return int(str(statuses[0]))


async def _forget(runtime: Runtime, clock: FixedClock) -> None:
    """Let the day and the grace after it go by, and the hourly job come."""
    clock.at = MIDNIGHT + timedelta(days=1, minutes=10)
    await prune(runtime)
    with runtime.database.read() as session:
        assert session.exec(select(ClickSalt)).all() == []
        assert session.exec(select(SeenClick)).all() == []


def _traces(asks: Sequence[Ask], codes: list[str], salt: bytes) -> Iterator[bytes]:
    """Write what must be nowhere: every address, every browser, every hash of them."""
    yield salt
    for ask in asks:
        agent = ask.headers.get("User-Agent", "")
        yield ask.address.encode()
        if len(agent) > 4:
            yield agent.encode()
        yield from _keys(ask, codes, salt)


def _find(traces: set[bytes], left: bytes) -> Iterator[bytes]:
    """Find which of many traces are in a heap of bytes, in one pass."""
    by_start: dict[bytes, list[bytes]] = defaultdict(list)
    for trace in traces:
        by_start[trace[:5]].append(trace)
    for at in range(len(left)):
        yield from (trace for trace in by_start.get(left[at : at + 5], ()) if left.startswith(trace, at))


def _bytes_of(database: Database) -> bytes:
    assert database.path is not None
    log = database.path.with_name(f"{database.path.name}-wal")
    return database.path.read_bytes() + (log.read_bytes() if log.exists() else b"")
