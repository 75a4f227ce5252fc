"""Words of how staff come in."""

from enum import StrEnum


class LinkPurpose(StrEnum):
    """What a one-use link of a person of staff is for."""

    SIGN_IN = "sign_in"
    TELEGRAM = "telegram"
