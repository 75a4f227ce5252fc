"""No page shows anybody a link or a button that their role or region refuses."""

import re

import pytest
from fastapi import FastAPI

from sharebot.models import QueueEntry
from sharebot.store.database import Database
from sharebot.store.lists import add_list
from sharebot.values.status import StaffRole
from tests.cast import NOW
from tests.web.matrix import Right, whole_matrix
from tests.web.props import add_draft, queue_and_release
from tests.web.test_access import address_of, furnish, signed_in

MATRIX = whole_matrix()
RANK = list(StaffRole)
_LINK = re.compile(r'<a [^>]*href="(/[^"?#]*)')
_FORM = re.compile(r'<form method="post" action="(/[^"?#]*)|formmethod="post" formaction="(/[^"?#]*)')


def right_of(method: str, address: str) -> Right | None:
    """Return what an address asks for; an exact path goes before one with a name in it."""
    fits = [
        (path.count("{"), right)
        for (verb, path), right in MATRIX.items()
        if verb == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), address)
    ]
    return min(fits, key=lambda one: one[0])[1] if fits else None


def may(right: Right, role: StaffRole, region: str | None) -> bool:
    return right.role is None or (RANK.index(role) <= RANK.index(right.role) and not (right.whole and region))


@pytest.mark.parametrize("region", [None, "Europe"])
@pytest.mark.parametrize("role", [StaffRole.APPROVER, StaffRole.EDITOR, StaffRole.VIEWER])
async def test_what_a_page_offers_its_reader_may_do(
    app: FastAPI, database: Database, role: StaffRole, region: str | None
) -> None:
    furnish(database)
    with database.write() as session:
        add_list(session, "Coasts", ["north"], now=NOW)
        draft = add_draft(session)
    pages = [path for (method, path), right in MATRIX.items() if method == "GET" and may(right, role, region)]
    offered: set[tuple[str, str]] = set()
    async with signed_in(app, database, role, region) as reader:
        for address in {address_of(path) for path in pages if "{token}" not in path} | {f"/contents/{draft}"}:
            page = (await reader.get(address)).text
            offered |= {("GET", link) for link in _LINK.findall(page)}
            offered |= {("POST", one or other) for one, other in _FORM.findall(page)}
    assert len(offered) > 20
    rights = {one: right_of(*one) for one in offered}
    assert [one for one, right in rights.items() if right and not may(right, role, region)] == []


async def test_what_is_meant_for_others_too_has_no_buttons_for_staff_of_one_region(
    app: FastAPI, database: Database
) -> None:
    furnish(database)
    with database.write() as session:
        draft = add_draft(session)
    wide = queue_and_release(database, draft)
    with database.read() as session:
        assert session.get_one(QueueEntry, wide).audience != session.get_one(QueueEntry, 1).audience
    async with signed_in(app, database, StaffRole.APPROVER, "Europe") as reader:
        assert f"/queue/{wide}/withdraw" not in (await reader.get(f"/queue/{wide}")).text
        assert "/queue/1/withdraw" in (await reader.get("/queue/1")).text
