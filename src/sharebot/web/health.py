"""Whether the process lives, and whether it can do its work."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from sharebot.store.database import Database
from sharebot.store.schema import HEAD, current_revision
from sharebot.web.guard import ANYBODY
from sharebot.web.pages import runtime_of

router = APIRouter(dependencies=[ANYBODY])


@router.get("/livez")
async def live() -> JSONResponse:
    """Answer as long as the loop runs."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(request: Request) -> JSONResponse:
    """Answer 200 when the database is there and fits this build, else 503 with the reasons."""
    reasons = _find_reasons(runtime_of(request).database)
    status = "unavailable" if reasons else "ok"
    return JSONResponse({"status": status, "reasons": reasons}, 503 if reasons else 200)


def _find_reasons(database: Database) -> list[str]:
    try:
        revision = current_revision(database)
    except SQLAlchemyError:
        return ["the database does not answer"]
    if revision != HEAD:
        return [f"the database is at revision {revision or 'none'}, this build needs {HEAD}"]
    return []
