"""Recognise a link that an officer pasted: which network, whose, and which post."""

import re
from urllib.parse import urlsplit

from sharebot.values.posts import PastedLink
from sharebot.values.status import Network

_LINK = re.compile(r"https?://[^\s<>\"'«»]+", re.I)
# host (and its subdomains), path pattern with the groups `who` and `post`
_PATTERNS: tuple[tuple[Network, tuple[str, ...], str], ...] = (
    (Network.X, ("x.com", "twitter.com"), r"/(?P<who>\w{1,20})(?:/status/(?P<post>\d+))?"),
    (Network.BLUESKY, ("bsky.app",), r"/profile/(?P<who>[\w.:-]+)(?:/post/(?P<post>\w+))?"),
    (Network.FACEBOOK, ("facebook.com", "fb.watch", "fb.com", "fb.me"), r"/(?P<who>[\w.-]+)?(?:/(?:posts|videos)/(?P<post>[\w.-]+))?"),
    (Network.INSTAGRAM, ("instagram.com",), r"/(?:(?P<who>[\w.]+)/)?(?:p|reel|tv)/(?P<post>[\w-]+)"),
    (Network.LINKEDIN, ("linkedin.com", "lnkd.in"), r"/(?:(?:posts|feed/update|company)/)?(?P<post>[^/?#]*)"),
    (Network.THREADS, ("threads.com", "threads.net"), r"/@(?P<who>[\w.]+)(?:/post/(?P<post>[\w-]+))?"),
    (Network.TELEGRAM, ("t.me", "telegram.me"), r"/(?:s/)?(?P<who>\w{4,32})(?:/(?P<post>\d+))?"),
    (Network.TIKTOK, ("tiktok.com",), r"/(?:@(?P<who>[\w.]+)(?:/video/(?P<post>\d+))?|(?P<short>\w+))"),
    (Network.YOUTUBE, ("youtube.com", "youtu.be"), r"/(?:shorts/|post/|live/|watch)?(?P<post>[\w-]*)"),
    (Network.WHATSAPP, ("whatsapp.com", "wa.me"), r"/(?:channel/)?(?P<who>\w+)(?:/(?P<post>\d+))?"),
)  # fmt: skip
_FEDIVERSE = re.compile(
    r"/(?:@(?P<who>[\w.-]+(?:@[\w.-]+)?)/(?P<post>\d{6,})|users/(?P<who2>[\w.-]+)/statuses/(?P<post2>\d+))/?"
)


def find_link(text: str) -> PastedLink | None:
    """Return the first recognised link in a message, or None."""
    for found in _LINK.finditer(text):
        if link := recognise(found[0].rstrip(".,;:!?)]}")):
            return link
    return None


def recognise(url: str) -> PastedLink | None:
    """Return what an address tells; a site nobody knows is a WEBSITE; None for what is no safe web link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = (parts.hostname or "").lower().rstrip(".")
    if parts.scheme not in {"http", "https"} or "." not in host or len(url) > 2048 or parts.username:
        return None
    for network, hosts, pattern in _PATTERNS:
        if any(host == known or host.endswith("." + known) for known in hosts):
            match = re.match(pattern, parts.path)
            groups = match.groupdict() if match else {}
            return PastedLink(network, url, groups.get("who") or None, groups.get("post") or None)
    if match := _FEDIVERSE.fullmatch(parts.path):
        who, post = match["who"] or match["who2"], match["post"] or match["post2"]
        return PastedLink(Network.MASTODON, url, f"{who}@{host}" if "@" not in who else who, post)
    return PastedLink(Network.WEBSITE, url, host)
