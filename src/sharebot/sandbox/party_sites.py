"""Parties' own websites: a front page, articles, and a feed or a sitemap that lists them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Literal

from sharebot.sandbox.sites import Sites

Listing = Literal["feed", "sitemap", "front"]


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `summary` is what a feed shows of it."""

    slug: str
    title: str
    markup: str
    at: datetime
    summary: str = ""


@dataclass(slots=True)
class _Party:
    title: str
    listing: Listing
    articles: dict[str, Article] = field(default_factory=dict)


class PartySites:
    """All sites stand on one host, each beneath a path of its own; `base` returns where the paths begin."""

    def __init__(self, sites: Sites, *, base: Callable[[], str]) -> None:
        self._sites, self._base = sites, base
        self._parties: dict[str, _Party] = {}

    def open(self, code: str, title: str, *, listing: Listing = "feed") -> str:
        """Open a site, and return the address that its party gives: its feed's, its sitemap's or its front page's."""
        self._parties.setdefault(code, _Party(title, listing))
        self._publish(code)
        name = {"feed": "feed.xml", "sitemap": "sitemap.xml", "front": ""}[listing]
        return f"{self.home(code)}/{name}" if name else self.home(code)

    def home(self, code: str) -> str:
        """Return where a party's site is."""
        return f"{self._base()}/parties/{code}"

    def write(self, code: str, slug: str, title: str, markup: str, *, summary: str = "") -> str:
        """Publish an article, and return its address; a feed has all of it, unless there is a `summary`."""
        party = self._parties[code]
        party.articles[slug] = Article(slug, title, markup, self._sites.clock.now(), summary)
        self._publish(code)
        return f"{self.home(code)}/{slug}"

    def list_articles(self) -> list[tuple[str, Article, str]]:
        """Return every article with its party's code and its address."""
        return [
            (code, article, f"{self.home(code)}/{article.slug}")
            for code, party in self._parties.items()
            for article in party.articles.values()
        ]

    def delete(self, code: str, slug: str) -> None:
        """Take an article away."""
        self._parties[code].articles.pop(slug, None)
        self._sites.files.pop(f"/parties/{code}/{slug}", None)
        self._publish(code)

    def close(self, code: str) -> None:
        """Let a whole site vanish."""
        self._parties.pop(code, None)
        for path in [one for one in self._sites.files if one.startswith(f"/parties/{code}")]:
            del self._sites.files[path]

    def _publish(self, code: str) -> None:
        party, home, path = self._parties[code], self.home(code), f"/parties/{code}"
        html = "text/html; charset=utf-8"
        feed = f'<link rel="alternate" type="application/rss+xml" href="{home}/feed.xml">'
        front = f"<h1>{escape(party.title)}</h1>"
        self._sites.publish(path, _page(party.title, front, head=feed), html)
        for one in party.articles.values():
            body = f"<article><h1>{escape(one.title)}</h1>{one.markup}</article>"
            canonical = f'<link rel="canonical" href="{home}/{one.slug}">'
            self._sites.publish(f"{path}/{one.slug}", _page(one.title, body, head=canonical), html)
        newest = sorted(party.articles.values(), key=lambda one: one.at, reverse=True)
        if party.listing == "sitemap":
            self._sites.publish(f"{path}/sitemap.xml", _sitemap(home, newest), "application/xml")
        else:
            self._sites.publish(f"{path}/feed.xml", _rss(home, party.title, newest), "application/rss+xml")


def _page(title: str, body: str, *, head: str) -> str:
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f'<body><nav><a href="/">Home</a></nav>{body}<footer>Imprint</footer></body></html>'
    )


def _rss(home: str, title: str, articles: list[Article]) -> str:
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{home}/{one.slug}</link><guid>{home}/{one.slug}</guid>"
        f"<pubDate>{format_datetime(one.at, usegmt=True)}</pubDate>"
        f"<description>{escape(one.summary or one.markup)}</description></item>"
        for one in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>{home}</link><description/>{items}</channel></rss>"
    )


def _sitemap(home: str, articles: list[Article]) -> str:
    urls = "".join(
        f"<url><loc>{home}/{one.slug}</loc><lastmod>{one.at.isoformat(timespec='seconds')}</lastmod></url>"
        for one in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    )
