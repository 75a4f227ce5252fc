"""Proposing, approving and returning on the pages; embargoes, lists, further waves, and the dry run."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlmodel import select

from sharebot.config.settings import Approval as ApprovalSettings
from sharebot.models import AuditRecord, Delivery, Member, Officer, QueueEntry, Staff
from sharebot.runtime import Runtime
from sharebot.store.contents import list_variants
from sharebot.store.database import Database
from sharebot.store.lists import add_list, change_list
from sharebot.store.personal import page_token
from sharebot.values.status import DeliveryStatus, EntryStatus, StaffRole
from tests.cast import NOW, FixedClock
from tests.web.conftest import Browser
from tests.web.props import add_draft, hidden_fields, queue_and_release

EDITOR, APPROVER, VIEWER = StaffRole.EDITOR, StaffRole.APPROVER, StaffRole.VIEWER


@pytest.fixture
def draft(database: Database, app: object) -> int:
    with database.write() as session:
        return add_draft(session)


@pytest.fixture
def two_eyes(app: FastAPI, runtime: Runtime) -> None:
    settings = runtime.settings.model_copy(update={"approval": ApprovalSettings(eyes=2)})
    app.state.runtime = replace(runtime, settings=settings)


def entries(database: Database) -> list[QueueEntry]:
    with database.read() as session:
        return list(session.exec(select(QueueEntry)))


def notes_of(database: Database) -> list[str]:
    with database.read() as session:
        return [one.action for one in session.exec(select(AuditRecord)) if one.action.startswith("entry.")]


def text_of(page: httpx.Response) -> str:
    return " ".join(page.text.split())


async def send(client: httpx.AsyncClient, draft: int, deed: str, **chosen: object) -> httpx.Response:
    """Choose on the page, and press its button as it is shown then."""
    page = await client.get(f"/contents/{draft}", params=chosen)  # type: ignore[arg-type]
    return await client.post(f"/contents/{draft}/{deed}", data={**hidden_fields(page.text), **chosen})


async def decide(client: httpx.AsyncClient, draft: int) -> httpx.Response:
    """Press Approve beside what somebody proposed."""
    page = (await client.get(f"/contents/{draft}")).text
    seen = page.partition('name="seen_hash" value="')[2].partition('"')[0]
    return await client.post("/queue/1/approve", data={"seen_hash": seen})


async def test_an_editor_proposes_and_an_approver_approves(browser: Browser, draft: int, database: Database) -> None:
    editor, approver = await browser(EDITOR), await browser(APPROVER)
    assert (await send(editor, draft, "approve")).status_code == 403
    answer = await send(editor, draft, "propose", languages="fr")
    assert answer.headers["location"] == f"/contents/{draft}?said=proposed"
    [entry] = entries(database)
    assert (entry.status, entry.audience) == (EntryStatus.PROPOSED, '{"languages": ["fr"]}')
    assert (await decide(approver, draft)).headers["location"] == "/queue/1?said=approved"
    [entry] = entries(database)
    assert (entry.status, entry.approved_by) == (EntryStatus.APPROVED, "approver.en1@alliance.example")
    assert notes_of(database) == ["entry.proposed", "entry.approved"]


async def test_a_proposal_pressed_twice_is_one(browser: Browser, draft: int, database: Database) -> None:
    editor = await browser(EDITOR)
    form = hidden_fields((await editor.get(f"/contents/{draft}")).text)
    for _ in range(2):
        assert (await editor.post(f"/contents/{draft}/propose", data=form)).status_code == 303
    assert len(entries(database)) == 1


async def test_a_return_brings_its_note_to_the_editor_who_proposes_again(
    browser: Browser, draft: int, database: Database
) -> None:
    editor, approver = await browser(EDITOR), await browser(APPROVER)
    await send(editor, draft, "propose", when="local", day="2026-11-25", at="10:30")
    unsaid = await approver.post("/queue/1/return", data={"note": "  "})
    assert "Say in a note what is to be changed." in (await approver.get(unsaid.headers["location"])).text
    await approver.post("/queue/1/return", data={"note": "<b>The date</b> is wrong."})
    page = text_of(await editor.get(f"/contents/{draft}"))
    assert "&lt;b&gt;The date&lt;/b&gt; is wrong." in page
    assert 'value="2026-11-25"' in page, "the form is as it was proposed"
    await send(editor, draft, "propose", when="local", day="2026-11-26", at="10:30")
    [entry] = entries(database)
    assert (entry.status, entry.note) == (EntryStatus.PROPOSED, "")
    assert (await editor.post("/queue/1/return", data={"note": "No."})).status_code == 403


@pytest.mark.usefixtures("two_eyes")
async def test_with_two_pairs_of_eyes_nobody_approves_their_own(
    browser: Browser, draft: int, database: Database
) -> None:
    eva, fin = await browser(APPROVER), await browser(APPROVER)
    answer = await send(eva, draft, "approve")
    assert answer.headers["location"] == f"/contents/{draft}?said=proposed_first"
    assert "somebody else approves it after you" in (await eva.get(answer.headers["location"])).text
    assert entries(database)[0].status is EntryStatus.PROPOSED
    seen = (await fin.get(f"/contents/{draft}")).text.partition('name="seen_hash" value="')[2].partition('"')[0]
    assert (await eva.post("/queue/1/approve", data={"seen_hash": seen})).status_code == 403
    assert (await decide(fin, draft)).headers["location"] == "/queue/1?said=approved"


async def test_a_stale_approval_shows_what_differs(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    form_page = (await client.get(f"/contents/{draft}")).text
    versions = form_page.partition('name="versions" value="')[2].partition('"')[0]
    form = hidden_fields(form_page) | {"versions": versions}
    proposal = await send(client, draft, "propose")
    seen = (await client.get(f"/contents/{draft}")).text.partition('name="seen_hash" value="')[2].partition('"')[0]
    assert proposal.status_code == 303
    with database.write() as session:
        french = list_variants(session, draft)[1]
        french.title = "Tout autre chose"
        session.add(french)
    answer = await client.post(f"/contents/{draft}/approve", data=form)
    page = text_of(answer)
    assert answer.status_code == 409
    assert '<dt>French · title</dt><dd lang="fr" dir="auto">Tout autre chose</dd>' in page
    assert "English ·" not in page
    assert (await client.post("/queue/1/approve", data={"seen_hash": seen})).status_code == 409
    assert entries(database)[0].status is EntryStatus.PROPOSED


async def test_staff_of_a_region_approve_for_their_region_alone(
    browser: Browser, draft: int, database: Database
) -> None:
    whole, regional = await browser(APPROVER), await browser(APPROVER)
    with database.write() as session:
        staff = session.exec(select(Staff).where(Staff.email == "approver.en1@alliance.example")).one()
        staff.region = "Europe"
        session.add(staff)
    page = text_of(await regional.get(f"/contents/{draft}"))
    assert 'name="regions" value="Europe" checked' in page
    assert (await send(regional, draft, "approve", when="now")).status_code == 403
    assert entries(database) == []
    await send(whole, draft, "propose", when="now")
    assert (await regional.post("/queue/1/approve", data={"seen_hash": "x"})).status_code == 403
    assert (await regional.post("/queue/1/return", data={"note": "x"})).status_code == 403
    answer = await send(regional, draft, "approve", regions="Europe")
    assert answer.headers["location"] == "/queue/1?said=approved"


async def test_an_embargo_is_kept_and_one_in_the_past_is_not(browser: Browser, draft: int, database: Database) -> None:
    client = await browser()
    past = {"embargo": "true", "share_day": "2026-11-23", "share_at": "08:59"}
    assert "from which it may be shared lies in the past" in text_of(
        await client.get(f"/contents/{draft}", params=past)
    )
    chosen = {"embargo": "true", "share_day": "2026-11-30", "share_at": "14:00", "hours": "24"}
    await send(client, draft, "approve", **chosen)
    [entry] = entries(database)
    assert entry.share_from == datetime.fromisoformat("2026-11-30T13:00Z")
    assert entry.expires_at == entry.share_from + timedelta(hours=24)


async def test_an_embargoed_link_answers_like_an_unknown_one(
    server: httpx.AsyncClient, code: str, database: Database
) -> None:
    assert (await server.get(f"/r/{code}")).status_code == 302
    with database.write() as session:
        entry = session.get_one(QueueEntry, 1)
        entry.share_from = NOW + timedelta(seconds=1)
        session.add(entry)

    def told(answer: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
        return answer.status_code, answer.text, sorted(pair for pair in answer.headers.items() if pair[0] != "date")

    for place in ("", "/x", "/email", "/telegram"):
        known, unknown = await server.get(f"/r/{code}{place}"), await server.get(f"/r/0000000000{place}")
        assert told(known) == told(unknown)
        assert known.status_code == 404


async def test_a_mails_page_has_nothing_to_share_before_the_moment(
    stranger: httpx.AsyncClient, code: str, database: Database, clock: FixedClock
) -> None:
    moment = NOW + timedelta(hours=1)
    with database.write() as session:
        entry, token = session.get_one(QueueEntry, 1), page_token(session, 1)
        entry.share_from = moment
        session.add(entry)
    before = (await stranger.get(f"/o/{token}")).text
    assert code not in before
    assert "lun. 23 nov., 10:00" in before.replace("\u202f", " ")
    assert 'value="shared"' not in before
    assert 'value="taken"' in before
    clock.at = moment
    after = (await stranger.get(f"/o/{token}")).text
    assert f"/r/{code}/facebook" in after
    assert 'value="shared"' in after


async def test_a_list_is_bound_to_its_members_at_the_approval(browser: Browser, draft: int, database: Database) -> None:
    with database.write() as session:
        number = add_list(session, "Some", ["north"], now=NOW)
    client = await browser()
    form = hidden_fields((await client.get(f"/contents/{draft}?lists={number}")).text) | {"lists": str(number)}
    with database.write() as session:
        change_list(session, number, "Some", ["north", "south"])
    stale = await client.post(f"/contents/{draft}/approve", data=form)
    assert "objection=changed" in stale.headers["location"], "another list was seen"
    await send(client, draft, "approve", lists=number)
    assert entries(database)[0].audience == '{"members": ["north", "south"]}'
    assert (await client.get(f"/contents/{draft}?lists=0")).status_code == 422


async def test_it_is_sent_again_to_those_who_have_not_got_it(browser: Browser, draft: int, database: Database) -> None:
    queue_and_release(database, draft)
    with database.write() as session:
        first = session.get_one(Delivery, 1)
        first.status = DeliveryStatus.SENT
        session.add(first)
    client = await browser()
    page = text_of(await client.get(f"/contents/{draft}?spared=got"))
    assert "1 party got it already" in page
    assert '<dt>Got it already</dt><dd><span dir="auto">Party North</span>' in page
    await send(client, draft, "approve", spared="got")
    assert [(one.wave, one.audience) for one in entries(database)] == [(1, "{}"), (2, '{"members": ["south"]}')]


@pytest.fixture
def hidden_ben(database: Database, draft: int) -> None:
    """Ben is at high risk; South is in Tokyo."""
    with database.write() as session:
        ben, south = session.get_one(Officer, 2), session.get_one(Member, 2)
        ben.high_risk, south.zone, south.name = True, "Asia/Tokyo", "=South"
        session.add_all([ben, south])


@pytest.mark.usefixtures("hidden_ben")
async def test_the_dry_run_names_everybody_with_their_clock(browser: Browser, draft: int, database: Database) -> None:
    client, viewer = await browser(APPROVER), await browser(VIEWER)
    at = f"/contents/{draft}/dry-run?when=local&day=2026-11-25&at=10:30&kinds=party"
    page = text_of(await client.get(at))
    assert '<td data-label="Seat" dir="auto">Ana</td>' in page
    assert "Ben" not in page, "whoever is at high risk has no name here"
    assert 'Wed 25 Nov, 10:30 <span class="meta">Tokyo</span>' in page
    assert "kinds=party" in page.partition("aria-sort")[2].partition(">")[2], "sorting keeps the form"
    seen = (await viewer.get(at)).text
    assert "Ana" not in seen
    assert "Party North" in seen
    assert entries(database) == []
    sheet = (await client.get(f"{at}&format=csv&sort=due")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet)))
    assert rows[1][0] == "'=South", "no cell is a formula"
    assert rows[1][4:] == ["2026-11-25 01:30", "Wed 25 Nov, 10:30 (Asia/Tokyo)"]
    assert (await client.get(f"/contents/{draft}/dry-run?sort=%3Bdrop")).status_code == 422
    nothing = text_of(await client.get(f"/contents/{draft}/dry-run?languages=fr&state=nothing"))
    assert "Another language" in nothing
    assert "Ana" not in nothing


async def test_the_dry_run_asks_few_questions(browser: Browser, draft: int, database: Database) -> None:
    queue_and_release(database, draft)
    client, statements = await browser(), list[str]()
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert (await client.get(f"/contents/{draft}/dry-run?spared=got")).status_code == 200
    asked = [one for one in statements if one.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(asked) <= 15, "\n".join(asked)
