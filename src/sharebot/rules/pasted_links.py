"""Recognise the link of a post that an officer pasted: which network, whose, and which post."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from sharebot.values.page_urls import normalise_url
from sharebot.values.posts import PastedLink
from sharebot.values.status import Network

MAX_URL = 2048
_MAX_HOST = 253
MOST = 5  # links of one message
_MAX_TEXT = 4096
# What ends an address in any script; two addresses may also stand together with a comma or semicolon.
_STOPS = r"\s<>\"'`|\u00ab\u00bb\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u060c\u061b\u061f"
_LINK = rf"https?://(?:(?![,;]https?://)[^{_STOPS}])+"
_ENDINGS = ".,;:!?…”’*_\u202f\u00a0\u0964\u06d4"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class _Form:
    """One shape of address: groups `handle` and `id` of the path, or the id in the query's `parameter`."""

    path: re.Pattern[str]
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class _Site:
    network: Network
    hosts: frozenset[str]
    forms: tuple[_Form, ...] = ()


def _form(path: str, parameter: str | None = None) -> _Form:
    return _Form(re.compile(path + "/?", re.ASCII), parameter)


_X_NAME = "(?P<handle>(?!i/|home|search|intent|share|hashtag|explore)[A-Za-z0-9_]{1,15})"
_FB_NAME = r"(?P<handle>(?!groups|watch|share|story|photo|reel|login|sharer|permalink|plugins|dialog)[\w.-]{1,80})"
_FB_POST = "(?P<id>[A-Za-z0-9]{5,100})"
_META_NAME = r"(?P<handle>[A-Za-z0-9._]{1,30})"
_CODE = r"(?P<id>[A-Za-z0-9_-]{5,60})"
_VIDEO = r"(?P<id>[A-Za-z0-9_-]{11})"
_TG_NAME = "(?P<handle>[A-Za-z][A-Za-z0-9_]{3,31})"

