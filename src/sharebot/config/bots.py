"""What the settings say of the bots: who they are, and whether Telegram is to call us."""

import hashlib
import hmac
import re
from urllib.parse import urlsplit

from sharebot.config.settings import Settings
from sharebot.errors import ConfigError

MAIN = "main"  # the code of the bot whose token is telegram.token
MAIL = "mail"  # the code of the row that keeps the pace of mails to officers; it is no bot of Telegram
_VARIABLE = "SHAREBOT_TELEGRAM__WEBHOOK_SECRET"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PORTS = (80, 88, 443, 8443)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def tokens_of(settings: Settings) -> dict[str, str]:
    """Return the tokens of the bots that have one, the main bot's first."""
    telegram = settings.telegram
    secrets = {MAIN: telegram.token} | {code: one.token for code, one in telegram.bots.items()}
    tokens = {code: secret.get_secret_value() for code, secret in secrets.items() if secret is not None}
    return {code: token for code, token in tokens.items() if token}


def check_bots(settings: Settings) -> None:
    """Raise ConfigError when two bots cannot be told apart, or Telegram could not call the webhook."""
    if MAIN in settings.telegram.bots:
        raise ConfigError(
            f"telegram.bots.{MAIN}: this is the name of the main bot, whose token is SHAREBOT_TELEGRAM__TOKEN; "
            "give the further bot another name"
        )
    if MAIL in settings.telegram.bots:
        raise ConfigError(
            f"telegram.bots.{MAIL}: this name stands for the mails to officers; give the bot another name"
        )
    holders: dict[str, str] = {}
    for code, token in tokens_of(settings).items():
        if (other := holders.setdefault(token, code)) != code:
            raise ConfigError(f"telegram.bots.{code}: has the same token as the bot {other}; each bot needs its own")
    check_webhook(settings)


def find_secret(settings: Settings) -> str | None:
    """Return what Telegram has to bring along, or None when it is not to call us."""
    secret = settings.telegram.webhook_secret
    return (secret.get_secret_value() if secret else "") or None


def path_of(secret: str, code: str) -> str:
    """Return the path of one bot's webhook, which nobody can guess who does not know the secret."""
    digest = hmac.new(secret.encode(), f"webhook of {code}".encode(), hashlib.sha256).hexdigest()
    return f"/telegram/{code}/{digest[:40]}"


def check_webhook(settings: Settings) -> None:
    """Raise ConfigError when the webhook is on and Telegram could not call it."""
    secret = find_secret(settings)
    if secret is None:
        return
    if not _SECRET.fullmatch(secret):
        raise ConfigError(f"{_VARIABLE}: must be at most 256 of the characters A-Z, a-z, 0-9, _ and -")
    if urlsplit(settings.telegram.base_url).hostname in _LOOPBACK:
        return  # a Bot API of this machine calls whatever it is told to
    public = urlsplit(settings.web.public_url)
    if public.scheme != "https" or public.hostname in _LOOPBACK or (public.port or 443) not in _PORTS:
        raise ConfigError(
            f'web.public_url = "{settings.web.public_url}": Telegram cannot call the webhook there. It must be an '
            f"https address on the internet, on port 443, 80, 88 or 8443; without {_VARIABLE} no webhook is used"
        )
