"""Several bots on one installation: each with its own chats, pace, halts, files and numbers."""

import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from sharebot.cli import main
from sharebot.errors import ConfigError
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import AssetFile, InboxUpdate, Invitation, Member, Officer
from sharebot.sandbox.faults import Fault
from sharebot.store import bots, officers
from sharebot.store.database import Database
from sharebot.store.staff import add_staff, create_link
from sharebot.values.status import BotStatus, OfficerStatus, PauseKind, StaffRole
from sharebot.web.app import build_app
from sharebot.worker import with_bots
from tests.bot.words import said, until
from tests.cast import CY, NOW, add_officer
from tests.flows.pair import MAIN_TOKEN, NAMES, Pair, listening, opened, settings_of
from tests.store.conftest import either, pg_database

__all__ = ["either", "pg_database"]

TOO_MANY = '{"ok": false, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 40}}'
UNAUTHORISED = '{"ok": false, "error_code": 401, "description": "Unauthorized"}'
PICTURE = "https://alliance.example/picture.jpg"
Call = Callable[..., tuple[int, str]]


@pytest.fixture
async def pair(either: Database) -> AsyncIterator[Pair]:
    async with opened(either) as one:
        yield one


def titles(pair: Pair) -> tuple[list[str], list[str]]:
    """Return which items the phones of Ana and Ben show."""
    lines = [[line for text in said(phone) for line in text.split("\n\n")] for phone in (pair.ana, pair.ben)]
    shown = [[line for line in one if line in {"Alpha", "Beta"}] for one in lines]
    return shown[0], shown[1]


async def send_all(pair: Pair) -> None:
    """Send until nothing is due; a chat gets one message a second."""
    for _ in range(3):
        await send_deliveries(pair.runtime)
        pair.clock.at += timedelta(seconds=2)


# --- one bot's trouble is not the other's


async def test_each_officer_is_written_to_by_the_bot_they_sit_at(pair):
    pair.release("Alpha")
    assert await send_deliveries(pair.runtime) == 2
    assert titles(pair) == (["Alpha"], ["Alpha"])
    assert [len(one.telegram.journal) for one in (pair.main, pair.south)] == [1, 1]


@pytest.mark.parametrize("halted", ["main", "south"])
async def test_a_429_halts_the_bot_that_got_it_and_no_other(pair, halted):
    sandbox = pair.main if halted == "main" else pair.south
    sandbox.faults.append(Fault("answer", method="sendMessage", status=429, body=TOO_MANY))
    pair.release("Alpha")
    await send_deliveries(pair.runtime)
    pair.clock.at += timedelta(seconds=30)
    pair.release("Beta")
    asked = len(sandbox.telegram.requests)
    await send_deliveries(pair.runtime)
    expected = {"main": ([], ["Alpha", "Beta"]), "south": (["Alpha", "Beta"], [])}
    assert titles(pair) == expected[halted]
    assert len(sandbox.telegram.requests) == asked, "sent inside the halt"
    other = "south" if halted == "main" else "main"
    assert (pair.bot(other).blocked_until, pair.bot(other).slowness) == (None, 1)
    assert pair.bot(halted).slowness > 1
    pair.clock.at += timedelta(seconds=20)
    await send_all(pair)
    assert titles(pair) == (["Alpha", "Beta"], ["Alpha", "Beta"])


@pytest.mark.parametrize("refused", ["main", "south"])
async def test_a_refused_token_pauses_its_bot_and_the_other_sends_and_listens(pair, refused):
    sandbox = pair.main if refused == "main" else pair.south
    fault = Fault("answer", times=999, status=401, body=UNAUTHORISED)
    sandbox.faults.append(fault)
    well, ill = (pair.ben, pair.ana) if refused == "main" else (pair.ana, pair.ben)
    other = "south" if refused == "main" else "main"
    async with listening(pair):
        pair.release("Alpha")
        await send_deliveries(pair.runtime)
        assert (pair.bot(refused).status, pair.bot(refused).pause_kind) == (BotStatus.PAUSED, PauseKind.TOKEN)
        assert pair.bot(other).status is BotStatus.RUNNING
        assert (len(said(well)), len(said(ill))) == (1, 0)
        ill.write("/help")
        well.write("/help")
        await until(lambda: len(said(well)) == 2)
        pair.clock.at += timedelta(seconds=2)
        pair.release("Beta")
        await send_deliveries(pair.runtime)
        assert (len(said(well)), len(said(ill))) == (3, 0)
        fault.times = 0
        with pair.runtime.database.write() as session:
            bots.resume_bots(session)
        await pair.settle()
        pair.clock.at += timedelta(seconds=2)
        await send_all(pair)
    assert titles(pair) == (["Alpha", "Beta"], ["Alpha", "Beta"])
    assert pair.bot(refused).pause_kind is None


