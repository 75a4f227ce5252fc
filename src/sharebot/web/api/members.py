"""Members: who takes part, and how many seats they have; never who sits there."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from sharebot.store.api_views import Cut, MemberRow, find_members, get_member_row
from sharebot.values.status import MemberKind, MemberStatus, OfficerStatus
from sharebot.web.api.callers import ApiRoute, MemberReader, runtime_of
from sharebot.web.api.paging import LINKED, Page, Paging, link_pages
from sharebot.web.api.problems import documented
from sharebot.web.api.types import Line, Region

router = APIRouter(route_class=ApiRoute, tags=["members"])


class MemberQuery(Paging):
    """Which members."""

    q: Line | None = None
    region: Region | None = None
    status: MemberStatus | None = None


class MemberView(BaseModel):
    """A member; `languages` best first, `seats` counted by where their officers stand."""

    code: str
    name: str
    kind: MemberKind
    status: MemberStatus
    country: str
    region: str
    zone: str
    languages: list[str]
    seats: dict[OfficerStatus, int]


@router.get("/members", operation_id="listMembers", responses={200: LINKED})
def list_members(
    request: Request, response: Response, caller: MemberReader, query: Annotated[MemberQuery, Query()]
) -> Page[MemberView]:
    """List members by code; a token of somebody with a region sees those of that region."""
    own = caller.staff.region
    region, status = own or query.region, query.status
    with runtime_of(request).database.read() as session:
        rows, total = find_members(session, Cut(query.page, query.limit), q=query.q, region=region, status=status)
    if own is not None and query.region not in {None, own}:
        rows, total = [], 0
    link_pages(request, response, query, total)
    return Page(items=[_view(row) for row in rows], total=total, page=query.page, limit=query.limit)


@router.get("/members/{code}", operation_id="getMember", responses=documented(404))
def get_member(
    request: Request, caller: MemberReader, code: Annotated[str, Path(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$")]
) -> MemberView:
    """Return one member."""
    with runtime_of(request).database.read() as session:
        return _view(get_member_row(session, code, region=caller.staff.region))


def _view(row: MemberRow) -> MemberView:
    one = row.member
    return MemberView(
        code=one.code,
        name=one.name,
        kind=one.kind,
        status=one.status,
        country=one.country,
        region=one.region,
        zone=one.zone,
        languages=one.languages.split(","),
        seats=dict(row.seats),
    )
