"""How people call themselves, made harmless to show."""

import unicodedata

LONGEST = 60
_UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, marks of direction, what is no letter


def plain_name(name: str) -> str:
    """Return a name without what turns the text around it, in one line, and not too long."""
    kept = "".join(" " if letter.isspace() else letter for letter in name if not _is_unshown(letter))
    return " ".join(kept.split())[:LONGEST].rstrip()


def _is_unshown(letter: str) -> bool:
    return unicodedata.category(letter) in _UNSHOWN and not letter.isspace()
