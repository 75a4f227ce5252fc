"""What a button under a message says back: a few letters, at most 64 bytes; never authority."""

import re
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 2**31 - 1  # the largest number that a row has; PostgreSQL refuses to look for a larger one


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
    LINK = "p"  # the pasted post belongs to this item
    DECIDE = "q"  # staff's decision on a message in doubt
    MORE = "m"  # the buttons that are not needed every day
    FILE = "f"  # the lighter or the heavier file
    KIT = "k"  # everything that is needed to post by hand
    WHEN = "w"  # until when "later" is
    SHOW = "o"  # an item that a digest lists
    AGREE = "a"  # to what is stored, and why
    STEP = "x"  # the next step of joining, or a page of the settings
    CHOOSE = "g"  # a wish: topic, tier, hours, …
    ADMIT = "j"  # staff's word on somebody who joined
    LEAVE = "z"  # pause, hand over, export, forget
    POST = "e"  # a pasted post: its item changed, or taken back
    PROPOSE = "r"  # the officer confirms a proposal
    JUDGE = "u"  # staff's word on a proposal
    ACCOUNT = "h"  # whether a public account is the party's
    DRAFT = "c"  # staff's word on a content
    DESK = "y"  # staff's word on an entry, or on everything


@dataclass(frozen=True, slots=True)
class Tap:
    """A decoded tap. `number` is the delivery, or what else the verb is about; 0 where there is nothing."""

    verb: Verb
    number: int = 0
    argument: str = ""


def encode_tap(tap: Tap) -> str:
    """Write a tap."""
    return f"{tap.verb.value}:{tap.number}:{tap.argument}"


def decode_tap(data: str | None) -> Tap | None:
    """Read a tap; None for anything that `encode_tap` did not write."""
    match = re.fullmatch(r"([a-z]):(\d{1,10}):([a-z0-9_]{0,32})", data or "", re.ASCII)
    if match is None or match[1] not in set(Verb) or int(match[2]) > LARGEST:
        return None
    return Tap(Verb(match[1]), int(match[2]), match[3])
