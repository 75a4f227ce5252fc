"""report: write a week's report as a page that stands alone."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from sharebot.cli.setup import opened
from sharebot.errors import Refused
from sharebot.reports.page import report_page
from sharebot.rules.periods import first_day, period_of
from sharebot.store.figures import get_figures


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("--week", help="such as 2026-W48; this week when left out")
    parser.add_argument("--language", default="en")
    parser.add_argument("--out", type=Path, default=Path("report.html"))


def run(arguments: argparse.Namespace, name: str) -> int:
    """Write the file."""
    with opened() as (settings, database), database.read() as session:
        week = arguments.week or period_of(datetime.now(UTC), settings.report_zone)
        try:
            first_day(week)
        except ValueError as error:
            raise Refused(str(error)) from None
        figures = get_figures(session, week, zone=settings.report_zone)
    page = report_page(figures, arguments.language, settings)
    arguments.out.write_text(page, encoding="utf-8")
    print(f"written: {arguments.out}")
    return 0
