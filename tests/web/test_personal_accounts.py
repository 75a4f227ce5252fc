"""The accounts of a party on the page of an officer without Telegram: plain forms, the same words as in the chat."""

import httpx
import pytest
from sqlmodel import select

from sharebot.models import Officer, SocialAccount
from sharebot.store.database import Database
from sharebot.texts import accounts as texts
from sharebot.values.accounts import Refusal
from sharebot.values.status import AccountStatus, Network, OfficerStatus
from tests.cast import NOW
from tests.web.test_personal_page import seat


@pytest.fixture
def page(app: object, database: Database) -> str:
    """Ben of South has agreed; the party has an account on X that nobody has confirmed, and two more."""
    with database.write() as session:
        token = seat(session, {"en": "An item"}, language="en")
        ben = session.get_one(Officer, 2)
        ben.status, ben.consented_at = OfficerStatus.ACTIVE, NOW
        session.add(SocialAccount(member_id=1, network=Network.X, handle="north", status=AccountStatus.WATCHED))
    return f"/o/{token}"


def accounts(database: Database) -> dict[tuple[str, str], SocialAccount]:
    with database.read() as session:
        return {(one.network.value, one.handle): one for one in session.exec(select(SocialAccount))}


async def test_the_page_lists_the_partys_accounts_in_the_same_words(stranger: httpx.AsyncClient, page: str):
    html = (await stranger.get(page)).text
    assert "Your party’s accounts" in html
    assert html.count("@south") == 2  # X and Bluesky; Facebook writes its names without
    assert "Not looked at yet: please say whether it is yours." in html
    assert "@north" not in html


async def test_yes_no_and_an_end_are_noted(stranger: httpx.AsyncClient, page: str, database: Database):
    known = accounts(database)
    x, bluesky = known["x", "south"].id, known["bluesky", "south"].id
    for number, ours in ((x, "true"), (bluesky, "false")):
        answer = await stranger.post(f"{page}/accounts/{number}", data={"ours": ours})
        assert answer.status_code == 303
    after = accounts(database)
    assert (after["x", "south"].confirmed_by, after["x", "south"].confirmed_at) == ("officer:2", NOW)
    assert after["bluesky", "south"].status is AccountStatus.UNOBSERVABLE
    html = (await stranger.get(page)).text
    assert "Look at it no more" in html and "Not looked at, as your party wished." in html
    await stranger.post(f"{page}/accounts/{x}", data={"ours": "false"})
    assert accounts(database)["x", "south"].confirmed_at is None


async def test_an_account_is_added_when_the_box_is_ticked(stranger: httpx.AsyncClient, page: str, database: Database):
    form = {"address": "https://bsky.app/profile/south.example"}
    answer = await stranger.post(f"{page}/accounts", data=form)
    assert "said=account_not_ticked" in answer.headers["location"]
    assert ("bluesky", "south.example") not in accounts(database)
    await stranger.post(f"{page}/accounts", data=form | {"ours": "true"})
    assert accounts(database)["bluesky", "south.example"].confirmed_by == "officer:2"


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("https://x.com/north", Refusal.OTHER_PARTY),
        ("https://x.com/south/status/5", Refusal.A_POST),
        ("", Refusal.NO_PROFILE),
        ("<script>alert(1)</script>", Refusal.NO_PROFILE),
    ],
)
async def test_what_is_refused_is_told_with_its_reason(
    stranger: httpx.AsyncClient, page: str, database: Database, address: str, refusal: Refusal
):
    before = set(accounts(database))
    answer = await stranger.post(f"{page}/accounts", data={"address": address, "ours": "true"}, follow_redirects=True)
    assert texts.refuse("en", refusal) in answer.text
    assert "<script>alert" not in answer.text
    assert set(accounts(database)) == before


async def test_a_word_that_nobody_wrote_shows_nothing(stranger: httpx.AsyncClient, page: str):
    assert (await stranger.get(f"{page}?refused=<b>x</b>")).status_code == 200


async def test_another_partys_account_is_not_there(stranger: httpx.AsyncClient, page: str, database: Database):
    number = accounts(database)["x", "north"].id
    for wrong in (number, 999, 2**40):
        assert (await stranger.post(f"{page}/accounts/{wrong}", data={"ours": "false"})).status_code == 404
    assert accounts(database)["x", "north"].confirmed_by is None


async def test_before_the_consent_nothing_is_shown_or_kept(stranger: httpx.AsyncClient, page: str, database: Database):
    with database.write() as session:
        ben = session.get_one(Officer, 2)
        ben.status, ben.consented_at = OfficerStatus.INVITED, None
    number = accounts(database)["x", "south"].id
    assert (await stranger.post(f"{page}/accounts/{number}", data={"ours": "true"})).status_code == 404
    assert accounts(database)["x", "south"].confirmed_at is None
