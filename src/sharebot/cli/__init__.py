"""The command line: each command is one file, loaded only when it is called."""

from sharebot.cli.main import main

__all__ = ["main"]
