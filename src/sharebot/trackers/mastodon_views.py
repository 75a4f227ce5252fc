"""Read what servers of the Fediverse answer (docs.joinmastodon.org/entities) into posts, trusting nothing in it."""

import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import nh3

from sharebot.trackers.answers import read_instant
from sharebot.values.posts import Counts, Post
from sharebot.values.status import Network, PostKind

SHOWN = frozenset({"public", "unlisted"})
MAX_TEXT = 20_000
_MAX_HTML = 50_000
_TAGS = {"p", "br", "a", "li", "blockquote", "pre"}
_ATTRIBUTES = {"a": {"href", "class"}}
_MUTE = {"script", "style"}
_MAX_LINKS = 20
_MAX_WORDS = 30
_MAX_COUNT = 2**31 - 1
_URI = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::\d{1,5})?/[!-~]{1,400}", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_STATUS_ID = re.compile(r"/statuses/([A-Za-z0-9_-]{1,64})$", re.ASCII)


def read_status(status: object, *, server: str) -> Post | None:
    """Return the post, boost or quote that a server tells of; None for a damaged or hidden one, or one with a lie.

    `server` is whom we asked: it names those of its own accounts without their server. A post's address and its
    author's have to be on one and the same server.
    """
    fields = _dict(status)
    author, uri = actor_uri(fields.get("account")), fields.get("uri")
    at = read_instant(fields.get("created_at"))
    if author is None or at is None or f"{fields.get('visibility')}" not in SHOWN:
        return None
    if repeated := _dict(fields.get("reblog")):
        return _boost_of(repeated, author, at, server=server)
    if not is_uri(uri) or host_of(uri) != host_of(author):
        return None
    subject = _quoted(fields)
    text, links = read_html(fields.get("content"))
    return Post(
        network=Network.MASTODON,
        external_id=f"{uri}",
        author_id=author,
        kind=PostKind.QUOTE if subject else PostKind.POST,
        at=at,
        url=_page(fields) or f"{uri}",
        subject_id=subject,
        links=_links(links, fields),
        text=text,
        hashtags=_hashtags(fields),
        mentions=_mentions(fields, server),
    )


def boost(author: str, subject: str, *, at: datetime | None = None, links: tuple[str, ...] = ()) -> Post:
    """Return the boost of `subject`, under the same external id wherever it was seen."""
    return Post(
        network=Network.MASTODON,
        external_id=f"boost:{author}:{subject}",
        author_id=author,
        kind=PostKind.REPOST,
        at=at,
        url=subject,
        subject_id=subject,
        links=links,
    )


def read_counts(status: object) -> Counts:
    """Return what a status counts; quotes only where the server is of version 4.5 or later."""
    names = ("reblogs_count", "quotes_count", "replies_count", "favourites_count")
    return Counts(*(_count(_dict(status).get(name)) for name in names))


def actor_uri(account: object) -> str | None:
    """Return the ActivityPub address of an account; servers before 4.2 tell only its page."""
    fields = _dict(account)
    uri = fields.get("uri")
    if is_uri(uri):
        return f"{uri}"
    page, name = fields.get("url"), fields.get("username")
    if uri is None and is_uri(page) and isinstance(name, str) and re.fullmatch(r"\w{1,60}", name, re.ASCII):
        return f"https://{host_of(page)}/users/{name}"
    return None


def read_id(value: object) -> str | None:
    """Return a server's own id of something; None when it is none."""
    text = value.get("id") if isinstance(value, dict) else None
    return text if isinstance(text, str) and _ID.fullmatch(text) else None


def status_id(uri: str) -> str | None:
    """Return the id that a status has on its own server; None where its address does not tell."""
    match = _STATUS_ID.search(uri)
    return match[1] if match and is_uri(uri) else None


def is_uri(value: object) -> bool:
    """Whether `value` is an https address as ActivityPub uses them for ids."""
    return isinstance(value, str) and _URI.fullmatch(value) is not None


def host_of(uri: object) -> str:
    """Return the host of an address, with its port when it has one."""
    return urlsplit(f"{uri}").netloc.lower()


def read_html(content: object) -> tuple[str, list[str]]:
    """Return the text of a status, and where its links lead, those to people and hashtags left out."""
    reader = _Reader()
    if isinstance(content, str):
        # The library's parser needs the square of the time for markup that is made to hurt; cleaned, it is harmless.
        markup = content[:_MAX_HTML]
        reader.feed(nh3.clean(markup, tags=_TAGS, attributes=_ATTRIBUTES, clean_content_tags=_MUTE, link_rel=None))
        reader.close()
    text = re.sub(r"\n{3,}", "\n\n", "".join(reader.words)).strip()
    return text[:MAX_TEXT], reader.links


class _Reader(HTMLParser):
    """Collects words and links of cleaned markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "br":
            self.words.append("\n")
        elif tag == "a" and not {"mention", "hashtag"} & set((named.get("class") or "").split()):
            self.links.append(named.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag != "a":
            self.words.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _boost_of(repeated: dict[str, Any], author: str, at: datetime, *, server: str) -> Post | None:
    subject = repeated.get("uri")
    if not is_uri(subject):
        return None
    inner = read_status({**repeated, "reblog": None}, server=server)
    return boost(author, f"{subject}", at=at, links=inner.links if inner else ())


def _quoted(fields: dict[str, Any]) -> str | None:
    # A quote that its subject's author refused or took back is none (state, 4.5).
    told = _dict(fields.get("quote"))
    uri = _dict(told.get("quoted_status")).get("uri")
    return uri if isinstance(uri, str) and is_uri(uri) and told.get("state") == "accepted" else None


def _page(fields: dict[str, Any]) -> str | None:
    page = fields.get("url")
    return page if isinstance(page, str) and is_uri(page) and host_of(page) == host_of(fields.get("uri")) else None


def _links(links: list[str], fields: dict[str, Any]) -> tuple[str, ...]:
    found = [*links, _dict(fields.get("card")).get("url")]
    return tuple(dict.fromkeys(url for url in found if isinstance(url, str) and _is_link(url)))[:_MAX_LINKS]


def _is_link(url: str) -> bool:
    is_web = url.lower().startswith(("https://", "http://"))
    return is_web and len(url) <= 2048 and url.isprintable() and " " not in url


def _hashtags(fields: dict[str, Any]) -> tuple[str, ...]:
    names = (_dict(tag).get("name") for tag in _list(fields.get("tags")))
    tags = [name.removeprefix("#") for name in names if isinstance(name, str) and name.isprintable()]
    return tuple(dict.fromkeys(tag[:200] for tag in tags if tag))[:_MAX_WORDS]


def _mentions(fields: dict[str, Any], server: str) -> tuple[str, ...]:
    names = (_dict(one).get("acct") for one in _list(fields.get("mentions")))
    accounts = [name.lower() for name in names if isinstance(name, str) and re.fullmatch(r"[\w.@-]{1,320}", name)]
    full = (name if "@" in name else f"{name}@{server}" for name in accounts)
    return tuple(dict.fromkeys(full))[:_MAX_WORDS]


def _count(value: object) -> int | None:
    return min(value, _MAX_COUNT) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
