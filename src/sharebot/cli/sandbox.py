"""sandbox: serve the stand-in for Telegram, mail and networks until stopped."""

import argparse
import asyncio
import signal

from sharebot.clock import SystemClock
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.sample import fill
from sharebot.sandbox.world import TOKEN, Sandbox


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=int, default=8099, help="of the pages and all HTTP APIs")
    parser.add_argument("--smtp-port", type=int, default=8025)


def run(arguments: argparse.Namespace, name: str) -> int:
    """Serve until Ctrl-C."""
    asyncio.run(_serve(arguments.port, arguments.smtp_port))
    return 0


async def _serve(port: int, smtp_port: int) -> None:
    sandbox = Sandbox(clock=SystemClock(), http_port=port, smtp_port=smtp_port)
    await sandbox.start(build_app(sandbox))
    fill(sandbox)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    print(f"phones, mailbox and network: {sandbox.base_url}")
    print(f"SHAREBOT_TELEGRAM__BASE_URL={sandbox.telegram_url}")
    print(f"SHAREBOT_TELEGRAM__TOKEN={TOKEN}")
    print(f"SHAREBOT_SOURCES__LOCAL_ADDRESSES={sandbox.address}")
    print(f"SHAREBOT_BLUESKY__BASE_URL={sandbox.base_url}")
    print(f"SHAREBOT_SMTP__HOST={sandbox.host} SHAREBOT_SMTP__PORT={sandbox.mailbox.port} SHAREBOT_SMTP__SECURITY=none")
    print(f"a feed: {sandbox.base_url}/site/feed.xml", flush=True)
    await stopping.wait()
    await sandbox.stop()
