"""`sharebot COMMAND`: the table of commands, and errors said in one line."""

import argparse
import importlib
import sys
from dataclasses import dataclass

from sharebot import __version__
from sharebot.errors import AlreadyRunning, ConfigError, SharebotError

EX_TEMPFAIL, EX_CONFIG = 75, 78  # sysexits.h


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the module with its `configure(parser)` and `run(arguments)`, and a line of help."""

    module: str
    help: str


COMMANDS = {
    "run": Command("processes", "everything in one process: pages, bot and jobs"),
    "web": Command("processes", "only the pages and short links"),
    "worker": Command("processes", "only the bot and the jobs"),
    "migrate": Command("processes", "bring the database's tables up to date"),
    "backup": Command("backup", "copy the database while it is in use, or check a copy"),
    "restore": Command("restore", "put a backup back, and erase again whoever was erased since"),
    "check": Command("check", "say what is missing or unsafe"),
    "members": Command("members", "import and list members"),
    "officers": Command("officers", "invite, confirm and list officers"),
    "staff": Command("staff", "add staff and print sign-in links"),
    "audit": Command("audit", "check that the log of changes is whole"),
    "sources": Command("sources", "add, poll and list sources"),
    "tracking": Command("tracking", "see which networks are looked at, what it costs, and what cannot be seen"),
    "add": Command("contents", "make a draft from any page"),
    "drafts": Command("contents", "list the drafts"),
    "approve": Command("contents", "approve a draft for sending"),
    "campaign": Command("campaigns", "start, list and end campaigns"),
    "queue": Command("contents", "list, withdraw and resume entries"),
    "bot": Command("bot", "see whether the bot may send, and let it go on"),
    "report": Command("report", "write the weekly report to a file, or mail it now"),
    "demo": Command("demo", "live through a week of an invented Alliance"),
    "sandbox": Command("sandbox", "serve the stand-in for Telegram, mail and networks"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command and return the exit code."""
    words = sys.argv[1:] if argv is None else argv
    parser = _parser()
    name = next((word for word in words if not word.startswith("-")), None)
    if name not in COMMANDS:
        parser.parse_args(words)
        parser.print_help()
        return 0
    command = importlib.import_module(f"sharebot.cli.{COMMANDS[name].module}")
    single = argparse.ArgumentParser(prog=f"sharebot {name}", description=COMMANDS[name].help.capitalize())
    command.configure(single, name)
    arguments = single.parse_args(words[words.index(name) + 1 :])
    try:
        return int(command.run(arguments, name) or 0)
    except AlreadyRunning as error:
        return _fail(error, EX_TEMPFAIL)
    except ConfigError as error:
        return _fail(error, EX_CONFIG)
    except SharebotError as error:
        return _fail(error, 1)
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sharebot",
        description="Gets a political network's posts, videos and episodes shared by its member parties.",
        epilog="commands:\n" + "\n".join(f"  {name:10} {one.help}" for name, one in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("command", nargs="?", choices=list(COMMANDS), metavar="COMMAND", help="see below")
    return parser


def _fail(error: SharebotError, code: int) -> int:
    print(f"sharebot: {error}", file=sys.stderr)
    return code
