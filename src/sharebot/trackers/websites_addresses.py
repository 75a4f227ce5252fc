"""Addresses of a party's own site: one form for each page, and whose page it is."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from sharebot.values.page_urls import MAX_URL, normalise_url

_LONGEST_ID = 500  # what a post's id may be in the database
_LONGEST_SITE = 200
_LONGEST_HOST = 253
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Site:
    """A host, and on a host that several share the part of it that is the party's; `path` is "" for all of it."""

    host: str
    path: str = ""

    @property
    def identity(self) -> str:
        """What an account's `external_id` is."""
        return f"{self.host}{self.path}"

    def holds(self, url: str) -> bool:
        """Whether a page is the site's own: the very host, and beneath its path."""
        parts = split(url)
        if parts is None or host_of(parts) != self.host:
            return False
        path = _plain_path(parts.path)
        return ".." not in path.split("/") and (not self.path or path == self.path or path.startswith(f"{self.path}/"))


def site_of(identity: str) -> Site:
    """Return the site that an account's `external_id` stands for."""
    host, slash, path = identity.partition("/")
    return Site(host, f"{slash}{path}")


def site_at(url: str) -> Site | None:
    """Return the site whose front page is at `url`; None when that is no web address, or too long to keep."""
    parts = split(url)
    host = host_of(parts) if parts else None
    site = Site(host, _plain_path(parts.path)) if parts and host else None
    return site if site and len(site.identity) <= _LONGEST_SITE else None


def page_id(url: str) -> str | None:
    """Return one form for all addresses of one page, as `normalise_url` does; a very long one ends in its hash."""
    plain = normalise_url(url)
    if plain is None or len(plain) <= _LONGEST_ID:
        return plain
    return f"{plain[: _LONGEST_ID - 65]}#{hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()}"


def split(url: str) -> SplitResult | None:
    """Return the parts of a web address; None for anything else, or one that names a person or a backslash."""
    if len(url) > MAX_URL or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} and "@" not in parts.netloc else None


def host_of(parts: SplitResult) -> str | None:
    """Return the host in ASCII without "www.", with its port unless that is the usual one; None when it is none.

    A look-alike letter becomes another host, never this one.
    """
    try:
        host, port = (parts.hostname or "").rstrip("."), parts.port
        if len(host) > _LONGEST_HOST:
            return None
        host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").lower()
    except ValueError:
        return None
    while host.startswith("www.") and host.count(".") > 1:
        host = host.removeprefix("www.")
    if not _HOST.fullmatch(host):
        return None
    return host if port in {None, 80, 443} else f"{host}:{port}"


def absolute(link: object, base: str) -> str | None:
    """Return a link found on the page `base` as an absolute web address, or None."""
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        found = urljoin(base, link.strip()).replace(" ", "%20")
    except ValueError:
        return None
    parts = split(found)
    return found if parts is not None and parts.hostname else None


def folder_of(url: str) -> str:
    """Return the address of the folder that a file lies in."""
    return urljoin(url, ".")


def _plain_path(path: str) -> str:
    plain = unquote(path, errors="surrogateescape").rstrip("/")
    while plain.endswith("/amp"):
        plain = plain.removesuffix("/amp").rstrip("/")
    return plain
