"""The weekly report leaves once a period, whatever happens: over a real database and a real mail server."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlmodel import select

from sharebot.clock_watch import ClockWatch
from sharebot.config.settings import Recipient, Reports, Settings, Smtp
from sharebot.jobs.send_reports import send_reports
from sharebot.mail.smtp import SmtpMailer
from sharebot.models import JobSlot, Report
from sharebot.runtime import Runtime
from sharebot.sandbox.mailbox import Mailbox
from sharebot.sources.fetch import Fetcher
from sharebot.sources.parser_pool import ParserPool
from sharebot.store.database import Database
from sharebot.store.reports import MAX_ATTEMPTS, STUCK_AFTER, claim_due
from sharebot.values.status import ReportStatus
from tests.cast import NOW, FixedClock, SetClock, add_cast

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)  # 07:00 in Brussels, a week after the cast arrived
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
READERS = (Recipient(email="lea@alliance.example", language="fr"), Recipient(email="tom@alliance.example"))


class Killed(BaseException):
    """The end of a process."""


class Dying:
    """A mail server's line that takes the whole process with it: nothing is known afterwards."""

    async def send(self, mail: object) -> None:
        raise Killed


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        mailbox = Mailbox("127.0.0.1", probe.getsockname()[1])
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def settings(mailbox: Mailbox) -> Settings:
    smtp = Smtp(host="127.0.0.1", port=mailbox.port, security="none")
    return Settings(smtp=smtp, reports=Reports(recipients=READERS))


@pytest.fixture
async def start(database: Database, clock: FixedClock, settings: Settings) -> AsyncIterator[Callable[[], Runtime]]:
    """Return a function that starts the process anew on the same database."""
    fetcher, parsers = Fetcher(), ParserPool(size=1)

    def start_process() -> Runtime:
        mailer = SmtpMailer(settings.smtp, organisation="The Alliance", now=clock.now)
        return Runtime(
            settings=settings, clock=clock, database=database, fetcher=fetcher, parsers=parsers, mailer=mailer
        )

    yield start_process
    await fetcher.aclose()
    await parsers.aclose()


@pytest.fixture
def runtime(database: Database, start: Callable[[], Runtime]) -> Runtime:
    add_cast(database)
    return start()


def heads(mailbox: Mailbox, name: str = "to") -> list[str]:
    return [str(letter[name]) for letter in mailbox.letters]


def reports(database: Database) -> list[Report]:
    with database.read() as session:
        return list(session.exec(select(Report).order_by(Report.period, Report.recipient)))


async def test_each_reader_gets_one_mail_in_their_language(
    runtime: Runtime, mailbox: Mailbox, clock: FixedClock
) -> None:
    clock.at = MONDAY
    await send_reports(runtime)
    assert heads(mailbox) == ["lea@alliance.example", "tom@alliance.example"]
    assert heads(mailbox, "content-language") == ["fr", "en"]
    assert ["semaine 48" in heads(mailbox, "subject")[0], "week 48" in heads(mailbox, "subject")[1]] == [True, True]
    assert all(isinstance(letter, EmailMessage) and letter.get_body(("html",)) for letter in mailbox.letters)


async def test_nothing_leaves_before_the_slot(runtime: Runtime, mailbox: Mailbox, clock: FixedClock) -> None:
    clock.at = MONDAY - MINUTE
    await send_reports(runtime)
    assert mailbox.letters == []


async def test_running_again_and_again_sends_nothing_more(
    runtime: Runtime, start: Callable[[], Runtime], mailbox: Mailbox, clock: FixedClock
) -> None:
    for minutes in range(0, 10_000, 500):
        clock.at = MONDAY + minutes * MINUTE
        await send_reports(start())
    assert len(mailbox.letters) == 2


async def test_a_missed_slot_is_caught_up(runtime: Runtime, mailbox: Mailbox, clock: FixedClock) -> None:
    clock.at = MONDAY + timedelta(days=2)
    await send_reports(runtime)
    assert len(mailbox.letters) == 2


async def test_weeks_of_silence_are_caught_up_one_by_one(
    runtime: Runtime, database: Database, mailbox: Mailbox, clock: FixedClock
) -> None:
    clock.at = MONDAY + 3 * WEEK
    await send_reports(runtime)
    assert sorted({report.period for report in reports(database)}) == ["2026-W48", "2026-W49", "2026-W50", "2026-W51"]
    assert len(mailbox.letters) == len(set(heads(mailbox, "message-id"))) == 8


async def test_the_turn_of_the_year_has_a_week_53(runtime: Runtime, database: Database, clock: FixedClock) -> None:
    clock.at = datetime(2027, 1, 11, 6, tzinfo=UTC)
    await send_reports(runtime)
    assert {"2026-W53", "2027-W01"} <= {report.period for report in reports(database)}


