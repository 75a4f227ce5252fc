"""The addresses that tracked links lead to, and their codes."""

import secrets
import string
from collections.abc import Callable
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from sharebot.errors import Refused
from sharebot.values.status import Network

CODE_LENGTH = 10
ALPHABET = string.digits + string.ascii_letters


def tracked_target(url: str, *, campaign: str, member_code: str, network: Network | None = None, code: str = "") -> str:
    """Return `url` with utm_source (the member), utm_medium (the network, or "member") and utm_campaign.

    With a link's `code` in utm_content, by which the page can say that somebody came. UTM parameters that were there
    are replaced; everything else of the address stays as it was.

    Raises Refused when `url` is no web address.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refused("a tracked link needs a web address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Refused("a tracked link needs a web address")
    ours = {
        "utm_source": member_code,
        "utm_medium": network.value if network else "member",
        "utm_campaign": campaign,
    }
    ours |= {"utm_content": code} if code else {}
    kept = [piece for piece in parts.query.split("&") if piece and not _is_utm(piece)]
    added = [f"{name}={quote(value, safe='')}" for name, value in ours.items()]
    return urlunsplit(parts._replace(query="&".join(kept + added)))


def new_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return 10 random base62 characters; `choose` picks one of a string's characters."""
    return "".join(choose(ALPHABET) for _ in range(CODE_LENGTH))


def is_code(text: str) -> bool:
    """Whether `text` could be a short link's code."""
    return len(text) == CODE_LENGTH and all(mark in ALPHABET for mark in text)


def _is_utm(piece: str) -> bool:
    return unquote_plus(piece.partition("=")[0]).lower().startswith("utm_")
