"""bot status, bot stop, bot resume."""

import argparse
from datetime import UTC, datetime

from sharebot.cli.setup import opened
from sharebot.store.audit import Change, record
from sharebot.store.bots import get_bot, list_bots, pause_bot
from sharebot.store.restore import accept
from sharebot.values.status import PauseKind

_NOTED = {"stop": "bot.stopped", "resume": "bot.resumed"}


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("status", help="say whether it may send")
    stop = actions.add_parser("stop", help="stop everything that is going out, at once")
    stop.add_argument("reason", help="why; it is shown to all staff")
    actions.add_parser("resume", help="let it send again after a pause")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    now = datetime.now(UTC)
    with opened() as (_, database), database.write() as session:
        get_bot(session)
        if arguments.action == "stop":
            pause_bot(session, None, f"stopped by command line: {arguments.reason}", kind=PauseKind.STAFF)
        if arguments.action == "resume":
            accept(session, now=now)
        for bot in list_bots(session):
            reason = f": {bot.pause_reason}" if bot.pause_reason else ""
            print(f"{bot.code}: {bot.status.value}{reason}")
        if arguments.action in _NOTED:
            record(session, Change("cli", _NOTED[arguments.action]), now=now)
    return 0
