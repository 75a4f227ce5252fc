"""What a campaign may be called, and what it may add to a text."""

import re

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_HASHTAG = re.compile(r"#\w{1,99}")


def find_campaign_problem(code: str, name: str, hashtag: str, line: str) -> str | None:
    """Return why a campaign cannot be called so, or None. Networks end a hashtag at anything but a letter or digit."""
    if not _CODE.fullmatch(code):
        return "a code has small letters, digits and hyphens, at most 40"
    if not name.strip() or len(name) > 200:
        return "a name has 1 to 200 characters"
    if hashtag and (not _HASHTAG.fullmatch(hashtag) or hashtag[1:].isdigit()):
        return "a hashtag is # and letters or digits, at least one letter"
    if len(line) > 200 or "\n" in line:
        return "a line is one line of at most 200 characters"
    return None