_SITES = (
    _Site(
        Network.X,
        frozenset({"x.com", "twitter.com"}),
        (
            _form(r"/i/(?:web/)?status/(?P<id>\d{1,20})"),
            _form(rf"/{_X_NAME}/status(?:es)?/(?P<id>\d{{1,20}})(?:/(?:photo|video)/\d)?"),
            _form(f"/{_X_NAME}"),
        ),
    ),
    _Site(
        Network.FACEBOOK,
        frozenset({"facebook.com", "fb.com", "fb.watch", "fb.me"}),
        (
            _form(rf"/{_FB_NAME}/(?:posts|videos|photos)(?:/[\w.%-]{{1,200}})??/{_FB_POST}"),
            _form(rf"/(?:share/[a-z]|reel|groups/[\w.-]+/(?:posts|permalink))/{_FB_POST}"),
            _form("/watch", "v"),
            _form(r"/(?:permalink|story)\.php", "story_fbid"),
            _form(r"/photo(?:\.php)?", "fbid"),
            _form(f"/{_FB_NAME}"),
        ),
    ),
    _Site(
        Network.INSTAGRAM,
        frozenset({"instagram.com", "instagr.am"}),
        (
            _form(rf"/(?:p|reel|reels|tv)/{_CODE}"),
            _form(rf"/{_META_NAME}/(?:p|reel|tv)/{_CODE}"),
            _form(rf"/stories/{_META_NAME}/(?P<id>\d{{5,25}})"),
            _form(f"/{_META_NAME}"),
        ),
    ),
    _Site(
        Network.LINKEDIN,
        frozenset({"linkedin.com", "lnkd.in"}),
        (
            _form(r"/posts/(?P<handle>[\w-]{1,100}?)_.*?-(?P<id>(?:activity|share|ugcPost)-\d{10,25})(?:-.*)?"),
            _form(r"/feed/update/urn:li:(?P<id>(?:activity|share|ugcPost):\d{10,25})"),
            _form(r"/(?:company|in|school|showcase)/(?P<handle>[\w-]{1,100})(?:/.*)?"),
        ),
    ),
    _Site(
        Network.BLUESKY,
        frozenset({"bsky.app"}),
        (
            _form(r"/profile/(?P<handle>[\w.:%-]{3,253})/post/(?P<id>[\w.~-]{1,64})"),
            _form(r"/profile/(?P<handle>[\w.:%-]{3,253})"),
        ),
    ),
    _Site(
        Network.THREADS,
        frozenset({"threads.net", "threads.com"}),
        (
            _form(rf"/@{_META_NAME}/post/{_CODE}"),
            _form(rf"/t/{_CODE}"),
            _form(f"/@{_META_NAME}"),
        ),
    ),
    _Site(
        Network.TELEGRAM,
        frozenset({"t.me", "telegram.me", "telegram.dog"}),
        (
            _form(r"/c/(?P<id>\d{1,20}(?:/\d{1,10}){1,2})"),
            _form(rf"/(?:s/)?{_TG_NAME}/(?:\d{{1,10}}/)?(?P<id>\d{{1,10}})"),
            _form(f"/(?:s/)?{_TG_NAME}"),
        ),
    ),
    _Site(
        Network.YOUTUBE,
        frozenset({"youtube.com", "youtu.be"}),
        (
            _form("/watch", "v"),
            _form(rf"/(?:shorts|live|embed)/{_VIDEO}"),
            _form(r"/post/(?P<id>Ug[A-Za-z0-9_-]{10,60})"),
            _form(r"/(?:channel/|c/|user/)?@?(?P<handle>[\w.-]{3,60})/community", "lb"),
            _form(r"/@(?P<handle>[\w.-]{3,60})(?:/.*)?"),
        ),
    ),
    _Site(
        Network.TIKTOK,
        frozenset({"tiktok.com", "vm.tiktok.com", "vt.tiktok.com"}),
        (
            _form(r"/@(?P<handle>[\w.]{2,32})/(?:video|photo)/(?P<id>\d{10,25})"),
            _form(r"/@(?P<handle>[\w.]{2,32})"),
        ),
    ),
    _Site(
        Network.WHATSAPP,
        frozenset({"whatsapp.com"}),
        (_form(r"/channel/(?P<handle>[A-Za-z0-9]{10,40})(?:/(?P<id>\d{1,12}))?"),),
    ),
)
_SITE_OF = {host: site for site in _SITES for host in site.hosts}
_SHORT_HOSTS = {  # hosts whose whole path is the id
    "fb.watch": re.compile(r"/(?P<id>[\w-]{5,40})/?", re.ASCII),
    "youtu.be": re.compile(f"/{_VIDEO}/?", re.ASCII),
}
_FRONTS = ("www.", "m.", "mobile.", "web.", "music.")
_REGION = re.compile(r"^[a-z]{2}\.(?=linkedin\.com$)")
_MASTODON = (
    re.compile(r"/@(?P<handle>\w{1,60})(?P<server>@[\w.-]{3,253})?/(?P<id>\d{1,20})/?", re.ASCII),
    re.compile(r"/users/(?P<handle>\w{1,60})(?P<server>)/statuses/(?P<id>\d{1,20})(?:/activity)?/?", re.ASCII),
)
_BARE = (
    rf"(?<![\w@./-])(?:(?:www|m|mobile|web)\.)?(?:{'|'.join(map(re.escape, sorted(_SITE_OF)))})/"
    rf"(?:(?![,;]https?://)[^{_STOPS}])+"
)
_ADDRESS = re.compile(rf"(?P<whole>{_LINK})|{_BARE}", re.IGNORECASE)


def find_links(text: str, *, most: int = MOST) -> list[PastedLink]:
    """Return the links in `text` in their order, each post once, at most `most`.

    Words, brackets and punctuation of any script around them do not matter. An address without its scheme is
    taken only when it is a known network's.
    """
    found: dict[str, PastedLink] = {}
    for link in _find(text):
        found.setdefault(post_key(link), link)
        if len(found) == most:
            break
    return list(found.values())


def post_key(link: PastedLink) -> str:
    """Return one name for all addresses of one post, or of one page."""
    if link.external_id:
        return f"{link.network.value}:{link.external_id}"
    return normalise_url(link.url) or link.url


