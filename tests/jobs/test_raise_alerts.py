"""Alerts reach people once, each way on its own: over a real database, mail server and Bot API."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import delete, select

from sharebot.config.settings import Settings
from sharebot.jobs.raise_alerts import TRY_AGAIN_AFTER, raise_alerts, watch_for_workers
from sharebot.mail.smtp import SmtpMailer
from sharebot.messengers.http import Http
from sharebot.messengers.telegram import TelegramMessenger
from sharebot.models import Alert, Content, Marker, QueueEntry, Worker
from sharebot.runtime import Runtime
from sharebot.sandbox.faults import Fault
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.phone import Phone
from sharebot.sandbox.world import Sandbox
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store import bots
from sharebot.store.database import Database
from sharebot.values.status import ContentKind, EntryStatus, PauseKind
from tests.cast import NOW, FixedClock
from tests.sandbox.patience import until

STAFF_CHAT = 5005
MINUTE = timedelta(minutes=1)
CANARY = "canary-title-7f3a"
TOKEN_LIKE = "7000000001:AAcanarytokencanarytokencanary"


@dataclass
class Watch:
    """One installation with two readers of alerts and a staff chat."""

    runtime: Runtime
    sandbox: Sandbox
    clock: FixedClock
    staff: Phone

    async def run(self, *, after: timedelta = MINUTE) -> None:
        self.clock.at += after
        with self.runtime.database.write() as session:
            session.merge(Worker(name="w", started_at=NOW, seen_at=self.clock.at, leads=True))
        await raise_alerts(self.runtime)

    def restore(self) -> None:
        with self.runtime.database.write() as session:
            session.merge(Marker(name="restored", at=self.clock.at))

    def release(self) -> None:
        with self.runtime.database.write() as session:
            session.execute(delete(Marker))

    def pause_entry(self) -> None:
        with self.runtime.database.write() as session:
            session.add(Content(kind=ContentKind.POST, created_at=NOW))
            session.flush()
            session.add(
                QueueEntry(
                    content_id=1,
                    status=EntryStatus.PAUSED,
                    note=f"Telegram refuses it: 400: unsupported tag {CANARY}",
                    release_at=NOW,
                    expires_at=NOW + timedelta(days=9),
                    created_at=NOW,
                )
            )

    @property
    def letters(self) -> list[EmailMessage]:
        return self.sandbox.mailbox.letters

    @property
    def chat(self) -> list[str]:
        return [one.words.text for one in self.staff.messages]

    def subjects(self) -> list[str]:
        return [str(letter["subject"]) for letter in self.letters]

    def rows(self) -> list[Alert]:
        with self.runtime.database.read() as session:
            return list(session.exec(select(Alert).order_by(Alert.id)))  # type: ignore[arg-type]

    def with_alerts(self, **values: object) -> "Watch":
        given = self.runtime.settings.model_dump()
        settings = Settings.model_validate(given | {"alerts": given["alerts"] | values})
        return replace(self, runtime=replace(self.runtime, settings=settings))


@pytest.fixture
async def watch(database: Database) -> AsyncIterator[Watch]:
    clock = FixedClock()
    sandbox = Sandbox(clock=clock)
    await sandbox.start(build_app(sandbox))
    settings = Settings.model_validate(
        {
            "organisation": {"languages": ["fr", "en"]},
            "telegram": {"token": sandbox.telegram.token, "staff_chat": STAFF_CHAT},
            "smtp": {"host": "127.0.0.1", "port": sandbox.mailbox.port, "security": "none"},
            "alerts": {
                "recipients": [
                    {"email": "lea@alliance.example", "language": "es"},
                    {"email": "tom@alliance.example"},
                ]
            },
        }
    )
    staff = sandbox.telegram.add_phone(STAFF_CHAT, "Staff")
    staff.started = True
    messenger = TelegramMessenger(Http(), f"{sandbox.telegram_url}{sandbox.telegram.token}")
    with database.write() as session:
        main = bots.get_bot(session).id or 0
    mailer = SmtpMailer(settings.smtp, organisation="The Alliance", now=clock.now)
    runtime = Runtime(
        settings,
        clock,
        database,
        Fetcher(),
        ParserPool(size=1),
        messengers={main: messenger},
        mailer=mailer,
    )
    yield Watch(runtime, sandbox, clock, staff)
    await sandbox.stop()
    await runtime.aclose()


def refusal(code: int, times: int = 1, **parameters: object) -> Fault:
    body = {"ok": False, "error_code": code, "description": "no", "parameters": parameters}
    return Fault("answer", times=times, method="sendMessage", status=code, body=json.dumps(body))


async def test_a_quiet_installation_says_nothing(watch: Watch) -> None:
    await watch.run()
    assert (watch.letters, watch.chat, watch.rows()) == ([], [], [])


async def test_a_machine_that_slept_does_not_think_itself_dead(watch: Watch) -> None:
    own = watch.runtime.worker
    with watch.runtime.database.write() as session:
        session.add(Worker(name=own, started_at=NOW, seen_at=NOW - timedelta(hours=9), leads=True))
    await raise_alerts(watch.runtime)
    assert watch.rows() == []


async def test_an_alert_is_told_once_to_everybody_in_their_language(watch: Watch) -> None:
    watch.restore()
    for _ in range(3):
        await watch.run()
    assert [(str(one["to"]), str(one["content-language"])) for one in watch.letters] == [
        ("lea@alliance.example", "es"),
        ("tom@alliance.example", "en"),
    ]
    assert watch.subjects() == [
        "The Alliance: Una copia de seguridad restaurada espera su visto bueno",
        "The Alliance: A restored backup waits for you",
    ]
    body = watch.letters[1].get_body(("plain",))
    assert body is not None
    assert "since 23 Nov 2026, 09:01 [restored]" in body.get_content()
    [said] = watch.chat
    assert said.startswith("⚠️ Une sauvegarde restaurée attend votre accord\n")
    assert said.endswith("depuis le 23 nov. 2026, 09:01 [restored]")


async def test_its_end_is_told_once_too(watch: Watch) -> None:
    watch.restore()
    await watch.run()
    watch.release()
    for _ in range(3):
        await watch.run()
    assert watch.subjects()[2:] == [
        "The Alliance: Resuelto: Una copia de seguridad restaurada espera su visto bueno",
        "The Alliance: Resolved: A restored backup waits for you",
    ]
    assert len(watch.chat) == 2
    assert watch.chat[1].startswith("✅ Résolu\u202f: Une sauvegarde")
    [row] = watch.rows()
    assert None not in {row.resolved_at, row.mailed_at, row.chatted_at, row.end_mailed_at, row.end_chatted_at}


async def test_all_that_is_new_goes_into_one_message(watch: Watch) -> None:
    watch.restore()
    await watch.run()
    watch.release()
    watch.pause_entry()
    await watch.run()
    assert len(watch.chat) == 2 and len(watch.letters) == 4
    assert watch.chat[1].index("Un contenu est retenu") < watch.chat[1].index("Résolu")
    assert watch.subjects()[3] == "The Alliance: 1 new alert, 1 resolved"


async def test_a_broken_mail_server_neither_stops_the_chat_nor_loses_the_mail(watch: Watch) -> None:
    watch.restore()
    watch.sandbox.mailbox.answers = ["450 4.2.0 Busy"] * 2
    await watch.run()
    assert (len(watch.chat), len(watch.letters)) == (1, 0)
    await watch.run()  # not every minute: a refused password would lock the account
    assert len(watch.letters) == 0
    await watch.run(after=TRY_AGAIN_AFTER)
    await watch.run()
    assert (len(watch.chat), len(watch.letters)) == (1, 2)


async def test_a_broken_chat_neither_stops_the_mail_nor_loses_the_message(watch: Watch) -> None:
    watch.restore()
    watch.sandbox.faults.append(Fault("answer", method="sendMessage", status=502))
    await watch.run()
    assert (len(watch.chat), len(watch.letters)) == (0, 2)
    await watch.run()
    assert len(watch.chat) == 0
    await watch.run(after=TRY_AGAIN_AFTER)
    await watch.run()
    assert (len(watch.chat), len(watch.letters)) == (1, 2)


async def test_one_reader_who_is_refused_does_not_make_the_others_read_it_again(watch: Watch) -> None:
    watch.restore()
    watch.sandbox.mailbox.answers = ["550 5.1.1 No such person"]
    for _ in range(3):
        await watch.run(after=TRY_AGAIN_AFTER)
    assert [str(one["to"]) for one in watch.letters] == ["tom@alliance.example"]


async def test_what_ends_before_anybody_could_be_told_is_never_told(watch: Watch) -> None:
    watch.restore()
    watch.sandbox.mailbox.answers = ["450 4.2.0 Busy"] * 2
    watch.sandbox.faults.append(Fault("answer", method="sendMessage", status=502))
    await watch.run()
    watch.release()
    for _ in range(2):
        await watch.run(after=TRY_AGAIN_AFTER)
    assert (watch.letters, watch.chat) == ([], [])
    assert len(watch.rows()) == 1


async def test_a_429_to_an_alert_halts_the_bot_for_everything(watch: Watch) -> None:
    watch.restore()
    watch.sandbox.faults.append(refusal(429, retry_after=1000))
    await watch.run()
    with watch.runtime.database.write() as session:
        bot = bots.get_bot(session)
    assert bot.blocked_until == watch.clock.at + timedelta(seconds=1000)
    assert bot.slowness > 1
    calls = len(watch.sandbox.telegram.requests)
    await watch.run(after=TRY_AGAIN_AFTER)
    assert len(watch.sandbox.telegram.requests) == calls  # not one call inside the window
    await watch.run(after=timedelta(seconds=1000))
    assert "Telegram a imposé le silence" not in watch.chat[0]  # that is over by now
    assert "Une sauvegarde" in watch.chat[0]


async def test_a_refused_token_pauses_the_bot_and_is_mailed(watch: Watch) -> None:
    watch.restore()
    watch.sandbox.faults.append(refusal(401))
    await watch.run()
    calls = len(watch.sandbox.telegram.requests)
    await watch.run(after=TRY_AGAIN_AFTER)
    assert watch.subjects()[3] == "The Alliance: The bot is paused"
    body = watch.letters[3].get_body(("plain",))
    assert body is not None and "Telegram does not accept its token" in body.get_content()
    assert len(watch.sandbox.telegram.requests) == calls


async def test_a_group_that_became_a_supergroup_is_still_told(watch: Watch) -> None:
    moved = watch.sandbox.telegram.add_phone(6006, "Staff")
    moved.started = True
    watch.restore()
    watch.sandbox.faults.append(refusal(400, migrate_to_chat_id=6006))
    await watch.run()
    assert (watch.chat, len(moved.messages)) == ([], 1)
    assert watch.rows()[0].chatted_at == watch.clock.at


async def test_two_runs_at_once_chat_once_and_mail_under_one_id(watch: Watch) -> None:
    watch.restore()
    await asyncio.gather(watch.run(), watch.run(after=timedelta(0)))
    assert len(watch.chat) == 1
    ids = {(str(one["to"]), str(one["message-id"])) for one in watch.letters}
    assert len(ids) == 2
    assert len(watch.rows()) == 1


async def test_nothing_that_must_not_leave_is_told_or_logged(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    watch.pause_entry()
    with watch.runtime.database.write() as session:
        asia = bots.get_bot(session, "asia")
        reason = f"stopped in chat {STAFF_CHAT} with {TOKEN_LIKE}, {CANARY}"
        bots.pause_bot(session, asia.id, reason, kind=PauseKind.STAFF)
    await watch.run()
    assert len(watch.chat) == 1 and len(watch.letters) == 2
    bodies = [
        part.get_content() for one in watch.letters for part in one.walk() if part.get_content_maintype() == "text"
    ]
    said = "\n".join([*watch.chat, *bodies, *watch.subjects()])
    assert "asia" in said
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("sharebot")]
    assert any("alert began code=bot_paused subject=asia" in line for line in logged)
    for text in (said, "\n".join(logged)):
        assert CANARY not in text
        assert TOKEN_LIKE not in text
        assert not re.search(rf"\b{STAFF_CHAT}\b", text)


async def test_without_anybody_to_tell_the_alerts_are_still_written_down(watch: Watch) -> None:
    plain = watch.runtime.settings.telegram.model_copy(update={"staff_chat": None})
    silent = watch.with_alerts(recipients=[])
    settings = silent.runtime.settings.model_copy(update={"telegram": plain})
    watch = replace(silent, runtime=replace(silent.runtime, settings=settings, messengers={}))
    watch.restore()
    await watch.run()
    assert [(row.code, row.mailed_at) for row in watch.rows()] == [("restored", None)]


async def test_a_mail_server_that_hangs_does_not_hold_up_the_chat(watch: Watch) -> None:
    watch.restore()
    async with deaf() as port:
        smtp = watch.runtime.settings.smtp.model_copy(update={"port": port})
        hanging = replace(watch.runtime, mailer=SmtpMailer(smtp, organisation="The Alliance"))
        run = asyncio.create_task(replace(watch, runtime=hanging).run())
        await until(lambda: bool(watch.chat))
        assert not run.done()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
    assert watch.letters == []


@asynccontextmanager
async def deaf() -> AsyncIterator[int]:
    """A server that takes connections and never says a word; yields its port."""
    ended = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    ended.set()
    server.close()


async def test_a_process_without_a_worker_tells_when_all_workers_are_gone(watch: Watch) -> None:
    pages = replace(watch.runtime, worker="pages", messengers={})  # the pages have no bot
    looking = asyncio.create_task(watch_for_workers(pages, every=0.01))
    with watch.runtime.database.write() as session:
        session.add(Worker(name="w", started_at=NOW, seen_at=NOW, leads=True))
    await _looked(watch)
    watch.clock.at += MINUTE
    await _looked(watch)
    with watch.runtime.database.write() as session:
        session.execute(delete(Worker))  # as a worker does that ends
    await _looked(watch)
    watch.clock.at += timedelta(seconds=119)
    await _looked(watch)
    assert watch.rows() == []
    watch.clock.at += timedelta(seconds=1)
    await until(lambda: len(watch.letters) == 2)
    assert [row.code for row in watch.rows()] == ["no_worker"]
    await watch.run(after=timedelta(0))  # a worker is back
    await until(lambda: len(watch.letters) == 4)  # whichever of the two looked first tells it
    assert watch.subjects()[3] == "The Alliance: Resolved: No worker is running"
    watch.runtime.stopping.set()
    await asyncio.wait_for(looking, 10)


async def _looked(watch: Watch) -> None:
    """Wait until the watch has looked twice, so that a look began after now."""
    seen: list[str] = []

    def note(*given: Any) -> None:
        if "FROM worker" in given[2]:
            seen.append(given[2])

    event.listen(watch.runtime.database.engine, "before_cursor_execute", note)
    await until(lambda: len(seen) >= 2)
    event.remove(watch.runtime.database.engine, "before_cursor_execute", note)


async def test_the_watch_for_workers_outlives_a_database_that_fails(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    with watch.runtime.database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE worker RENAME TO away")
    looking = asyncio.create_task(watch_for_workers(watch.runtime, every=0.01))
    await until(lambda: sum("alerts not raised" in record.getMessage() for record in caplog.records) >= 2)
    assert not looking.done()
    watch.runtime.stopping.set()
    await asyncio.wait_for(looking, 10)


@asynccontextmanager
async def switch(answer: str = "200 OK") -> AsyncIterator[tuple[str, list[str]]]:
    """A dead man's switch on loopback; yields its address and the request lines it got."""
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ping/secret-canary", heard


