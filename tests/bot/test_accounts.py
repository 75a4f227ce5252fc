"""/accounts: a party's officers see what is known of its accounts, confirm, add and end them; nobody else's."""

from collections.abc import Sequence

import pytest
from sqlmodel import col, select

from sharebot.models import Member, Officer, SocialAccount
from sharebot.sandbox.entities import parse_html
from sharebot.sandbox.phone import Phone
from sharebot.texts import accounts as texts
from sharebot.texts.catalogue import languages
from sharebot.texts.cutting import MESSAGE_LIMIT
from sharebot.values.accounts import Refusal, ShownAccount
from sharebot.values.status import AccountStatus, Network, OfficerStatus
from sharebot.values.taps import Tap, Verb, encode_tap
from sharebot.values.tracking import Unobservable
from tests.bot.words import labels, said
from tests.cast import CY, add_officer
from tests.flows.conftest import Scene
from tests.texts.test_limits import check_buttons

PROFILE = "https://bsky.app/profile/south.example"
QUESTION = "Is @south.example on Bluesky an official account of Party South?"


def add(scene: Scene, member_id: int | None, network: Network, handle: str) -> int:
    with scene.runtime.database.write() as session:
        row = SocialAccount(member_id=member_id, network=network, handle=handle, status=AccountStatus.WATCHED)
        session.add(row)
        session.flush()
        return row.id or 0


def accounts(scene: Scene, member_id: int = 2) -> Sequence[SocialAccount]:
    with scene.runtime.database.read() as session:
        own = select(SocialAccount).where(SocialAccount.member_id == member_id)
        return session.exec(own.order_by(col(SocialAccount.id))).all()


def words(scene: Scene, member_id: int = 2) -> list[tuple[str, str | None, bool]]:
    """Return of each account who had the last word, and whether it is theirs."""
    return [(one.handle, one.confirmed_by, one.confirmed_at is not None) for one in accounts(scene, member_id)]


def urls(phone: Phone) -> list[str]:
    shown = phone.last_message
    assert shown is not None
    return [button["url"] for row in shown.keyboard for button in row if "url" in button]


async def write(scene: Scene, text: str) -> str:
    scene.ben.write(text)
    await scene.settle()
    return said(scene.ben)[-1]


async def tap(scene: Scene, label: str) -> str:
    assert scene.ben.tap(label), f"no button says {label}"
    await scene.settle()
    return said(scene.ben)[-1]


# --- the list


async def test_a_party_without_accounts_is_invited_to_add_one(listening):
    told = await write(listening, "/accounts")
    assert "Accounts of Party South" in told and "No account of your party is known yet" in told
    assert labels(listening.ben) == ["➕ Add an account"]
    assert "profile" in await tap(listening, "Add an account")
    assert "Accounts of Party South" in await tap(listening, "← Back")


async def test_the_list_says_what_is_seen_and_asks_whose_it_is(listening):
    add(listening, 2, Network.X, "partysouth")
    add(listening, 2, Network.BLUESKY, "south.example")
    add(listening, 2, Network.TELEGRAM, "southparty")
    add(listening, 1, Network.BLUESKY, "north.example")
    told = await write(listening, "/accounts")
    assert "X @partysouth\nNot looked at yet: please say whether it is yours." in told
    assert "Bluesky @south.example\nIt will be looked up soon. Is the account yours?" in told
    assert "Telegram @southparty\nThe bot is not in this channel." in told
    assert "north.example" not in told
    assert {"✅ X: ours", "✅ Bluesky: ours", "✅ Telegram: ours"} <= set(labels(listening.ben))
    assert labels(listening.ben).count("🚫 Not ours") == 3
    (invitation,) = urls(listening.ben)
    assert invitation == f"https://t.me/{listening.application.bot.username}?startchannel&admin=manage_chat"


async def test_two_accounts_on_one_network_are_told_apart_by_their_names(listening):
    add(listening, 2, Network.BLUESKY, "south.example")
    add(listening, 2, Network.BLUESKY, "copycat.example")
    await write(listening, "/accounts")
    assert {"✅ @south.example: ours", "✅ @copycat.example: ours"} <= set(labels(listening.ben))


