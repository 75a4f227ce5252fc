"""Words of how staff come in."""

from enum import StrEnum


class LinkPurpose(StrEnum):
    """What a one-use link of a person of staff is for."""

    SIGN_IN = "sign_in"
    TELEGRAM = "telegram"


class Way(StrEnum):
    """How a session was opened."""

    LINK = "link"
    PASSKEY = "passkey"
    OIDC = "oidc"


class Ceremony(StrEnum):
    """What a browser has begun and is to end within minutes, once."""

    REGISTER = "register"
    PASSKEY = "passkey"
    OIDC = "oidc"
