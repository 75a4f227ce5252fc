"""Compare web addresses as people mean them."""

from urllib.parse import parse_qsl, urlencode, urlsplit

_NOISE = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "ref_src", "wt_mc", "si")


def normalise_url(url: str) -> str | None:
    """Return one form for all spellings of an address; None when it is no web address.

    Scheme, `www.`, letter case of the host, fragment, trailing slash and tracking parameters do not count.
    Hosts that only look alike stay different.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode().removeprefix("www.").rstrip(".")
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith(_NOISE)
    ]
    tail = f"?{urlencode(sorted(query))}" if query else ""
    return f"{host}{port}{parts.path.rstrip('/')}{tail}"