async def test_yes_and_no_are_noted_with_who_and_when(listening):
    add(listening, 2, Network.X, "partysouth")
    add(listening, 2, Network.BLUESKY, "copycat.example")
    await write(listening, "/accounts")
    told = await tap(listening, "X: ours")
    assert "X @partysouth\nIt will be looked up soon." in told
    told = await tap(listening, "Not ours")
    assert "copycat.example\nNot looked at, as your party wished." in told
    assert words(listening) == [("partysouth", "officer:2", True), ("copycat.example", "officer:2", False)]
    assert accounts(listening)[0].confirmed_at == listening.clock.now()
    assert listening.ben.toasts == ["Thank you, noted.", "Noted: it is not looked at."]


async def test_an_account_is_ended_and_resumed(listening):
    add(listening, 2, Network.X, "partysouth")
    await write(listening, "/accounts")
    await tap(listening, "X: ours")
    await tap(listening, "Change")
    await tap(listening, "Stop: @partysouth")
    (account,) = accounts(listening)
    assert (account.status, account.reason) == (AccountStatus.UNOBSERVABLE, Unobservable.NOT_CONFIRMED)
    await tap(listening, "Change")
    await tap(listening, "Resume: @partysouth")
    assert words(listening) == [("partysouth", "officer:2", True)]
    assert accounts(listening)[0].status is AccountStatus.WATCHED


async def test_the_last_word_of_two_officers_counts(listening):
    number = add(listening, 2, Network.X, "partysouth")
    with listening.runtime.database.write() as session:
        cy = add_officer(session, session.get_one(Member, 2), "Second desk", chat_id=CY)
        session.flush()
        second = cy.id
    phone = listening.sandbox.telegram.add_phone(CY, "Cy")
    await write(listening, "/accounts")
    await tap(listening, "X: ours")
    phone.write("/accounts")
    await listening.settle()
    phone._press(phone.last_message, encode_tap(Tap(Verb.ACCOUNT, number, "no")))
    await listening.settle()
    assert words(listening) == [("partysouth", f"officer:{second}", False)]


@pytest.mark.parametrize("word", ["yes", "no"])
async def test_a_tap_on_another_partys_account_is_no_authority(listening, word: str):
    foreign = add(listening, 1, Network.X, "partynorth")
    ours = add(listening, None, Network.X, "alliance")
    await write(listening, "/accounts")
    for number in (foreign, ours, 99):
        listening.ben._press(listening.ben.last_message, encode_tap(Tap(Verb.ACCOUNT, number, word)))
    await listening.settle()
    with listening.runtime.database.read() as session:
        rows = session.exec(select(SocialAccount)).all()
    assert [(one.confirmed_by, one.status) for one in rows] == [(None, AccountStatus.WATCHED)] * 2


@pytest.mark.parametrize("status", [OfficerStatus.WAITING, OfficerStatus.GONE])
async def test_who_is_not_in_has_no_say(listening, status: OfficerStatus):
    number = add(listening, 2, Network.X, "partysouth")
    await write(listening, "/accounts")
    shown = listening.ben.last_message
    with listening.runtime.database.write() as session:
        session.get_one(Officer, 2).status = status
    listening.ben._press(shown, encode_tap(Tap(Verb.ACCOUNT, number, "yes")))
    listening.ben.write("/accounts")
    await listening.settle()
    assert words(listening) == [("partysouth", None, False)]
    assert len([one for one in said(listening.ben) if "Accounts of" in one]) == 1


async def test_a_stranger_is_told_nothing(listening):
    phone = listening.sandbox.telegram.add_phone(CY, "Cy")
    phone.write("/accounts")
    await listening.settle()
    assert said(phone) == []


# --- adding one


@pytest.mark.parametrize(
    "way", [f"/accounts {PROFILE}", PROFILE, f"Ours is {PROFILE}, look", "bsky.app/profile/south.example"]
)
async def test_a_profile_is_asked_about_once_and_added_with_a_tap(listening, way: str):
    told = await write(listening, way)
    assert told.startswith(QUESTION)
    assert "nothing is ever posted" in told and "/accounts" in told
    assert accounts(listening) == [], "nothing is stored before the answer"
    assert urls(listening.ben) == [PROFILE]
    assert "Accounts of Party South" in await tap(listening, "Yes, it is ours")
    assert words(listening) == [("south.example", "officer:2", True)]
    assert "Accounts of Party South" in await write(listening, f"/accounts {PROFILE}"), "it is not asked again"


