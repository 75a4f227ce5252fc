"""bot status, bot resume."""

import argparse

from sharebot.cli.setup import opened
from sharebot.store.bots import get_bot, resume_bot


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("status", help="say whether it may send")
    actions.add_parser("resume", help="let it send again after a pause")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    with opened() as (_, database), database.write() as session:
        if arguments.action == "resume":
            resume_bot(session)
        bot = get_bot(session)
        print(f"{bot.status.value}{f': {bot.pause_reason}' if bot.pause_reason else ''}")
    return 0