# --- numbers, files and messages


async def test_updates_with_the_same_number_take_effect_at_both(pair):
    async with listening(pair):
        pair.ana.write("/pause")
        pair.ben.write("/pause")
        await pair.settle()
        await until(lambda: (len(said(pair.ana)), len(said(pair.ben))) == (1, 1))
    assert [pair.status_of(number) for number in (1, 2)] == [OfficerStatus.PAUSED] * 2
    with pair.runtime.database.read() as session:
        numbers = {(row.bot_id, row.update_id, row.error) for row in session.exec(select(InboxUpdate))}
    assert numbers == {(1, 1, None), (2, 1, None)}


async def test_each_bot_uploads_a_file_once_and_uses_its_own_handle(pair):
    pair.main.telegram.files.urls["FILE000001"] = "https://elsewhere.example/1.jpg"  # so that the handles differ
    phones = [pair.ana, pair.ben, pair.add_officer(1, "main", 2001), pair.add_officer(2, "south", 2002)]
    pair.release("Alpha", picture=PICTURE)
    assert await send_deliveries(pair.runtime) == 4
    assert [phone.last_message.media for phone in phones] == ["photo"] * 4
    sent = [[one.arguments["photo"] for one in side.telegram.journal] for side in (pair.main, pair.south)]
    assert sent == [[PICTURE, "FILE000002"], [PICTURE, "FILE000001"]]
    with pair.runtime.database.read() as session:
        kept = {(row.bot_id, row.file_id) for row in session.exec(select(AssetFile))}
    assert kept == {(1, "FILE000002"), (2, "FILE000001")}


async def test_a_tap_changes_the_message_of_its_own_bot_though_both_have_the_same_number(pair):
    pair.release("Alpha")
    await send_deliveries(pair.runtime)
    assert pair.ana.last_message.message_id == pair.ben.last_message.message_id
    async with listening(pair):
        pair.ben.tap("Shared")
        await until(lambda: pair.ben.last_message.edited)
        await pair.settle()
    assert not pair.ana.last_message.edited


async def test_nobody_answers_a_delivery_of_the_other_bot_even_from_the_same_account(pair):
    """Ana has a seat at both bots; what she was sent by the one is not hers at the other."""
    again = pair.add_officer(2, "south", pair.ana.chat_id)
    pair.release("Alpha")
    assert await send_deliveries(pair.runtime) == 3
    data = next(key["callback_data"] for row in pair.ana.last_message.keyboard for key in row if "callback_data" in key)
    async with listening(pair):
        again._press(again.last_message, f"s:{data.split(':')[1]}:")
        await pair.settle()
        await until(lambda: any(method == "answerCallbackQuery" for method, _ in pair.south.telegram.requests))
    assert not pair.ana.last_message.edited
    assert not again.last_message.edited


# --- joining


def invite(pair: Pair, member_id: int, label: str) -> tuple[int, str]:
    """Return a new seat and a token for it."""
    with pair.runtime.database.write() as session:
        member = session.get(Member, member_id)
        assert member is not None
        seat = add_officer(session, member, label, chat_id=None).id or 0
        return seat, officers.create_invitation(session, seat, now=pair.clock.now())


