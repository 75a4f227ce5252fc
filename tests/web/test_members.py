"""Parties on the pages: taken in, imported, changed, reminded; nothing of another region, nothing half done."""

import re

import httpx
import pytest
from sqlmodel import Session, col, select

from sharebot.models import AuditRecord, Bot, Delivery, Invitation, Member, Officer, SocialAccount, Staff
from sharebot.store.database import Database
from sharebot.values.status import DeliveryKind, DeliveryStatus, MemberStatus, StaffRole
from tests.cast import NOW
from tests.web.conftest import Browser
from tests.web.props import add_draft, queue_and_release

HEAD = "code,name,kind,country,region,languages,zone,seats,accounts\n"
WEST = "west,West,party,FR,Europe,fr,Europe/Paris,Desk:fr,bluesky=west.example\n"


@pytest.fixture
async def client(browser: Browser, database: Database) -> httpx.AsyncClient:
    with database.write() as session:
        bot = session.get_one(Bot, 1)
        bot.username = "sharebot_test_bot"
        session.add(bot)
    return await browser(StaffRole.APPROVER)


def keep_to(database: Database, region: str) -> None:
    """Let all staff work for one region."""
    with database.write() as session:
        for one in session.exec(select(Staff)):
            one.region = region
            session.add(one)


def log_of(session: Session) -> list[AuditRecord]:
    """Return what was noted since somebody signed in."""
    rows = select(AuditRecord).where(AuditRecord.action != "session.opened").order_by(col(AuditRecord.id))
    return list(session.exec(rows))


async def test_a_party_comes_in_with_one_form_and_its_invitation_is_shown_once(client, database: Database):
    assert '<form method="post" action="/members/new"' in (await client.get("/members/new")).text
    form = {
        "name": "Nouvelle Voix",
        "country": "SN",
        "label": "Presse",
        "language": "",
        "network": "x",
        "handle": "@nv",
    }
    page = await client.post("/members/new", data=form)
    assert re.search(r"https://t\.me/sharebot_test_bot\?start=[\w-]{43}", page.text)
    assert "Bonjour" in page.text, "in the language of the seat"
    with database.read() as session:
        party = session.exec(select(Member).where(Member.code == "nouvelle-voix")).one()
        assert (party.region, party.zone, party.languages) == ("Africa", "Africa/Dakar", "wo,fr")
        assert session.exec(select(SocialAccount.handle)).all() == ["nv"]
        assert session.exec(select(Officer.language).where(Officer.member_id == party.id)).one() == "fr"
        (noted,) = log_of(session)
        assert (noted.action, "nouvelle" in noted.detail + noted.subject) == ("member.added", False)


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "country": "SN"},
        {"name": "X", "country": "senegal"},
        {"name": "N", "country": "BE", "code": "north"},
    ],
)
async def test_a_wrong_form_adds_nothing(client, database: Database, form: dict[str, str]):
    assert (await client.post("/members/new", data=form)).status_code == 422
    assert (await client.post("/members/new", data={"name": "X", "country": "FR", "role": "admin"})).status_code == 422
    with database.read() as session:
        assert len(session.exec(select(Member)).all()) == 2


async def import_seen(client: httpx.AsyncClient, text: str, seen: str) -> httpx.Response:
    return await client.post("/members/import/do", files={"text": (None, text), "seen": (None, seen)})


async def test_an_import_is_bound_to_what_was_seen(client, database: Database):
    text = HEAD + WEST
    page = await client.post("/members/import", files={"file": ("parties.csv", text, "text/csv")})
    seen = re.search(r'name="seen" value="(\w{64})"', page.text)
    assert seen
    assert (await import_seen(client, text + WEST.replace("west", "east"), seen[1])).status_code == 409
    done = await import_seen(client, text.replace("\n", "\r\n"), seen[1])
    assert done.headers["location"] == "/members?said=imported"
    assert (await import_seen(client, text, seen[1])).status_code == 409, "things have changed since"
    with database.read() as session:
        assert session.exec(select(Member.code).order_by(Member.code)).all() == ["north", "south", "west"]


async def test_every_bad_line_is_named_and_nothing_offered(client):
    page = await client.post("/members/import", files={"text": (None, HEAD + WEST + WEST + "bad,,party,XX\n")})
    assert page.status_code == 422
    assert "stands in line 2 already" in page.text
    assert "has 4 cells" in page.text
    assert 'name="seen"' not in page.text


async def test_what_is_not_a_choice_is_refused(client):
    for wrong in ("page=-1", "sort=;drop", "kind=secret", "heard=x"):
        assert (await client.get(f"/members?{wrong}")).status_code == 422, wrong
    sheet = await client.get("/members?format=csv")
    assert "Party North" in sheet.text and "Ana" not in sheet.text


