"""report: write a week's report as a page that stands alone, or mail it to one reader now."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path

from sharebot.cli.setup import opened
from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.jobs.send_reports import letterhead
from sharebot.mail.smtp import SmtpMailer
from sharebot.reports.page import report_page
from sharebot.reports.weekly import compose_mail
from sharebot.rules.periods import first_day, period_of
from sharebot.store.figures import get_figures
from sharebot.store.reports import message_id_of
from sharebot.values.figures import Figures


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("--week", help="such as 2026-W48; this week when left out")
    parser.add_argument("--language", default="en")
    parser.add_argument("--out", type=Path, default=Path("report.html"))
    parser.add_argument("--to", metavar="E-MAIL", help="mail it there now, instead of writing a file")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Write the file."""
    with opened() as (settings, database), database.read() as session:
        week = arguments.week or period_of(datetime.now(UTC), settings.report_zone)
        try:
            first_day(week)
        except ValueError as error:
            raise Refused(str(error)) from None
        figures = get_figures(session, week, zone=settings.report_zone)
    if arguments.to:
        asyncio.run(_mail(settings, figures, to=arguments.to, language=arguments.language))
        print(f"mailed to {arguments.to}")
        return 0
    page = report_page(figures, arguments.language, settings)
    arguments.out.write_text(page, encoding="utf-8")
    print(f"written: {arguments.out}")
    return 0


async def _mail(settings: Settings, figures: Figures, *, to: str, language: str) -> None:
    if settings.smtp.host is None:
        raise Refused("there is no mail server: set smtp.host in config/sharebot.toml")
    mail = compose_mail(
        figures,
        to=to,
        language=language,
        message_id=message_id_of(to, figures.period, settings.smtp.sender.partition("@")[2]),
        head=letterhead(settings),
    )
    await SmtpMailer(settings.smtp, organisation=settings.organisation.name).send(mail)