async def test_an_invitation_works_at_any_of_our_bots_and_the_chat_is_that_bots(pair):
    seat, token = invite(pair, 2, "Cy")  # of the south, and opened at the main bot
    phone = pair.main.telegram.add_phone(CY, "Cy")
    async with listening(pair):
        phone.open_link(token)
        await until(lambda: len(said(phone)) == 1)
        assert phone.tap("I agree")
        await until(lambda: "How much data" in said(phone)[0])
    assert (pair.status_of(seat), pair.bot_of(seat)) == (OfficerStatus.WAITING, "main")
    with pair.runtime.database.write() as session:
        officers.confirm(session, seat, now=pair.clock.now())
    pair.runtime.stopping.clear()
    pair.release("Alpha")
    await send_all(pair)
    assert [len(said(one)) for one in (pair.ben, phone)] == [1, 3]
    assert "Alpha" in said(phone)[-1].split()


async def test_one_person_has_two_seats_at_most_by_two_invitations(pair):
    seats = [invite(pair, 1, f"Seat {number}") for number in range(4)]
    here, there = pair.main.telegram.add_phone(CY, "Cy"), pair.south.telegram.add_phone(CY, "Cy")
    async with listening(pair):
        for phone, number in ((here, 0), (here, 1), (there, 0), (there, 2), (there, 3), (here, 3)):
            phone.open_link(seats[number][1])
            await pair.settle()
            await until(lambda: all_taken(pair))
    taken = [pair.status_of(seat) for seat, _ in seats]
    assert taken == [OfficerStatus.WAITING, OfficerStatus.INVITED, OfficerStatus.WAITING, OfficerStatus.INVITED]
    assert [pair.bot_of(seats[number][0]) for number in (0, 2)] == ["main", "south"]
    with pair.runtime.database.read() as session:
        used = [row.used_at is not None for row in session.exec(select(Invitation).order_by(Invitation.id))]  # type: ignore[arg-type]
        assert used == [True, False, True, False]
        assert len(session.exec(select(Officer).where(Officer.status == OfficerStatus.WAITING)).all()) == 2


def all_taken(pair: Pair) -> bool:
    with pair.runtime.database.read() as session:
        return all(row.done_at for row in session.exec(select(InboxUpdate)))


async def test_a_link_names_the_bot_of_the_members_region(pair):
    seats = [invite(pair, member, "New")[0] for member in (1, 2)]
    with pair.runtime.database.write() as session:
        add_staff(session, "ada@alliance.example", role=StaffRole.APPROVER, language="en", now=NOW)
        token = create_link(session, "ada@alliance.example", now=NOW)
    transport = httpx.ASGITransport(app=build_app(pair.runtime))
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=headers) as browser:
        await browser.post(f"/sign-in/{token}")
        pages = [(await browser.post(f"/officers/{seat}/invitation")).text for seat in seats]
        assert ["t.me" in page for page in pages] == [False, False], "no worker has met the bots yet"
        async with listening(pair):
            await until(lambda: all(pair.bot(code).username for code in NAMES))
        pages = [(await browser.post(f"/officers/{seat}/invitation")).text for seat in seats]
    assert [name in page for page in pages for name in NAMES.values()] == [True, False, False, True]
    assert f"https://t.me/{NAMES['south']}?start=" in pages[1]


# --- settings


