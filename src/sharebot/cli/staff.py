"""staff add, link, list."""

import argparse
from datetime import UTC, datetime

from sharebot.cli.setup import opened
from sharebot.cli.table import show
from sharebot.store import staff
from sharebot.values.status import StaffRole


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="add a person")
    adding.add_argument("email")
    adding.add_argument("--role", choices=list(StaffRole), default=StaffRole.APPROVER.value)
    adding.add_argument("--language", default="en")
    actions.add_parser("link", help="print a sign-in link, good once and for ten minutes").add_argument("email")
    actions.add_parser("remove", help="shut a person out").add_argument("email")
    actions.add_parser("list", help="list people and roles")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    now = datetime.now(UTC)
    with opened() as (settings, database), database.write() as session:
        if arguments.action == "list":
            rows = [[one.email, one.role, one.language, one.active] for one in staff.list_staff(session)]
            show(rows, head=["e-mail", "role", "language", "active"], empty="no staff yet: sharebot staff add")
        elif arguments.action == "add":
            role = StaffRole(arguments.role)
            staff.add_staff(session, arguments.email, role=role, language=arguments.language, now=now)
            print(f"added; sign in with the link of: sharebot staff link {arguments.email}")
        elif arguments.action == "remove":
            staff.remove_staff(session, arguments.email)
            print("removed")
        else:
            token = staff.create_link(session, arguments.email, now=now)
            print(f"{settings.web.public_url}/sign-in/{token}")
    return 0
