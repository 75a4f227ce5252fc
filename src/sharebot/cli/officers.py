"""officers list, invite, confirm, reject."""

import argparse
from datetime import UTC, datetime

from sharebot.cli.setup import opened
from sharebot.cli.table import show
from sharebot.store import officers
from sharebot.store.member_views import find_bot_username
from sharebot.values.status import OfficerStatus


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="list the seats")
    for action, line in (
        ("invite", "print an invitation link for a seat, or for all free seats of a member"),
        ("confirm", "let a waiting officer in, or all of a member"),
        ("reject", "turn a waiting chat away"),
    ):
        one = actions.add_parser(action, help=line)
        one.add_argument("who", help="a seat's number, or a member's code")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    now = datetime.now(UTC)
    with opened() as (settings, database), database.write() as session:
        seats = officers.list_officers(session)
        if arguments.action == "list":
            rows = [[one.id, one.member_code, one.label, one.language, one.status] for one in seats]
            show(rows, head=["seat", "party", "label", "language", "status"], empty="no seats yet")
            return 0
        chosen = [one for one in seats if arguments.who in {str(one.id), one.member_code}]
        wanted = {"invite": OfficerStatus.INVITED}.get(arguments.action, OfficerStatus.WAITING)
        fitting = [one for one in chosen if one.status is wanted]
        if not fitting:
            print(f"no seat {arguments.who} is {wanted.value}")
            return 1
        for one in fitting:
            if arguments.action == "invite":
                username = find_bot_username(session, one.member_id, settings.telegram) or "BOT"
                token = officers.create_invitation(session, one.id, now=now)
                print(f"{one.member_code} {one.label}: https://t.me/{username}?start={token}")
            elif arguments.action == "confirm":
                officers.confirm(session, one.id, now=now)
                print(f"{one.member_code} {one.label}: confirmed")
            else:
                officers.reject(session, one.id, now=now)
                print(f"{one.member_code} {one.label}: turned away")
    return 0
