"""The staff page, one's own account and the log of changes."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from sharebot.models import AuditRecord, Staff
from sharebot.store.audit import find_break
from sharebot.store.database import Database
from sharebot.store.staff_telegram import find_by_telegram, link_telegram
from sharebot.values.status import StaffRole
from tests.cast import NOW, FixedClock
from tests.web.conftest import Browser

NINA = {"email": "nina@alliance.example", "name": "Nina", "role": "approver", "region": "Europe", "language": "fr"}
ANDROID = "Mozilla/5.0 (Android 14; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0"


@pytest.fixture
async def admin(browser: Browser) -> httpx.AsyncClient:
    return await browser(StaffRole.ADMIN)


async def enter(admin: httpx.AsyncClient, stranger: httpx.AsyncClient, staff_id: int, **headers: str) -> None:
    shown = (await admin.post(f"/staff/{staff_id}/link")).text
    link = re.search(r"data-link>[^<]*(/sign-in/[^<]+)<", shown)
    assert link and link[1] not in (await admin.get(f"/staff/{staff_id}")).text
    assert (await stranger.post(link[1], headers=headers)).status_code == 303


def actions(database: Database) -> list[tuple[str, str, str, str]]:
    with database.read() as session:
        assert find_break(session) is None
        rows = session.exec(select(AuditRecord).order_by(AuditRecord.id))  # type: ignore[arg-type]
        return [(one.actor, one.action, one.subject, one.detail) for one in rows]


async def test_an_admin_adds_somebody_who_comes_in_by_a_link_shown_once(
    admin: httpx.AsyncClient, stranger: httpx.AsyncClient, database: Database
) -> None:
    added = await admin.post("/staff", data=NINA)
    assert added.headers["location"] == "/staff/2?said=staff_added"
    await enter(admin, stranger, 2, **{"User-Agent": ANDROID})
    account = (await stranger.get("/account?lang=en")).text
    assert "Firefox on Android" in account and "Nina" in account and "Europe" in account
    assert actions(database)[1:] == [
        ("staff:1", "staff.added", "staff:2", "approver Europe"),
        ("staff:1", "staff.link", "staff:2", ""),
        ("staff:2", "session.opened", "staff:2", "link"),
    ]


async def test_another_role_or_region_and_removal_end_sessions_at_once(
    admin: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    """A15."""
    await admin.post("/staff", data=NINA)
    person = {name: value for name, value in NINA.items() if name != "email"}
    for changed in ({"role": "viewer"}, {"region": ""}, {"region": "Africa"}):
        await enter(admin, stranger, 2)
        renamed = person | {"name": "Nina M."}
        assert (await admin.post("/staff/2", data=renamed)).status_code == 303
        assert (await stranger.get("/")).status_code == 200
        person |= changed
        assert (await admin.post("/staff/2", data=person)).status_code == 303
        assert (await stranger.get("/")).status_code == 401
    await enter(admin, stranger, 2)
    assert (await admin.post("/staff/2/remove")).status_code == 303
    assert (await stranger.get("/")).status_code == 401
    assert (await admin.post("/staff/2/link")).status_code == 404
    assert "Nina" in (await admin.get("/staff?state=gone")).text


async def test_nobody_loses_the_last_admin(admin: httpx.AsyncClient, database: Database) -> None:
    viewer = {"name": "", "role": "viewer", "region": "", "language": "en"}
    for path, form in (("/staff/1/remove", {}), ("/staff/1", viewer)):
        assert (await admin.post(path, data=form)).status_code == 409
    assert (await admin.post("/staff", data=NINA | {"role": "admin", "region": ""})).status_code == 303
    assert (await admin.post("/staff/1", data=viewer)).status_code == 303
    assert (await admin.get("/staff")).status_code == 401
    with database.read() as session:
        assert session.get_one(Staff, 1).role is StaffRole.VIEWER


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"role": "owner"}, 422),
        ({"region": "Atlantis"}, 422),
        ({"language": "xx"}, 422),
        ({"email": "no address"}, 422),
        ({"name": "a\0b"}, 422),
        ({"name": "x" * 81}, 422),
        ({"active": "1"}, 422),
        ({"role": "admin"}, 409),
        ({"email": "ADMIN.en0@alliance.example"}, 409),
    ],
)
async def test_a_form_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, database: Database, change: dict[str, str], status: int
) -> None:
    assert (await admin.post("/staff", data=NINA | change)).status_code == status
    with database.read() as session:
        assert len(session.exec(select(Staff)).all()) == 1


async def test_the_staff_are_found_sorted_and_exported(admin: httpx.AsyncClient) -> None:
    await admin.post("/staff", data=NINA)
    for query in ("q=NINA", "role=approver", "region=Europe", "sort=email&dir=desc&q=nina"):
        page = (await admin.get(f"/staff?{query}")).text
        assert "/staff/2" in page and "/staff/1" not in page
    assert "Nobody fits" in (await admin.get("/staff?q=%25&region=Africa")).text
    for query in ("page=-1", "page=999999999999", "sort=;drop", "dir=up", "page=1e3"):
        assert (await admin.get(f"/staff?{query}")).status_code == 422
    table = (await admin.get("/staff?format=csv")).content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("Name,E-mail,Role") and len(table) == 3
    assert (await admin.get("/staff/99999999999999999999999")).status_code == 404


async def test_sessions_are_ended_one_by_one_or_all_but_this(
    admin: httpx.AsyncClient, stranger: httpx.AsyncClient, clock: FixedClock
) -> None:
    await enter(admin, stranger, 1)
    handle = re.search(r"/account/sessions/([0-9a-f]{16})/end", (await admin.get("/account")).text)
    assert handle
    assert (await admin.post(f"/account/sessions/{handle[1]}/end")).status_code == 303
    assert (await stranger.get("/")).status_code == 401
    await enter(admin, stranger, 1)
    assert (await stranger.post("/account/sessions/others")).status_code == 303
    assert (await admin.get("/")).status_code == 401
    assert (await stranger.get("/")).status_code == 200


async def test_telegram_is_linked_by_a_code_shown_once(
    admin: httpx.AsyncClient, stranger: httpx.AsyncClient, database: Database
) -> None:
    shown = re.search(r"data-code>/staff ([A-Z2-9]{12})<", (await admin.post("/account/telegram")).text)
    assert shown
    assert (await stranger.post(f"/sign-in/{shown[1]}")).status_code == 401
    with database.write() as session:
        linked = link_telegram(session, shown[1].lower(), 77, NOW)
        assert linked is not None and linked.role is StaffRole.ADMIN
        assert link_telegram(session, shown[1], 78, NOW) is None
        assert find_by_telegram(session, 77) == linked
        assert session.get_one(Staff, 1).telegram_index != "77"
    assert "is linked" in (await admin.get("/account")).text
    assert (await admin.post("/account/telegram/unlink")).status_code == 303
    with database.read() as session:
        assert find_by_telegram(session, 77) is None


async def test_a_code_for_telegram_ends_after_ten_minutes_and_with_its_person(
    admin: httpx.AsyncClient, database: Database
) -> None:
    await admin.post("/staff", data=NINA | {"role": "admin", "region": ""})
    shown = re.search(r"data-code>/staff (\w+)<", (await admin.post("/account/telegram")).text)
    assert shown
    with database.write() as session:
        assert link_telegram(session, shown[1], 77, NOW + timedelta(minutes=10)) is None
    await admin.post("/staff/1/remove")
    with database.write() as session:
        assert link_telegram(session, shown[1], 77, NOW) is None


async def test_the_log_says_who_did_what_and_survives_a_removal(
    admin: httpx.AsyncClient, browser: Browser, database: Database
) -> None:
    await admin.post("/staff", data=NINA)
    await admin.post("/staff/2/remove")
    page = (await admin.get("/audit")).text.partition("<tbody>")[2]
    assert page.index("Person of staff removed") < page.index("Person of staff added")
    only = (await admin.get("/audit?action=staff.added&actor=staff:1&q=staff:2")).text
    assert only.count("<tr>") == 2 and "approver Europe" in only
    assert "No change fits" in (await admin.get("/audit?q=entry")).text
    table = (await admin.get("/audit?format=csv&sort=at&dir=asc")).content.decode("utf-8-sig").splitlines()
    assert table[0] == "When,Who,What,On what,Detail" and "Signed in" in table[1]
    spanish = await browser(StaffRole.APPROVER, "es")
    assert "Persona del equipo dada de baja" in (await spanish.get("/audit")).text
    assert actions(database)
