"""Whether the process lives, whether it can do its work, and what stands still around it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TypeVar

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from sharebot.runtime import Runtime
from sharebot.store.schema import HEAD, find_revision
from sharebot.store.vitals import find_write_trouble, is_restored, list_paused_bots, list_workers
from sharebot.web.guard import ANYBODY
from sharebot.web.pages import runtime_of

router = APIRouter(dependencies=[ANYBODY])
WITHIN_S = 3.0
_FATAL = ("database", "revision")  # without these, pages and short links cannot be answered
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `detail` says in English what is wrong with it, to anybody who asks."""

    check: str
    ok: bool = True
    detail: str = ""


@router.get("/livez")
async def live() -> JSONResponse:
    """Answer as long as the loop runs."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Name what works and what does not; 503 only when this process itself cannot do its work.

    While nothing can be written or sent, the pages still answer and readers still follow links: that is
    "degraded", and taking the process out of service would make it worse.
    """
    runtime = runtime_of(request)
    checks = await _within(lambda: _look(runtime)) or [Check("database", False, "it does not answer in time")]
    if all(one.ok for one in checks if one.check in _FATAL):
        checks.append(await _within(lambda: _look_at_writes(runtime)) or Check("writes", False, "no answer in time"))
    fatal = any(not one.ok for one in checks if one.check in _FATAL)
    status = "unavailable" if fatal else "ok" if all(one.ok for one in checks) else "degraded"
    return JSONResponse({"status": status, "checks": [asdict(one) for one in checks]}, 503 if fatal else 200)


async def _within(look: Callable[[], T]) -> T | None:
    """Run a look at the database in a thread; None when it takes too long, and the thread is left to itself."""
    with anyio.move_on_after(WITHIN_S):
        return await anyio.to_thread.run_sync(look, abandon_on_cancel=True)
    return None


def _look(runtime: Runtime) -> list[Check]:
    try:
        with runtime.database.read() as session:
            revision = find_revision(session)
            if revision != HEAD:
                detail = f"the database is at revision {revision or 'none'}, this build needs {HEAD}"
                return [Check("database"), Check("revision", False, detail)]
            return [Check("database"), Check("revision"), *_look_around(session, runtime)]
    except SQLAlchemyError:
        return [Check("database", False, "it does not answer")]


def _look_around(session: Session, runtime: Runtime) -> Iterator[Check]:
    workers = list_workers(session, now=runtime.now())
    leads = any(one.leads for one in workers)
    paused = list_paused_bots(session)
    restored = is_restored(session)
    yield Check("worker", bool(workers), "" if workers else "no worker was seen within a minute")
    yield Check("leader", leads, "" if leads else "no worker polls Telegram and runs the jobs")
    yield Check("bot", not paused, f"paused: {', '.join(paused)}" if paused else "")
    yield Check("backup", not restored, "a restored backup waits to be released" if restored else "")


def _look_at_writes(runtime: Runtime) -> Check:
    try:
        trouble = find_write_trouble(runtime.database)
    except SQLAlchemyError:
        trouble = "the database does not answer"
    return Check("writes", trouble is None, trouble or "")
