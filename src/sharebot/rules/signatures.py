"""Sign what webhooks are told, as the Standard Webhooks specification has it, and say when to call again."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

PREFIX = "whsec_"
_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)


def write_secret(key: bytes) -> str:
    """Return a key as its receiver is given it."""
    return PREFIX + base64.b64encode(key).decode()


def sign(secret: str, message_id: str, body: str, *, at: datetime) -> dict[str, str]:
    """Return the headers that prove who calls: id, time in whole seconds, and the HMAC over both and the body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    seconds = int(at.timestamp())
    digest = hmac.new(key, f"{message_id}.{seconds}.{body}".encode(), hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def pause_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many calls that failed; None when it was the last one, within a day."""
    return _PAUSES[attempts - 1] if attempts <= len(_PAUSES) else None
