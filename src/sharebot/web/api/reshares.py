"""Reshares: who spread what, and by what evidence."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from sharebot.store.api_views import Cut, ReshareFilter, ReshareRow, find_reshares
from sharebot.values.status import Evidence, Network, ReshareKind
from sharebot.values.tracking import Ground
from sharebot.web.api.callers import ApiRoute, ReshareReader, runtime_of
from sharebot.web.api.paging import LINKED, Page, Paging, link_pages
from sharebot.web.api.types import Code, Moment, QueryId

router = APIRouter(route_class=ApiRoute, tags=["reshares"])


class ReshareQuery(Paging):
    """Which reshares."""

    since: Annotated[Moment | None, Field(description="Found then or later, with an offset from UTC.")] = None
    content_id: QueryId | None = None
    member: Code | None = None
    evidence: Evidence | None = None


class ReshareView(BaseModel):
    """The finding that a member spread a content. The levels of evidence are never to be added up.

    `at` is when it was shared, `found_at` when that was found; the evidence may become stronger afterwards. `ground` is
    by what the post was recognised, null for an officer's word. One whose post is gone is listed no more.
    """

    id: int
    content_id: int
    member: str
    network: Network | None
    kind: ReshareKind
    evidence: Evidence
    ground: Ground | None
    language: str | None
    url: str | None
    at: datetime
    found_at: datetime


@router.get("/reshares", operation_id="listReshares", responses={200: LINKED})
def list_reshares(
    request: Request, response: Response, caller: ReshareReader, query: Annotated[ReshareQuery, Query()]
) -> Page[ReshareView]:
    """List reshares in the order in which they were found."""
    wanted = ReshareFilter(query.since, query.content_id, query.member, query.evidence, region=caller.staff.region)
    with runtime_of(request).database.read() as session:
        rows, total = find_reshares(session, wanted, Cut(query.page, query.limit))
    link_pages(request, response, query, total)
    return Page(items=[_view(row) for row in rows], total=total, page=query.page, limit=query.limit)


def _view(row: ReshareRow) -> ReshareView:
    one = row.reshare
    return ReshareView(
        id=one.id or 0,
        content_id=one.content_id,
        member=row.member,
        network=one.network,
        kind=one.kind,
        evidence=one.evidence,
        ground=one.ground,
        language=one.language,
        url=one.url,
        at=one.at,
        found_at=one.created_at,
    )