async def test_staff_of_a_region_find_nothing_of_another(client, database: Database):
    keep_to(database, "Africa")
    for path in (
        "/members/north",
        "/officers/1/risk",
        "/officers/1/remove",
        "/officers/1/invitation",
        "/members/north/notes",
    ):
        data = {"risk": "high"} if path.endswith("risk") else {"notes": "x"} if path.endswith("notes") else {}
        answer = await (client.get(path) if path == "/members/north" else client.post(path, data=data))
        assert answer.status_code == 404, path
    assert "Party North" not in (await client.get("/members")).text
    assert (await client.get("/members/import")).status_code == 403
    with database.read() as session:
        assert log_of(session) == []


async def test_a_party_is_changed_noted_and_protected(client, database: Database):
    facts = {"name": "Norden", "kind": "party", "country": "BE", "region": "Europe", "languages": "fr nl"}
    facts |= {"zone": "Europe/Brussels", "status": "paused"}
    assert (await client.post("/members/north", data=facts)).status_code == 303
    assert (await client.post("/members/north", data=facts | {"zone": "Mars/Base"})).status_code == 422
    await client.post("/members/north/notes", data={"notes": "<b>Call</b> first"})
    await client.post("/officers/1/risk", data={"risk": "high"})
    await client.post("/officers/1/choices", data={"language": "es", "tier": "text"})
    page = (await client.get("/members/north")).text
    assert "&lt;b&gt;Call&lt;/b&gt; first" in page
    with database.read() as session:
        ana, north = session.get_one(Officer, 1), session.get_one(Member, 1)
        assert (ana.high_risk, ana.language, ana.tier.value) == (True, "es", "text")
        assert (north.name, north.status, north.notes) == ("Norden", MemberStatus.PAUSED, "<b>Call</b> first")
        noted = log_of(session)
        assert [(one.action, one.subject) for one in noted] == [
            ("member.changed", "member:1"),
            ("member.noted", "member:1"),
            ("officer.risk", "officer:1"),
            ("officer.chosen", "officer:1"),
        ]


async def test_seats_and_accounts_come_and_go(client, database: Database):
    assert (await client.post("/members/north/seats", data={"label": "Desk", "language": "fr"})).status_code == 303
    assert (await client.post("/members/north/seats", data={"label": "a;b:fr", "language": "fr"})).status_code == 422
    await client.post("/officers/3/invitation")
    assert "Revoke the invitation" in (await client.get("/members/north")).text
    assert (await client.post("/officers/3/revoke")).status_code == 303
    assert (await client.post("/members/north/accounts", data={"network": "x", "handle": "@n"})).status_code == 303
    assert (await client.post("/members/south/accounts", data={"network": "x", "handle": "n"})).status_code == 409
    assert (await client.post("/members/south/accounts/1/remove")).status_code == 404
    assert (await client.post("/members/north/accounts/1/remove")).status_code == 303
    assert (await client.post("/officers/3/remove")).headers["location"] == "/members/north?said=seat_removed"
    with database.read() as session:
        assert session.get(Officer, 3) is None
        assert session.exec(select(Invitation)).all() == []


async def test_the_silent_are_reminded_in_two_clicks(client, database: Database):
    with database.write() as session:
        content = add_draft(session)
    entry = queue_and_release(database, content)
    with database.write() as session:
        for item in session.exec(select(Delivery)):
            item.status, item.sent_at = DeliveryStatus.SENT, NOW
            session.add(item)
    assert f'href="/queue/{entry}/nudge"' in (await client.get("/members?heard=silent")).text
    page = (await client.get(f"/queue/{entry}/nudge")).text
    assert "Remind 2 officers" in page
    done = [await client.post(f"/queue/{entry}/nudge") for _ in range(2)]
    assert [one.headers["location"].rpartition("=")[2] for one in done] == ["nudged", "nobody_nudged"]
    with database.read() as session:
        assert len(session.exec(select(Delivery).where(Delivery.kind == DeliveryKind.REMINDER)).all()) == 2


async def test_a_list_is_kept_by_editors_of_the_whole(browser: Browser, database: Database):
    client = await browser(StaffRole.EDITOR)
    assert (await client.post("/lists/new", data={"name": "Near", "code": ["north", "south"]})).status_code == 303
    assert "Near" in (await client.get("/lists")).text
    assert (await client.get("/lists/1")).text.count(" checked") == 2
    keep_to(database, "Europe")
    assert (await client.post("/lists/1", data={"name": "Far"})).status_code == 403
    assert (await client.get("/lists/1")).status_code == 200
