"""The page of the networks, and what approvers say of a party's accounts."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from sharebot.models import AuditRecord, Member, Reshare, SocialAccount, TrackerSpend, TrackerState
from sharebot.store.database import Database
from sharebot.values.status import (
    AccountStatus,
    Evidence,
    MemberStatus,
    Network,
    ReshareKind,
    StaffRole,
)
from sharebot.values.tracking import TrackerStatus, Unobservable
from tests.cast import NOW
from tests.web.conftest import Browser
from tests.web.props import add_draft

DAY = timedelta(days=1)


def set_state(database: Database, network: Network, status: TrackerStatus, **values: Any) -> None:
    with database.write() as session:
        session.add(TrackerState(network=network, status=status, **values))


def add_account(database: Database, network: Network, handle: str, **values: Any) -> int:
    row: dict[str, Any] = {"member_id": 1, "external_id": f"id-{handle}", "status": AccountStatus.WATCHED} | values
    with database.write() as session:
        account = SocialAccount(network=network, handle=handle, **row)
        session.add(account)
        session.flush()
        return account.id or 0


def account_of(database: Database, account_id: int) -> SocialAccount:
    with database.read() as session:
        return session.get_one(SocialAccount, account_id)


def card_of(page: str, network: Network) -> str:
    begins = page.index(f'aria-labelledby="{network.value}"')
    return page[begins : page.index("</section>", begins)]


async def test_each_state_of_a_network_is_said(browser: Browser, database: Database) -> None:
    set_state(database, Network.BLUESKY, TrackerStatus.FAILING, ok_at=NOW - 3 * DAY, failures=7, error="<b>502</b>")
    set_state(database, Network.MASTODON, TrackerStatus.LIMITED, ok_at=NOW, next_at=NOW + timedelta(hours=1))
    set_state(database, Network.WEBSITE, TrackerStatus.RUNNING, ok_at=NOW, next_at=NOW + DAY)
    page = (await (await browser(StaffRole.VIEWER)).get("/tracking")).text
    failing = card_of(page, Network.BLUESKY)
    assert "does not answer" in failing
    assert "7 looks failed in a row." in failing
    assert "&lt;b&gt;502&lt;/b&gt;" in failing
    assert "asked to be left alone until 23 Nov 2026, 10:00" in card_of(page, Network.MASTODON)
    assert "is watched" in card_of(page, Network.WEBSITE)
    # Without a key nothing is watched, whatever a worker noted once.
    assert "SHAREBOT_X__BEARER_TOKEN" in card_of(page, Network.X)
    assert "Look now" not in page


async def test_shares_are_counted_by_evidence_and_by_time(browser: Browser, database: Database) -> None:
    with database.write() as session:
        content_id = add_draft(session)
        found = [(Evidence.OBSERVED, 1), (Evidence.OBSERVED, 20), (Evidence.CLAIMED, 2), (Evidence.OBSERVED, 40)]
        for number, (evidence, days) in enumerate(found):
            session.add(
                Reshare(
                    key=f"k{number}",
                    member_id=1,
                    content_id=content_id,
                    network=Network.BLUESKY,
                    kind=ReshareKind.LINK,
                    evidence=evidence,
                    at=NOW - days * DAY,
                    created_at=NOW,
                )
            )
    page = (await (await browser(StaffRole.VIEWER)).get("/tracking")).text
    card = card_of(page, Network.BLUESKY)
    observed = card[card.index("evidence observed") :]
    assert observed.index('<td class="number">1</td><td class="number">2</td>') < observed.index("evidence claimed")
    assert '<td class="number">1</td><td class="number">1</td>' in card[card.index("evidence claimed") :]


async def test_what_a_network_cost_stands_on_its_card(browser: Browser, database: Database) -> None:
    with database.write() as session:
        for days, micros in ((0, 1_500_000), (3, 2_000_000), (30, 9_000_000)):
            on_date = (NOW - days * DAY).date()
            session.add(TrackerSpend(network=Network.X, on_date=on_date, resource="post", n=1, micros=micros))
    page = (await (await browser(StaffRole.VIEWER)).get("/tracking")).text
    assert "US$3.50 of US$20.00" in card_of(page, Network.X)


async def test_accounts_that_need_a_person_are_listed_and_come_as_a_file(browser: Browser, database: Database) -> None:
    set_state(database, Network.X, TrackerStatus.RUNNING)
    add_account(database, Network.X, "unsaid")
    add_account(database, Network.BLUESKY, "fine")
    broken: dict[str, Any] = {"status": AccountStatus.BROKEN}
    add_account(database, Network.BLUESKY, "stolen", reason=Unobservable.TAKEN_OVER, **broken)
    add_account(database, Network.MASTODON, "moved", renamed_from="before", renamed_at=NOW - DAY)
    add_account(database, Network.MASTODON, "=lost", member_id=None, reason=Unobservable.GONE, **broken)
    add_account(database, Network.BLUESKY, "no", confirmed_by="staff:1", reason=Unobservable.NOT_CONFIRMED, **broken)
    reader = await browser(StaffRole.VIEWER)
    sheet = csv.reader((await reader.get("/tracking?format=csv")).text.splitlines()[1:])
    assert [row[1:4] for row in sheet] == [
        ["Party North", "Bluesky", "stolen"],
        ["", "Mastodon", "'=lost"],
        ["Party North", "X", "unsaid"],
        ["Party North", "Mastodon", "moved"],
    ]
    page = (await reader.get("/tracking?why=renamed")).text
    assert "renamed, before: before" in page
    assert "stolen" not in page
    assert (await reader.get("/tracking?why=failing")).status_code == 422


async def test_accounts_of_parties_that_left_are_nobodys_work(browser: Browser, database: Database) -> None:
    add_account(database, Network.BLUESKY, "gone", status=AccountStatus.BROKEN, reason=Unobservable.GONE)
    with database.write() as session:
        session.get_one(Member, 1).status = MemberStatus.LEFT
    page = (await (await browser(StaffRole.VIEWER)).get("/tracking")).text
    assert "None. Every account that could be seen is seen." in page


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (TrackerStatus.RUNNING, 303),
        (TrackerStatus.FAILING, 303),
        (TrackerStatus.LIMITED, 409),
        (TrackerStatus.SPENT, 409),
        (TrackerStatus.OFF, 409),
    ],
)
async def test_a_look_is_asked_for_where_the_network_lets_us(
    browser: Browser, database: Database, status: TrackerStatus, answer: int
) -> None:
    later = NOW + timedelta(hours=5)
    set_state(database, Network.BLUESKY, status, next_at=later)
    admin = await browser(StaffRole.ADMIN)
    assert (await admin.post("/tracking/bluesky/look")).status_code == answer
    assert (await admin.post("/tracking/nowhere/look")).status_code == 404
    with database.read() as session:
        assert session.get_one(TrackerState, Network.BLUESKY).next_at == (NOW if answer == 303 else later)
        noted = session.exec(select(AuditRecord).where(AuditRecord.action == "network.look")).all()
    assert [one.subject for one in noted] == (["network:bluesky"] if answer == 303 else [])


async def test_staff_note_that_a_party_confirmed_an_account(browser: Browser, database: Database) -> None:
    account_id = add_account(database, Network.X, "north")
    approver = await browser()
    page = (await approver.get("/members/north")).text
    assert "not confirmed by the party" in page
    answer = await approver.post(f"/members/north/accounts/{account_id}/confirm")
    assert answer.headers["location"].startswith("/members/north?")
    account = account_of(database, account_id)
    assert account.confirmed_at == NOW
    assert (account.confirmed_by or "").startswith("staff:")
    page = (await approver.get("/members/north")).text
    assert "can be seen" in page
    assert "Confirmed by staff on 23 Nov 2026." in page


async def test_staff_note_that_an_account_is_not_the_partys(browser: Browser, database: Database) -> None:
    account_id = add_account(database, Network.BLUESKY, "north")
    approver = await browser()
    await approver.post(f"/members/north/accounts/{account_id}/decline")
    assert account_of(database, account_id).status is AccountStatus.UNOBSERVABLE
    page = (await approver.get("/members/north")).text
    assert "said not to be the party’s" in page
    assert "Not theirs…" not in page


async def test_an_account_is_confirmed_on_its_own_partys_page_alone(browser: Browser, database: Database) -> None:
    account_id = add_account(database, Network.X, "north")
    approver = await browser()
    for word in ("confirm", "decline"):
        assert (await approver.post(f"/members/south/accounts/{account_id}/{word}")).status_code == 404
    assert account_of(database, account_id).confirmed_by is None


async def test_the_reason_stands_wherever_a_party_cannot_be_seen(browser: Browser, database: Database) -> None:
    add_account(database, Network.BLUESKY, "north")
    set_state(database, Network.BLUESKY, TrackerStatus.FAILING)
    reader = await browser(StaffRole.VIEWER)
    listed = (await reader.get("/members?format=csv")).text
    assert "not observable: its network does not answer" in listed
    assert "not observable: no account is known that could be watched" in listed
    assert "Not observable (its network does not answer)" in (await reader.get("/members/north")).text
    assert "its network does not answer" in (await reader.get("/members")).text


async def test_settings_say_what_is_watched_and_never_a_key(browser: Browser) -> None:
    page = (await (await browser(StaffRole.VIEWER)).get("/settings")).text
    assert "US$20.00 a month at most" in page
    assert "is not watched" in page


async def test_names_that_others_chose_are_words_on_every_page_and_in_the_file(
    browser: Browser, database: Database
) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    add_account(database, Network.BLUESKY, evil, status=AccountStatus.BROKEN, reason=Unobservable.GONE, error=evil)
    add_account(database, Network.MASTODON, "=HYPERLINK(1)", renamed_from=evil, renamed_at=NOW)
    add_account(
        database, Network.WEBSITE, "\tjavascript:alert(1)", status=AccountStatus.BROKEN, reason=Unobservable.GONE
    )
    set_state(database, Network.BLUESKY, TrackerStatus.FAILING, failures=7, error=evil)
    client = await browser()
    for path in ("/tracking", "/members/north", "/members", "/settings"):
        page = await client.get(path)
        assert page.status_code == 200, path
        assert "<img src=x" not in page.text
        assert 'href="javascript' not in page.text
    table = list(csv.reader((await client.get("/tracking?format=csv")).text.lstrip("\ufeff").splitlines()))
    assert not [cell for row in table for cell in row if cell.lstrip()[:1] in {"=", "+", "-", "@"}]


@pytest.mark.parametrize("number", [10**9, 2**31, 2**63, 10**30])
async def test_a_number_that_no_account_has_is_not_there(browser: Browser, number: int) -> None:
    client = await browser()
    for word in ("confirm", "decline", "remove"):
        assert (await client.post(f"/members/north/accounts/{number}/{word}")).status_code == 404
