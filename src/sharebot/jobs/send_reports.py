"""Mail the weekly report, once a period whatever happens."""

import logging
from datetime import timedelta

from sharebot.config.settings import Settings
from sharebot.errors import PermanentError, TemporaryError, UnknownOutcome
from sharebot.mail import Mailer
from sharebot.models import Report
from sharebot.reports.weekly import Letterhead, compose_mail
from sharebot.rules.periods import bounds, due_slots, reported_period
from sharebot.runtime import Runtime
from sharebot.store import reports, slots
from sharebot.store.audit import find_head
from sharebot.store.figures import get_figures
from sharebot.store.members import first_member_at
from sharebot.store.webhooks import note_event
from sharebot.values.api import WebhookEvent

log = logging.getLogger(__name__)
JOB = "send_reports"
_RETRY = timedelta(minutes=10)


async def send_reports(runtime: Runtime) -> None:
    """Plan the reports of every slot that has come, missed ones too, then mail what is due."""
    if runtime.mailer is None or runtime.clock_watch.find_trouble():
        return
    _plan(runtime)
    with runtime.database.write() as session:
        due = reports.claim_due(session, now=runtime.now())
    for report in due:
        await _mail(runtime, runtime.mailer, report)


def _plan(runtime: Runtime) -> None:
    settings, now = runtime.settings, runtime.now()
    zone = settings.report_zone
    with runtime.database.write() as session:
        began = first_member_at(session)
        if began is None:
            return
        after = slots.last_slot(session, JOB) or began
        for slot in due_slots(settings.reports.schedule, zone, after=after, now=now):
            if slots.take_slot(session, JOB, slot, now=now):
                period = reported_period(slot, zone)
                if bounds(period, zone)[1] <= began:
                    continue  # a week before the installation had a single member
                readers = [(one.email, one.language) for one in settings.reports.recipients]
                domain = settings.smtp.sender.partition("@")[2]
                count = reports.plan_reports(session, period, readers, due_at=now, domain=domain)
                note_event(session, WebhookEvent.REPORT_READY, period, {"period": period}, now=now)
                log.info("reports planned period=%s count=%d", period, count)


async def _mail(runtime: Runtime, mailer: Mailer, report: Report) -> None:
    settings = runtime.settings
    with runtime.database.read() as session:
        figures = get_figures(session, report.period, zone=settings.report_zone)
        seal = find_head(session)
    mail = compose_mail(
        figures,
        to=report.recipient,
        language=report.language,
        message_id=report.message_id,
        head=letterhead(settings),
        seal=seal,
    )
    error: str | None = None
    try:
        await mailer.send(mail)
    except (TemporaryError, UnknownOutcome) as failure:
        error = str(failure)
        with runtime.database.write() as session:
            reports.mark_retry(session, report, error, due_at=runtime.now() + _RETRY)
    except PermanentError as failure:
        error = str(failure)
        with runtime.database.write() as session:
            reports.mark_failed(session, report, error)
    else:
        with runtime.database.write() as session:
            reports.mark_sent(session, report, now=runtime.now())
    log.info("report id=%s period=%s %s", report.id, report.period, error or "sent")


def letterhead(settings: Settings) -> Letterhead:
    """Return whose report it is."""
    return Letterhead(settings.organisation.name, settings.report_zone, settings.branding.accent)
