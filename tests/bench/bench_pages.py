"""Ask for every page of the desk on a big database: `python -m tests.bench.bench_pages [--postgresql] [--only WORD]`.

Each page is asked for 30 times over the application itself, without a network. Prints a table: p50 and p95 in ms by
the clock, p95 of the processor time of this process (with SQLite that is all the work there is), both p95 as ratios
to those of the plainest page with a sign-in (/contents/new) in the same run, SQL statements (without BEGIN) and bytes
before compression. The exit code is 1 when a page's p95 is 150 ms or more, or anything asks more than 15 statements.
With `--busy`, for a machine that does other work at the same time, it is the processor time that must be below 150
ms.
"""

import argparse
import asyncio
import gc
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI

from sharebot.config.settings import Settings
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.api_tokens import add_token
from sharebot.store.database import Database
from sharebot.store.staff_sessions import open_session
from sharebot.store.vault import Vault
from sharebot.values.api import Scope
from sharebot.values.sign_in import Way
from sharebot.web.app import build_app
from tests.bench.big_database import fill
from tests.bench.big_history import RELEASED, content_of
from tests.cast import NOW, FixedClock
from tests.reliability.postgres import Postgres
from tests.web.addresses import addresses, api_routes, files, pages
from tests.web.statements import Statements

TIMES, SLOWEST_MS, MOST_STATEMENTS = 30, 150.0, 15
ADMIN, REFERENCE = 1, "/contents/new"
SAMPLES = {
    "content_id": str(content_of(RELEASED - 5)),
    "entry_id": str(RELEASED - 5),
    "code": "party-7",
    "campaigns.code": "campaign-12",
    "list_id": "1",
    "staff_id": "2",
    "period": "2026-W47",
    "asset_id": "1",
}
MORE_PAGES = ("/contents/5000", f"/queue/{RELEASED}", "/queue/1", "/queue/805", f"/contents/{content_of(1)}/results")


@dataclass(frozen=True, slots=True)
class Figure:
    """What 30 requests for one address took; times in milliseconds."""

    address: str
    status: int
    p50: float
    p95: float
    cpu: float
    statements: int
    size: int
    is_page: bool

    def is_good(self, *, is_busy: bool) -> bool:
        """Whether it keeps the limits."""
        is_fast = (self.cpu if is_busy else self.p95) < SLOWEST_MS or not self.is_page
        return is_fast and self.statements <= MOST_STATEMENTS and self.status < 400


def main() -> int:
    """Measure, print, and say by the exit code whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own")
    parser.add_argument("--database", type=Path, help="a SQLite file to fill once and to use again")
    parser.add_argument("--only", default="", help="only addresses with this in them")
    parser.add_argument("--busy", action="store_true", help="judge by processor time")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each address is asked for")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = arguments.database or Path(folder) / "big.db"
        with _opened(Path(folder), where, is_postgresql=arguments.postgresql) as database:
            return 0 if asyncio.run(_measure(database, arguments)) else 1


@contextmanager
def _opened(folder: Path, file: Path, *, is_postgresql: bool) -> Iterator[Database]:
    vault = Vault([b"k" * 32])
    if is_postgresql:
        with Postgres(folder) as server, _closing(Database(server.url, vault=vault)) as database:
            fill(database)
            yield database
        return
    is_full = file.exists()
    with _closing(Database(f"sqlite:///{file}", vault=vault)) as database:
        if not is_full:
            fill(database)
        yield database


@contextmanager
def _closing(database: Database) -> Iterator[Database]:
    try:
        yield database
    finally:
        database.dispose()


async def _measure(database: Database, arguments: argparse.Namespace) -> bool:
    fetcher, parsers = Fetcher(), ParserPool(size=1)
    runtime = Runtime(settings=Settings(), clock=FixedClock(), database=database, fetcher=fetcher, parsers=parsers)
    app = build_app(runtime)
    with Statements(database) as counted:
        asking = _Asking(app, database, counted, arguments.times)
        reference = await asking.ask(REFERENCE)
        print(f"{'p50':>8}{'p95':>8}{'CPU':>8}{'ratio':>7}{'ratio':>7}{'SQL':>5}{'bytes':>9}  address")
        gc.freeze()  # as `sharebot run` does once it is ready
        found = [reference]
        _print(reference, reference, "")
        for address, is_page in _addresses():
            if arguments.only in address:
                found.append(await asking.ask(address, is_page=is_page))
                said = "" if found[-1].is_good(is_busy=arguments.busy) else "  TOO MUCH"
                _print(found[-1], reference, said)
    await fetcher.aclose()
    await parsers.aclose()
    return all(one.is_good(is_busy=arguments.busy) for one in found)


def _addresses() -> Iterator[tuple[str, bool]]:
    for route in pages():
        if route != "/uploads/{asset_id}":  # a file of which nobody uploaded any
            yield from ((address, True) for address in addresses(route, SAMPLES))
    yield from ((address, True) for address in MORE_PAGES)
    for route in pages():
        yield from ((address, False) for address in files(route, SAMPLES))
    for route in api_routes():
        yield from ((address, False) for address in addresses(route, SAMPLES))


class _Asking:
    """Asks as an admin and as a program of theirs, from a new address each time: limits of requests are not meant."""

    def __init__(self, app: FastAPI, database: Database, counted: Statements, times: int) -> None:
        self._app, self._database, self._counted, self._times = app, database, counted, times
        self._asked = 0

    async def ask(self, address: str, *, is_page: bool = True) -> Figure:
        """Ask many times."""
        self._asked += 1
        transport = httpx.ASGITransport(app=self._app, client=(f"10.0.{self._asked // 250}.{self._asked % 250}", 1))
        took: list[float] = []
        worked: list[float] = []
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=self._key()) as one:
            for _ in range(self._times):
                self._counted.clear()
                began, work = time.perf_counter(), time.process_time()
                answer = await one.get(address)
                took.append(1000 * (time.perf_counter() - began))
                worked.append(1000 * (time.process_time() - work))
        p95, cpu = (sorted(one)[math.ceil(0.95 * self._times) - 1] for one in (took, worked))
        statements, size = len(self._counted.said), len(answer.content)
        return Figure(address, answer.status_code, statistics.median(took), p95, cpu, statements, size, is_page)

    def _key(self) -> dict[str, str]:
        with self._database.write() as session:
            cookie = open_session(session, ADMIN, now=NOW, way=Way.LINK)
            token = add_token(session, ADMIN, "bench", tuple(Scope), expires_at=None, now=NOW)[1]
        return {"Cookie": f"sharebot={cookie}", "Authorization": f"Bearer {token}"}


def _print(one: Figure, reference: Figure, said: str) -> None:
    times = f"{one.p50:8.1f}{one.p95:8.1f}{one.cpu:8.1f}"
    ratios = f"{one.p95 / reference.p95:7.1f}{one.cpu / reference.cpu:7.1f}"
    status = "" if one.status == 200 else f" ({one.status})"
    print(f"{times}{ratios}{one.statements:5}{one.size:9}  {one.address}{status}{said}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