@pytest.mark.parametrize(
    ("address", "network", "handle"),
    [
        ("press@social.example", Network.MASTODON, "press@social.example"),
        ("https://social.example/@press", Network.MASTODON, "press@social.example"),
        ("/accounts https://south.example/feed.xml", Network.WEBSITE, "https://south.example/feed.xml"),
        ("https://t.me/southparty", Network.TELEGRAM, "southparty"),
    ],
)
async def test_accounts_of_every_kind_can_be_added(listening, address: str, network: Network, handle: str):
    kind = "a website" if network is Network.WEBSITE else "an official account"
    assert f"{kind} of Party South?" in await write(listening, address)
    await tap(listening, "Yes, it is ours")
    assert [(one.network, one.handle) for one in accounts(listening)] == [(network, handle)]


async def test_what_cannot_be_seen_is_not_promised(listening):
    assert "cannot be seen from here" in await write(listening, "/accounts https://www.facebook.com/southparty")


async def test_no_leaves_nothing(listening):
    await write(listening, PROFILE)
    assert await tap(listening, "🚫 No") == "All right, nothing was noted."
    assert accounts(listening) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://bsky.app/profile/south.example/post/3kabc", "the address of a post"),
        ("https://www.linkedin.com/in/jane-doe", "a person’s page"),
        ("http://10.0.0.1/", "I do not know this kind of address"),
        ("ours", "I find no account there"),
        ("https://bsky.app/profile/north.example", "registered for another party"),
        ("https://x.com/Alliance", "our own account"),
    ],
)
async def test_what_is_refused_is_refused_with_its_reason(listening, address: str, told: str):
    add(listening, 1, Network.BLUESKY, "North.example")
    add(listening, None, Network.X, "alliance")
    assert told in await write(listening, f"/accounts {address}")
    assert accounts(listening) == []


async def test_an_account_that_was_taken_meanwhile_is_not_added(listening):
    await write(listening, PROFILE)
    add(listening, 1, Network.BLUESKY, "south.example")
    assert "registered for another party" in await tap(listening, "Yes, it is ours")
    assert accounts(listening) == []


async def test_a_question_without_its_address_is_too_old(listening):
    await write(listening, PROFILE)
    shown = listening.ben.last_message
    shown.keyboard = [[one for one in row if "url" not in one] for row in shown.keyboard]
    await tap(listening, "Yes, it is ours")
    assert listening.ben.toasts == ["This question is too old. Please send the address again."]
    assert accounts(listening) == []


async def test_another_partys_profile_is_not_offered(listening):
    add(listening, 1, Network.BLUESKY, "south.example")
    told = await write(listening, PROFILE)
    assert "a profile or a start page" in told


# --- joining


@pytest.mark.parametrize("has_open", [True, False])
async def test_who_joins_is_pointed_to_accounts_that_nobody_has_confirmed(listening, has_open: bool):
    if has_open:
        add(listening, 2, Network.X, "partysouth")
    assert ("/accounts" in await write(listening, "/start")) is has_open


# --- words


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("why", Unobservable)
def test_every_reason_has_words_of_its_own(language: str, why: Unobservable):
    told = {one: texts.why_not(language, one, network=Network.X) for one in Unobservable}
    assert told[why] and [other for other, said_of in told.items() if said_of == told[why]] == [why]


@pytest.mark.parametrize("language", languages())
def test_every_refusal_has_words(language: str):
    assert len({texts.refuse(language, one) for one in Refusal}) == len(Refusal)


@pytest.mark.parametrize("language", languages())
def test_the_longest_list_fits(language: str):
    many = [
        ShownAccount(2**31 - 1 - n, network, "ſ" * 200, why, is_confirmed=n % 2 == 0, is_declined=n % 3 == 1)
        for n, (network, why) in enumerate(
            [(one, why) for one in Network for why in Unobservable][: texts.MOST_SHOWN * 4]
        )
    ]
    for message in (
        texts.tell_accounts(language, many, party="Ö" * 200, bot="b" * 32),
        texts.choose_change(language, many),
    ):
        assert 0 < parse_html(message.html).length <= MESSAGE_LIMIT
        check_buttons(message)
        assert len([button for row in message.buttons for button in row]) <= 100
