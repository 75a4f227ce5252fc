"""sandbox: serve the stand-in for Telegram, mail and networks until stopped."""

import argparse
import asyncio
import json
import shlex
import signal

from sharebot.clock import SystemClock
from sharebot.sandbox import sample, youtube
from sharebot.sandbox.pages import build_app
from sharebot.sandbox.world import TOKEN, Sandbox


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=int, default=8099, help="of the pages and all HTTP APIs")
    parser.add_argument("--smtp-port", type=int, default=8025)


def run(arguments: argparse.Namespace, name: str) -> int:
    """Serve until Ctrl-C."""
    asyncio.run(_serve(arguments.port, arguments.smtp_port))
    return 0


def list_settings(sandbox: Sandbox) -> dict[str, str]:
    """Return the settings, by name without "SHAREBOT_", that lead sharebot to this sandbox and nowhere else."""
    base = sandbox.base_url
    return {
        "TELEGRAM__BASE_URL": sandbox.telegram_url,
        "TELEGRAM__TOKEN": TOKEN,
        "SOURCES__LOCAL_ADDRESSES": sandbox.address,
        "SMTP__HOST": sandbox.host,
        "SMTP__PORT": f"{sandbox.mailbox.port}",
        "SMTP__SECURITY": "none",
        "BLUESKY__BASE_URL": base,
        "BLUESKY__ACCOUNTS": sample.BLUESKY,
        "MASTODON__SERVER": sample.SERVER,
        "MASTODON__ACCOUNTS": sample.MASTODON,
        "MASTODON__SERVERS": json.dumps({sample.SERVER: f"{base}/mastodon/{sample.SERVER}"}),
        "X__BASE_URL": sandbox.x_url,
        "X__BEARER_TOKEN": sandbox.x.token,
        "X__ACCOUNTS": sample.X,
        "YOUTUBE__BASE_URL": f"{base}/youtube/v3",
        "YOUTUBE__API_KEY": youtube.KEY,
        "YOUTUBE__ACCOUNTS": sample.YOUTUBE,
        "OEMBED__ENABLED": "false",
    }


async def _serve(port: int, smtp_port: int) -> None:
    sandbox = Sandbox(clock=SystemClock(), http_port=port, smtp_port=smtp_port)
    await sandbox.start(build_app(sandbox))
    sample.fill(sandbox)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    print(f"phones, mailbox and networks: {sandbox.base_url}")
    print(f"a feed: {sandbox.base_url}/site/feed.xml\n")
    for name, value in list_settings(sandbox).items():
        print(f"export SHAREBOT_{name}={shlex.quote(value)}", flush=True)
    await stopping.wait()
    await sandbox.stop()
