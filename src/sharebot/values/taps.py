"""What a button under a message says back: a few letters, at most 64 bytes; never authority."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What a tap asks for."""

    TAKEN = "t"
    SHARED = "s"
    LATER = "l"
    DECLINE = "d"  # asks for the reason
    DECLINED = "n"
    BACK = "b"
    LANGUAGE = "v"  # show the item in another language
    SPEAK = "i"  # the language the bot speaks; no delivery
    LINK = "p"  # the pasted link belongs to this item
    DECIDE = "q"  # staff's decision on a message in doubt


@dataclass(frozen=True, slots=True)
class Tap:
    """A decoded tap. `delivery_id` is 0 where there is none."""

    verb: Verb
    delivery_id: int = 0
    argument: str = ""


def encode_tap(tap: Tap) -> str:
    """Write a tap."""
    return f"{tap.verb.value}:{tap.delivery_id}:{tap.argument}"


def decode_tap(data: str | None) -> Tap | None:
    """Read a tap; None for anything that `encode_tap` did not write."""
    match = re.fullmatch(r"([a-z]):(\d{1,15}):([a-z_]{0,16})", data or "", re.ASCII)
    if match is None or match[1] not in set(Verb):
        return None
    return Tap(Verb(match[1]), int(match[2]), match[3])
