"""campaign add, campaign list, campaign end."""

import argparse
from datetime import UTC, datetime

from sharebot.cli.setup import opened
from sharebot.cli.table import show
from sharebot.store.campaigns import CampaignWords, add_campaign, end_campaign, list_campaigns


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="start a campaign")
    adding.add_argument("code", help="a short word for it, for example vaxsolidarity")
    adding.add_argument("--name", required=True)
    adding.add_argument("--hashtag", default="", help="goes into every text, for example '#GlobalVaxSolidarity'")
    adding.add_argument("--line", default="", help="one line that goes under every text")
    actions.add_parser("list", help="list the campaigns")
    ending = actions.add_parser("end", help="end a campaign: texts go without its words from now on")
    ending.add_argument("code")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    if arguments.action == "list":
        return _list()
    with opened() as (_, database), database.write() as session:
        if arguments.action == "add":
            words = CampaignWords(arguments.name, arguments.hashtag, arguments.line)
            add_campaign(session, arguments.code, words, now=datetime.now(UTC))
            print(f"campaign {arguments.code} runs")
        else:
            end_campaign(session, arguments.code)
            print(f"campaign {arguments.code} has ended")
    return 0


def _list() -> int:
    with opened() as (_, database), database.read() as session:
        rows = [[one.code, one.name, one.hashtag, one.line, one.status] for one in list_campaigns(session)]
    show(rows, head=["code", "name", "hashtag", "line", "status"], empty="no campaigns yet")
    return 0
