"""members import FILE, members list."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from sharebot.cli.setup import opened
from sharebot.cli.table import show
from sharebot.errors import ConfigError
from sharebot.rules.members_file import parse_members
from sharebot.store.members import import_members, list_members


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(dest="action", required=True)
    importing = actions.add_parser("import", help="add and update members from a CSV file, all or nothing")
    importing.add_argument("file", type=Path, nargs="?", default=Path("config/members.csv"))
    actions.add_parser("list", help="list the members")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Carry out the action."""
    if arguments.action == "import":
        return _import(arguments.file)
    with opened() as (_, database), database.read() as session:
        rows = [[m.code, m.name, m.kind, m.country, m.region, m.languages, m.status] for m in list_members(session)]
    head = ["code", "name", "kind", "country", "region", "languages", "status"]
    show(rows, head=head, empty="no members yet: sharebot members import config/members.csv")
    return 0


def _import(path: Path) -> int:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None
    rows, problems = parse_members(text)
    for problem in problems:
        print(f"{path}:{problem.line}: {problem.message}", file=sys.stderr)
    if problems:
        print(f"nothing was imported: {len(problems)} problems", file=sys.stderr)
        return 1
    with opened() as (_, database), database.write() as session:
        done = import_members(session, rows, now=datetime.now(UTC))
    print(
        f"{len(rows)} members: {done.added} added, {done.changed} changed, {done.unchanged} unchanged; "
        f"{done.seats_added} seats and {done.accounts_added} accounts added"
    )
    return 0
