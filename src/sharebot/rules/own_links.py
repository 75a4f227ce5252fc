"""Tell the links that are no post of a party's: the Alliance's own, profiles, and addresses only one machine knows."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from sharebot.values.page_urls import normalise_url
from sharebot.values.posts import Objection, PastedLink
from sharebot.values.status import Network

_PRIVATE_ENDS = frozenset({"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "onion"})
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII | re.IGNORECASE)
_FRONT = re.compile(
    r"/?|/(?:home|search|explore|feed|login|notifications|messages|watch|results)/?|/(?:\+|joinchat/).*"
)
_SHARE_PAGES = re.compile(r"/(?:intent|sharer?|share/url|sharing|dialog)(?:[/.].*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Own:
    """What is the Alliance's own.

    `short_base` is what comes before the "/" and the code of a short link; `pages` are normalised addresses,
    `accounts` networks with the handle in lower case, `posts` networks with the post's id.
    """

    short_base: str = ""
    hosts: Collection[str] = ()
    pages: Collection[str] = ()
    accounts: Collection[tuple[Network, str]] = ()
    posts: Collection[tuple[Network, str]] = field(default=())


def find_objection(link: PastedLink, own: Own) -> Objection | None:
    """Return why `link` cannot be a party's post, as its address alone tells; None when it can."""
    if not is_public(link.url):
        return Objection.NOT_PUBLIC
    plain = normalise_url(link.url) or ""
    if own.short_base and (plain + "/").startswith((normalise_url(own.short_base) or "") + "/"):
        return Objection.OUR_LINK
    if plain in own.pages or _is_on(link.url, own.hosts):
        return Objection.OUR_PAGE
    if _is_by(link, own):
        return Objection.OUR_POST
    return Objection.NO_POST if is_no_post(link) else None


def is_public(url: str) -> bool:
    """Whether the address may be one that everybody can open: a name, and not one of a machine or a house.

    Numbers in any notation are no names. Nothing is looked up.
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    last = host.rpartition(".")[2]
    return "." in host and ":" not in host and last not in _PRIVATE_ENDS and not _NUMBER.fullmatch(last)


def _is_on(url: str, hosts: Collection[str]) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def _is_by(link: PastedLink, own: Own) -> bool:
    if link.external_id and (link.network, link.external_id) in own.posts:
        return True
    return bool(link.handle) and (link.network, (link.handle or "").lower()) in own.accounts


def is_no_post(link: PastedLink) -> bool:
    """Whether an address is a profile's or a start page's, as it tells by itself."""
    if link.network is Network.WEBSITE or link.external_id:
        return False
    path = unquote(urlsplit(link.url).path)
    if link.network is Network.MASTODON or (link.network is Network.FACEBOOK and path.startswith("/share/")):
        return False
    return bool(link.handle) or _FRONT.fullmatch(path) is not None or _SHARE_PAGES.fullmatch(path) is not None