@pytest.fixture
def call(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command on the pair's database, with these lines of settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHAREBOT_CONFIG", str(tmp_path / "sharebot.toml"))
    url = pair.runtime.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("SHAREBOT_DATABASE_URL", url)
    monkeypatch.setenv("SHAREBOT_SECRET_KEY", base64.urlsafe_b64encode(b"k" * 32).decode())
    monkeypatch.setenv("SHAREBOT_TELEGRAM__TOKEN", MAIN_TOKEN)

    def run(toml: str, *words: str, **env: str) -> tuple[int, str]:
        (tmp_path / "sharebot.toml").write_text(toml)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        code = main(list(words))
        for name in env:
            monkeypatch.delenv(name)
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return run


SOUTH = '[telegram.bots.south]\nregions = ["Americas"]\n'


def test_the_command_names_the_bot_of_the_members_region(pair, call):
    with pair.runtime.database.write() as session:
        for number, (code, name) in enumerate(NAMES.items(), 1):
            bots.record_identity(session, number, external_id=number, username=name)
            assert bots.get_bot(session, code).username == name
    for member in (1, 2):
        invite(pair, member, "New")
    assert f" New: https://t.me/{NAMES['main']}?start=" in call(SOUTH, "officers", "invite", "north")[1]
    assert f" New: https://t.me/{NAMES['south']}?start=" in call(SOUTH, "officers", "invite", "south")[1]
    assert f" New: https://t.me/{NAMES['main']}?start=" in call("", "officers", "invite", "south")[1]


def test_check_names_what_a_bot_lacks(call):
    toml = SOUTH + '[telegram.bots.east]\nregions = ["Afrika", "Americas"]\n[telegram.bots.west]\n'
    code, shown = call(toml, "check", SHAREBOT_TELEGRAM__BOTS__WEST__TOKEN="7000000003:x")
    assert code == 1
    token = "missing: the token of the bot south, which is not started without it: set"
    assert f"{token} SHAREBOT_TELEGRAM__BOTS__SOUTH__TOKEN or SHAREBOT_TELEGRAM__BOTS__SOUTH__TOKEN_FILE" in shown
    assert "the token of the bot west" not in shown
    assert "the bot's token" not in shown
    assert "missing: the regions of the bot west: set telegram.bots.west.regions" in shown
    assert 'missing: a region "Afrika" for the bot east (did you mean "Africa"?)' in shown
    assert "missing: a decision between the bots south and east: both are for Americas, south is taken" in shown


def test_check_refuses_bots_that_cannot_be_told_apart_and_webhooks_that_cannot_be_called(call):
    code, shown = call('[telegram.bots.main]\nregions = ["Americas"]\n', "check")
    assert (code, shown.count("\n")) == (78, 1)
    assert "telegram.bots.main: this is the name of the main bot, whose token is SHAREBOT_TELEGRAM__TOKEN" in shown
    code, shown = call(SOUTH, "check", SHAREBOT_TELEGRAM__BOTS__SOUTH__TOKEN=MAIN_TOKEN)
    assert code == 78
    assert "telegram.bots.south: has the same token as the bot main" in shown
    assert MAIN_TOKEN not in shown
    code, shown = call("", "check", SHAREBOT_TELEGRAM__WEBHOOK_SECRET="short")
    assert code == 78
    assert 'web.public_url = "http://127.0.0.1:8080": Telegram cannot call the webhook there' in shown
    code, shown = call(
        '[web]\npublic_url = "https://share.example"\n', "check", SHAREBOT_TELEGRAM__WEBHOOK_SECRET="short"
    )
    assert code == 1
    assert "unsafe:  SHAREBOT_TELEGRAM__WEBHOOK_SECRET can be guessed" in shown


async def test_a_bot_without_a_token_is_not_started(pair):
    for token in (None, ""):
        plain = replace(pair.runtime, settings=settings_of(pair.main.telegram_url, token=token), messengers={})
        runtime, applications = with_bots(plain)
        assert list(runtime.messengers) == [1]
        assert len(applications) == 1
        await runtime.messengers[1].close()


async def test_what_a_bot_had_to_send_that_is_no_more_waits_for_its_return_and_then_expires(pair):
    alone = {1: pair.runtime.messengers[1]}
    pair.release("Alpha")
    everybody, pair.runtime = pair.runtime, replace(pair.runtime, messengers=alone)
    await send_all(pair)
    assert titles(pair) == (["Alpha"], [])
    pair.runtime = everybody
    await send_all(pair)
    assert titles(pair) == (["Alpha"], ["Alpha"])
    pair.release("Beta")
    pair.runtime = replace(pair.runtime, messengers=alone)
    await send_all(pair)
    pair.clock.at += timedelta(days=3)
    pair.runtime = everybody
    await send_all(pair)
    assert titles(pair) == (["Alpha", "Beta"], ["Alpha"])
    assert pair.statuses() == {"sent": 3, "expired": 1}


async def test_a_worker_does_not_start_with_two_bots_of_one_token(pair):
    settings = settings_of(pair.main.telegram_url, token=MAIN_TOKEN)
    with pytest.raises(ConfigError, match=r"^telegram\.bots\.south: has the same token as the bot main"):
        with_bots(replace(pair.runtime, settings=settings))
