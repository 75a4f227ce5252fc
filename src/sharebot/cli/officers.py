"""officers list, invite, email, confirm, reject."""

import argparse
from datetime import UTC, datetime

from sqlmodel import Session

from sharebot.cli.setup import opened
from sharebot.cli.table import show
from sharebot.store import officers
from sharebot.store.admission import close_question
from sharebot.store.audit import Change, record
from sharebot.store.member_views import find_bot_username
from sharebot.store.officers import OfficerView
from sharebot.store.personal import invite_by_mail
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
    mailed = actions.add_parser("email", help="ask somebody without Telegram, by e-mail, to take a seat")
    mailed.add_argument("who", help="a member's code")
    mailed.add_argument("--seat", required=True, metavar="LABEL", help="the seat's label")
    mailed.add_argument("address", help="the e-mail address")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    now = datetime.now(UTC)
    with opened() as (settings, database), database.write() as session:
        seats = officers.list_officers(session)
        if arguments.action == "list":
            rows = [[one.id, one.member_code, one.label, one.language, one.status] for one in seats]
            show(rows, head=["seat", "party", "label", "language", "status"], empty="no seats yet")
            return 0
        if arguments.action == "email":
            return _email(session, seats, arguments, now=now)
        chosen = [one for one in seats if arguments.who in {str(one.id), one.member_code}]
        wanted = {"invite": OfficerStatus.INVITED}.get(arguments.action, OfficerStatus.WAITING)
        is_decision = wanted is OfficerStatus.WAITING
        fitting = [one for one in chosen if one.status is wanted and (one.has_agreed or not is_decision)]
        if not fitting:
            print(f"no seat {arguments.who} is {wanted.value}{' and has agreed' if is_decision else ''}")
            return 1
        for one in fitting:
            if arguments.action == "invite":
                username = find_bot_username(session, one.member_id, settings.telegram) or "BOT"
                token = officers.create_invitation(session, one.id, now=now)
                print(f"{one.member_code} {one.label}: https://t.me/{username}?start={token}")
            elif arguments.action == "confirm":
                officers.confirm(session, one.id, now=now)
                close_question(session, one.id, now=now)
                record(session, Change("cli", "officer.confirmed", f"officer:{one.id}"), now=now)
                print(f"{one.member_code} {one.label}: confirmed")
            else:
                officers.reject(session, one.id, now=now)
                close_question(session, one.id, now=now)
                record(session, Change("cli", "officer.rejected", f"officer:{one.id}"), now=now)
                print(f"{one.member_code} {one.label}: turned away")
    return 0


def _email(session: Session, seats: list[OfficerView], arguments: argparse.Namespace, *, now: datetime) -> int:
    named = [one for one in seats if (one.member_code, one.label) == (arguments.who, arguments.seat)]
    if not named:
        print(f"{arguments.who} has no seat {arguments.seat}")
        return 1
    invite_by_mail(session, named[0].id, arguments.address, now=now)
    print(f"{arguments.who} {arguments.seat}: the worker mails the question whether they agree")
    return 0
