"""Logging: one line an event, and no secret in any of them."""

import logging
import os
import re
import sys

from sharebot.config.settings import Settings

_TOKEN = re.compile(r"\d{6,12}:[A-Za-z0-9_-]{20,}")
_START = re.compile(r"(start=|/sign-in/)[A-Za-z0-9_-]{16,}")


class Redaction(logging.Formatter):
    """Formats a record, then takes every secret out of the whole of it, tracebacks included."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self._secrets = [secret for secret in secrets if len(secret) >= 4]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without secrets."""
        line = super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return _START.sub(r"\1***", _TOKEN.sub("***", line))


def set_up_logging(settings: Settings) -> None:
    """Log to stderr at $SHAREBOT_LOG_LEVEL, INFO when it is not set."""
    telegram = settings.telegram
    parts = [settings.secret_key, telegram.token, telegram.webhook_secret, settings.smtp.password]
    parts += [settings.web.metrics_token, settings.alerts.ping_url, *(bot.token for bot in telegram.bots.values())]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redaction([part.get_secret_value() for part in parts if part]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(os.environ.get("SHAREBOT_LOG_LEVEL", "INFO").upper())
    # A job that is still at work when its next turn comes is as it should be.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    for noisy in ("httpx", "httpcore", "apscheduler", "telegram", "uvicorn"):
        logging.getLogger(noisy).setLevel(max(root.level, logging.WARNING))