async def test_no_report_before_there_is_a_member(
    start: Callable[[], Runtime], database: Database, mailbox: Mailbox, clock: FixedClock
) -> None:
    clock.at = MONDAY
    await send_reports(start())
    assert mailbox.letters == []
    with database.read() as session:
        assert session.exec(select(JobSlot)).all() == []


async def test_no_report_on_a_week_that_ended_before_the_first_member(
    runtime: Runtime, database: Database, mailbox: Mailbox, clock: FixedClock
) -> None:
    eager = runtime.settings.reports.model_copy(update={"schedule": "0 12 * * *"})
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"reports": eager}))
    clock.at = NOW + timedelta(hours=6)
    await send_reports(runtime)
    assert mailbox.letters == []
    clock.at = MONDAY + timedelta(hours=6)
    await send_reports(runtime)
    assert {report.period for report in reports(database)} == {"2026-W48"}


async def test_a_schedule_of_every_day_still_reports_once_a_week(
    runtime: Runtime, mailbox: Mailbox, clock: FixedClock
) -> None:
    daily = runtime.settings.reports.model_copy(update={"schedule": "0 7 * * *"})
    runtime = replace(runtime, settings=runtime.settings.model_copy(update={"reports": daily}))
    for day in range(7):
        clock.at = MONDAY + timedelta(days=day)
        await send_reports(runtime)
    assert len(mailbox.letters) == 2


@pytest.mark.parametrize("answer", ["450 4.2.0 Busy", "421 4.3.2 Closing", "452 4.3.1 Full"])
async def test_a_temporary_no_is_tried_again_under_the_same_id(
    runtime: Runtime, database: Database, mailbox: Mailbox, clock: FixedClock, answer: str
) -> None:
    mailbox.answers = [answer]
    clock.at = MONDAY
    await send_reports(runtime)
    assert heads(mailbox) == ["tom@alliance.example"]
    waiting = reports(database)[0]
    assert (waiting.status, waiting.error is not None and answer[:3] in waiting.error) == (ReportStatus.DUE, True)
    await send_reports(runtime)
    assert len(mailbox.letters) == 1  # not at once
    clock.at += 10 * MINUTE
    await send_reports(runtime)
    assert heads(mailbox) == ["tom@alliance.example", "lea@alliance.example"]
    assert heads(mailbox, "message-id")[1] == waiting.message_id
    assert [report.status for report in reports(database)] == [ReportStatus.SENT] * 2
    assert reports(database)[0].error is None


async def test_a_final_no_to_one_reader_leaves_the_others_alone(
    runtime: Runtime, database: Database, mailbox: Mailbox, clock: FixedClock
) -> None:
    mailbox.answers = ["550 5.1.1 No such person"]
    clock.at = MONDAY
    await send_reports(runtime)
    clock.at += 20 * MINUTE
    await send_reports(runtime)
    assert heads(mailbox) == ["tom@alliance.example"]
    assert [report.status for report in reports(database)] == [ReportStatus.FAILED, ReportStatus.SENT]


async def test_a_server_that_stays_busy_ends_with_staff(
    runtime: Runtime, database: Database, mailbox: Mailbox, clock: FixedClock
) -> None:
    mailbox.answers = ["450 4.2.0 Busy"] * 100
    clock.at = MONDAY
    for _ in range(MAX_ATTEMPTS + 2):
        await send_reports(runtime)
        clock.at += 10 * MINUTE
    assert mailbox.letters == []
    assert [(report.status, report.attempts) for report in reports(database)] == [(ReportStatus.FAILED, 8)] * 2


async def test_a_worker_that_died_while_mailing_is_followed_under_the_same_id(
    runtime: Runtime, start: Callable[[], Runtime], database: Database, mailbox: Mailbox, clock: FixedClock
) -> None:
    clock.at = MONDAY
    with pytest.raises(Killed):
        await send_reports(replace(runtime, mailer=Dying()))
    with database.write() as session:
        assert claim_due(session, now=clock.at) == []
    clock.at += STUCK_AFTER
    await send_reports(start())
    assert heads(mailbox, "message-id") == [report.message_id for report in reports(database)]


async def test_without_a_mail_server_nothing_is_planned(
    runtime: Runtime, database: Database, clock: FixedClock
) -> None:
    clock.at = MONDAY
    await send_reports(replace(runtime, mailer=None))
    assert reports(database) == []


async def test_a_clock_that_leaps_mails_nothing(runtime: Runtime, mailbox: Mailbox, database: Database) -> None:
    clock = SetClock(NOW)
    wrong = replace(runtime, clock=clock, watch=ClockWatch(clock))
    clock.set(timedelta(days=3653))
    await send_reports(wrong)
    assert mailbox.letters == []
    assert reports(database) == []
