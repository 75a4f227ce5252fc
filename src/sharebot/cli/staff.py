"""staff add, link, list."""

import argparse
from datetime import UTC, datetime

from sharebot.cli.setup import opened
from sharebot.cli.table import show
from sharebot.rules.members_file import REGIONS
from sharebot.store import staff
from sharebot.store.audit import Change, record
from sharebot.values.status import StaffRole


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="add a person")
    adding.add_argument("email")
    adding.add_argument("--role", choices=list(StaffRole), default=StaffRole.APPROVER.value)
    adding.add_argument("--region", choices=REGIONS, help="the one region they work for; without it, all of them")
    adding.add_argument("--language", default="en")
    actions.add_parser("link", help="print a sign-in link, good once and for ten minutes").add_argument("email")
    actions.add_parser("remove", help="shut a person out").add_argument("email")
    actions.add_parser("list", help="list people and roles")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    now = datetime.now(UTC)
    with opened() as (settings, database), database.write() as session:
        if arguments.action == "list":
            rows = [
                [one.email, one.role, one.region or "all", one.language, one.active]
                for one in staff.list_staff(session)
            ]
            head = ["e-mail", "role", "region", "language", "active"]
            show(rows, head=head, empty="no staff yet: sharebot staff add")
            return 0
        if arguments.action == "add":
            role = StaffRole(arguments.role)
            added = staff.add_staff(
                session,
                arguments.email,
                role=role,
                language=arguments.language,
                region=arguments.region,
                now=now,
            )
            change = Change("cli", "staff.added", f"staff:{added.id}", role.value)
            print(f"added; sign in with the link of: sharebot staff link {arguments.email}")
        elif arguments.action == "remove":
            change = Change("cli", "staff.removed", f"staff:{staff.remove_staff(session, arguments.email)}")
            print("removed")
        else:
            token = staff.create_link(session, arguments.email, now=now)
            change = Change("cli", "staff.link", f"staff:{staff.get_staff(session, arguments.email).id}")
            print(f"{settings.web.public_url}/sign-in/{token}")
        record(session, change, now=now)
    return 0
