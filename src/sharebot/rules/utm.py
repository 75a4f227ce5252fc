"""Tracked targets and the codes of short links."""

import random
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

CODE_LENGTH = 10
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def tracked_target(url: str, *, content_code: str, member_code: str) -> str:
    """Return `url` with utm_source, utm_medium and utm_campaign set; its own query and fragment stay."""
    parts = urlsplit(url)
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name[:4] != "utm_"
    ]
    query += [("utm_source", member_code), ("utm_medium", "sharebot"), ("utm_campaign", content_code)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def new_code(source: random.Random) -> str:
    """Return ten random base62 characters; give a `random.SystemRandom` outside of demonstrations."""
    return "".join(source.choice(_BASE62) for _ in range(CODE_LENGTH))