def _find(text: str) -> Iterator[PastedLink]:
    # Marks that cannot be seen, such as those of the writing direction, end an address.
    plain = "".join(" " if unicodedata.category(mark) == "Cf" else mark for mark in text[:_MAX_TEXT])
    for match in _ADDRESS.finditer(plain):
        whole = bool(match["whole"])
        link = _recognise_found(match[0] if whole else f"https://{match[0]}")
        if link and (whole or link.network is not Network.WEBSITE):
            yield link


def _recognise_found(found: str) -> PastedLink | None:
    link = recognise(_trimmed(found))
    if link is None or link.network in {Network.WEBSITE, Network.MASTODON} or found.isascii():
        return link
    # Networks' addresses are ASCII: what follows are words that were written right behind one.
    return recognise(_trimmed(re.split(r"[^\x00-\x7f]", found, maxsplit=1)[0]))


def recognise(url: str) -> PastedLink | None:
    """Return what the address `url` tells by itself, without asking anybody.

    None for anything but http(s), for a name or password in it, and above 2,048 characters. A host that
    only resembles a network's is a website. The id has the form under which a tracker would see the post.
    """
    parts = _split(url)
    if parts is None:
        return None
    host = (parts.hostname or "").rstrip(".")
    site = _SITE_OF.get(_plain(host)) if parts.port in {None, 80, 443} else None
    if site is None:
        return _fediverse(parts, url) or PastedLink(Network.WEBSITE, url)
    handle, post = _read(site, _plain(host), parts)
    return PastedLink(site.network, url, handle, _external_id(site.network, handle, post))


def _split(url: str) -> SplitResult | None:
    if len(url) > MAX_URL or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and 0 < len(parts.hostname or "") <= _MAX_HOST and parts.port != 0
    except ValueError:
        return None
    return parts if is_web and "@" not in parts.netloc else None


def _plain(host: str) -> str:
    host = _REGION.sub("", host)
    return next((host.removeprefix(front) for front in _FRONTS if host.startswith(front)), host)


def _read(site: _Site, host: str, parts: SplitResult) -> tuple[str | None, str | None]:
    path = unquote(parts.path)
    if host in _SHORT_HOSTS:
        match = _SHORT_HOSTS[host].fullmatch(path)
        return None, match["id"] if match else None
    for form in site.forms:
        match = form.path.fullmatch(path)
        if match:
            groups = match.groupdict()
            post = _parameter(parts.query, form.parameter) if form.parameter else groups.get("id")
            return groups.get("handle"), post
    return None, None


def _parameter(query: str, name: str) -> str | None:
    try:
        value = parse_qs(query, max_num_fields=50).get(name, [""])[0]
    except ValueError:
        return None
    return value if re.fullmatch(r"[A-Za-z0-9_-]{5,100}", value, re.ASCII) else None


def _external_id(network: Network, handle: str | None, post: str | None) -> str | None:
    if post is None:
        return None
    if network is Network.BLUESKY:
        return f"at://{handle}/app.bsky.feed.post/{post}"
    if network is Network.TELEGRAM:
        return f"{handle.lower()}/{post}" if handle else f"c/{post}"
    if network is Network.LINKEDIN:
        return "urn:li:" + post.replace("-", ":", 1)
    if network is Network.WHATSAPP:
        return f"{handle}/{post}"
    return post


def _fediverse(parts: SplitResult, url: str) -> PastedLink | None:
    # A server's host is any host, and only its own posts have the id that other servers know them by;
    # the copy of a remote post tells no id.
    host = (parts.hostname or "").rstrip(".")
    for shape in _MASTODON:
        match = shape.fullmatch(parts.path)
        if match and (remote := match["server"]):
            return PastedLink(Network.MASTODON, url, match["handle"] + remote)
        if match:
            actor = f"https://{parts.netloc.lower()}/users/{match['handle']}"
            return PastedLink(Network.MASTODON, url, f"{match['handle']}@{host}", f"{actor}/statuses/{match['id']}")
    return None


def _trimmed(url: str) -> str:
    while url and (url[-1] in _ENDINGS or _is_open_end(url)):
        url = url[:-1]
    return url


def _is_open_end(url: str) -> bool:
    opening = _BRACKETS.get(url[-1])
    return opening is not None and url.count(url[-1]) > url.count(opening)
