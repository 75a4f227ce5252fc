"""audit verify: whether the log of changes is whole, and the seal of its newest record."""

import argparse

from sharebot.cli.setup import opened
from sharebot.store.audit import find_break, find_head


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("verify", help="follow the chain from its first record to its newest, and print its seal")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Print the seal; exit code 1 and the first broken record when the chain does not hold."""
    with opened() as (_, database), database.read() as session:
        broken, head = find_break(session), find_head(session)
    if broken is not None:
        print(
            "the newest records are missing" if broken == 0 else f"record {broken} does not follow from the one before"
        )
        return 1
    print(f"whole: {head}" if head else "no record yet")
    return 0