async def test_a_good_run_pings(watch: Watch) -> None:
    async with switch() as (url, heard):
        pinging = watch.with_alerts(ping_url=url)
        await pinging.run()
        watch.restore()
        await pinging.run()  # there is an alert, and people know
    assert heard == ["GET /ping/secret-canary HTTP/1.1"] * 2


async def test_no_ping_while_nobody_can_be_told(watch: Watch) -> None:
    async with switch() as (url, heard):
        pinging = watch.with_alerts(ping_url=url)
        watch.restore()
        watch.sandbox.mailbox.answers = ["450 4.2.0 Busy"] * 2
        watch.sandbox.faults.append(Fault("answer", method="sendMessage", status=502))
        await pinging.run()
        await pinging.run()
        assert heard == []
        await pinging.run(after=TRY_AGAIN_AFTER)
        assert len(heard) == 1


async def test_no_ping_when_the_database_fails(watch: Watch) -> None:
    async with switch() as (url, heard):
        pinging = watch.with_alerts(ping_url=url)
        await pinging.run()
        with watch.runtime.database.write() as session:
            session.connection().exec_driver_sql("DROP TABLE alert")
        with pytest.raises(SQLAlchemyError):
            await pinging.run()
    assert len(heard) == 1


@pytest.mark.parametrize("answer", ["500 Oops", "404 Not Found", "garbage"])
async def test_a_ping_that_fails_is_only_logged_and_without_its_address(
    watch: Watch, caplog: pytest.LogCaptureFixture, answer: str
) -> None:
    caplog.set_level(logging.DEBUG)
    async with switch(answer) as (url, heard):
        await watch.with_alerts(ping_url=url).run()
    assert len(heard) == 1
    lines = [record.getMessage() for record in caplog.records]
    assert any(line.startswith("dead man's switch") for line in lines)
    assert not any("secret-canary" in line for line in lines)


async def test_a_switch_that_is_not_there_is_only_logged(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    async with switch() as (url, _):
        pass
    await watch.with_alerts(ping_url=url).run()
    assert "dead man's switch not reached: ConnectError" in [record.getMessage() for record in caplog.records]
