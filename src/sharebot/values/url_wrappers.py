"""Addresses that only lead on to another: networks' own redirects, and caches of AMP pages."""

import re
from urllib.parse import SplitResult, parse_qs, urlsplit

MOST_WRAPPERS = 2
_FRONTS = ("www.", "m.", "mobile.")
_REDIRECTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (  # host and path, and the parameter that leads on
    (re.compile(r"(?:l|lm)\.(?:facebook|instagram|messenger|threads)\.(?:com|net)/(?:l\.php)?"), ("u",)),
    (re.compile(r"google(?:\.[a-z]{2,3}){1,2}/url"), ("q", "url")),
    (re.compile(r"youtube\.com/redirect"), ("q",)),
    (re.compile(r"t\.umblr\.com/redirect"), ("z",)),
    (re.compile(r"out\.reddit\.com/.*"), ("url",)),
    (re.compile(r"linkedin\.com/(?:redir/redirect|safety/go)/?"), ("url",)),
    (re.compile(r"(?:away\.)?vk\.(?:com|ru)/away\.php"), ("to",)),
    (re.compile(r"go\.bsky\.app/redirect"), ("u",)),
    (re.compile(r"t\.me/iv"), ("url",)),
    (re.compile(r"slack-redir\.net/link"), ("url",)),
    (re.compile(r"duckduckgo\.com/l/?"), ("uddg",)),
    (re.compile(r"exit\.sc/?"), ("url",)),
    (re.compile(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com/.*"), ("url",)),
)
_AMP_CACHE = re.compile(
    r"(?:(?:[a-z0-9-]+\.)?cdn\.ampproject\.org/[cv]/|google(?:\.[a-z]{2,3}){1,2}/amp/)(?P<tls>s/)?(?P<page>[^/]+\..*)"
)


def unwrap(url: str) -> str:
    """Return the address that `url` leads to; `url` itself when it is no wrapper, or wrapped more than twice."""
    inner = url
    for _ in range(MOST_WRAPPERS):
        following = _inside(inner)
        if following is None:
            return inner
        inner = following
    return url if _inside(inner) else inner


def _inside(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        return None
    place = _place(parts)
    if found := _AMP_CACHE.fullmatch(place):
        return f"https://{found['page']}{'?' if parts.query else ''}{parts.query}"
    names = next((names for shape, names in _REDIRECTS if shape.fullmatch(place)), ())
    return _parameter(parts.query, names) if names else None


def _place(parts: SplitResult) -> str:
    host = parts.netloc.lower().removesuffix(":443").removesuffix(":80").rstrip(".")
    front = next((one for one in _FRONTS if host.startswith(one)), "")
    return host.removeprefix(front) + parts.path


def _parameter(query: str, names: tuple[str, ...]) -> str | None:
    try:
        values = parse_qs(query, max_num_fields=100)
    except ValueError:
        return None
    told = (values[name][0] for name in names if name in values)
    return next((value for value in told if value.lower().startswith(("https://", "http://"))), None)
