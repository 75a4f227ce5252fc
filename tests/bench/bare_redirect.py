"""The reference of `bench_redirect`: a bare Starlette route, one look-up and one committed insert for each click.

`python -m tests.bench.bare_redirect FILE`: the same server and its options, the same SQLite and its settings, on the
event loop itself without a thread. Prints "ready PORT" and serves until it is ended.
"""

import asyncio
import sys
from pathlib import Path

import uvloop
from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from sharebot.store.database import Database
from sharebot.store.vault import Vault
from sharebot.web.server import serve


def fill(file: Path, codes: list[str]) -> None:
    """Make the database."""
    with Database(f"sqlite:///{file}", vault=Vault([b"k" * 32])).engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE link (id INTEGER PRIMARY KEY, code TEXT UNIQUE, target TEXT)")
        connection.exec_driver_sql("CREATE TABLE click (id INTEGER PRIMARY KEY, link_id INTEGER, agent TEXT)")
        rows = [(code, f"https://alliance.example/{code}") for code in codes]
        connection.exec_driver_sql("INSERT INTO link (code, target) VALUES (?, ?)", rows)


def _build(connection: Connection) -> Starlette:
    driver = connection.connection.driver_connection
    assert driver is not None

    async def redirect(request: Request) -> RedirectResponse:
        driver.execute("BEGIN IMMEDIATE")
        sql = "SELECT id, target FROM link WHERE code = ?"
        link_id, target = driver.execute(sql, (request.path_params["code"],)).fetchone()
        driver.execute("INSERT INTO click (link_id, agent) VALUES (?, ?)", (link_id, request.headers["user-agent"]))
        driver.execute("COMMIT")
        return RedirectResponse(target, 302)

    return Starlette(routes=[Route("/r/{code}", redirect)])


async def _main(file: str) -> None:
    connection = Database(f"sqlite:///{file}", vault=Vault([b"k" * 32])).engine.connect()

    def ready(port: int) -> None:
        print(f"ready {port}", flush=True)

    await serve(_build(connection), host="127.0.0.1", port=0, stop=asyncio.Event(), ready=ready)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(sys.argv[1]))
