"""Find what is new on one site: its feed or sitemap, and the pages these list."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from sharebot.errors import TemporaryError
from sharebot.trackers.seam import Http, Look, Observation, Watched
from sharebot.trackers.websites_addresses import Site, host_of, page_id, site_of, split
from sharebot.trackers.websites_feeds import Entry, Feed, Sitemap, read_listing
from sharebot.trackers.websites_http import Reply, get
from sharebot.trackers.websites_pages import Page, is_page, links_of, read_page, text_of
from sharebot.trackers.websites_robots import Robots
from sharebot.trackers.websites_state import State, mark_of, marks_cursor, read_marks
from sharebot.values.posts import Post
from sharebot.values.status import Network
from sharebot.values.tracking import Unobservable

MAX_PAGES = 10  # of one site in one look
_MAX_SITEMAPS = 5
_FULL_TEXT = 2000  # so many characters are no summary
_GONE = frozenset({404, 410})
_PROTECTED = frozenset({401, 403})


class SiteRefused(Exception):
    """The site does not show itself, for this `reason`."""

    def __init__(self, reason: Unobservable) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed or sitemap, and the answer it came with; `content` is None when it has not changed."""

    url: str
    reply: Reply
    content: Feed | Sitemap | None


@dataclass(slots=True)
class Gathered:
    """What a look has found so far; `rest` is whether something was left for the next look."""

    posts: list[Post] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    pages: int = 0
    rest: bool = False


class SiteLook:
    """One look at one account's site."""

    def __init__(self, http: Http, robots: Robots, account: Watched, look: Look) -> None:
        self._http, self._robots, self._account, self._look = http, robots, account, look
        self._site = site_of(account.external_id or "")
        self._state = State.read(account, look.cursors)

    @property
    def state(self) -> State:
        """What earlier looks left."""
        return self._state

    async def run(self) -> Observation:
        """Return what is new. Raises SiteRefused, RateLimited or TemporaryError."""
        listing = await self._find_listing()
        row = self._account.account_id
        if listing.content is None:
            return Observation(cursors=self._state.after(listing.url, listing.reply).cursor(self._account), seen=(row,))
        known = read_marks(self._account, self._look.cursors)
        entries = await self._entries(listing)
        gathered = Gathered()
        for entry in entries:
            await self._look_at(entry, frozenset(known), gathered)
        state = self._state.unfinished(listing.url) if gathered.rest else self._state.after(listing.url, listing.reply)
        cursors = state.cursor(self._account) | marks_cursor(self._account, [*gathered.marks, *known])
        return Observation(tuple(gathered.posts), cursors, seen=(row,))

    async def _find_listing(self) -> Listing:
        """Return the feed or sitemap that was found before, else the one that the registered address leads to."""
        if self._state.listing:
            reply = await get(self._http, self._state.listing, headers=self._state.headers(self._state.listing))
            if reply.status in {200, 304}:
                return await self._listing_in(self._state.listing, reply) or await self._discover()
        return await self._discover()

    async def _discover(self) -> Listing:
        url = start_url(self._account.handle)
        reply = await get(self._http, url)
        check_reply(reply, self._site)
        found = await self._listing_in(url, reply)
        if found is not None:
            return found
        named = read_page(reply.body, url=reply.url, content_type=reply.content_type).feeds
        near = [one for one in named if self._is_on_host(one)]
        maps = [one for one in await self._robots.sitemaps(url, now=self._look.now) if self._is_on_host(one)]
        usual = urljoin(url, f"{self._site.path}/sitemap.xml")
        for candidate in [*near[:3], *maps[:2], usual]:
            answer = await get(self._http, candidate)
            found = await self._listing_in(candidate, answer) if answer.status == 200 else None
            if found is not None:
                return found
        raise TemporaryError("no feed or sitemap was found there")

    async def _listing_in(self, url: str, reply: Reply) -> Listing | None:
        if not self._is_on_host(reply.url):
            return None
        state = self._state
        if reply.status == 304 or (url == state.listing and state.after(url, reply).digest == state.digest):
            return Listing(url, self._kept(reply) if reply.status == 304 else reply, None)
        content = await asyncio.to_thread(read_listing, reply.body, url)
        return Listing(url, reply, content) if content else None

    def _kept(self, reply: Reply) -> Reply:
        """Return a 304 with what the whole answer had before it."""
        return replace(reply, headers={"etag": self._state.etag, "last-modified": self._state.modified})

    async def _entries(self, listing: Listing) -> Sequence[Entry]:
        """Return the site's own entries of the time that counts, newest first."""
        content = listing.content
        if isinstance(content, Sitemap):
            pages = [*content.pages, *await self._pages_beneath(content)]
            listed = [Entry(url, at=at) for url, at in pages if at is not None]
        else:
            listed = list(content.entries) if content else []
        own = [one for one in listed if self._site.holds(one.url) and (one.at is None or one.at >= self._look.since)]
        return sorted(own, key=lambda one: one.at or self._look.since, reverse=True)

    async def _pages_beneath(self, index: Sitemap) -> list[tuple[str, datetime | None]]:
        """Return what the sitemaps of an index list: those of news first, then the newest, five at most."""
        fresh = [
            (url, at) for url, at in index.others if self._is_on_host(url) and (at is None or at >= self._look.since)
        ]
        fresh.sort(key=lambda one: ("news" not in one[0].lower(), -(one[1] or self._look.since).timestamp()))
        pages: list[tuple[str, datetime | None]] = []
        for url, _at in fresh[:_MAX_SITEMAPS]:
            reply = await get(self._http, url)
            content = await asyncio.to_thread(read_listing, reply.body, url) if reply.status == 200 else None
            pages += content.pages if isinstance(content, Sitemap) else ()
        return pages

    async def _look_at(self, entry: Entry, known: frozenset[str], gathered: Gathered) -> None:
        mark = mark_of(entry.url, entry.title, entry.markup, str(entry.at) if not entry.markup else "")
        if mark in known or mark in gathered.marks:
            return
        links, text = links_of(entry.markup, entry.url), text_of(entry.markup)
        post = entry_post(entry, self._site, links, text)
        if post is None:
            return
        is_whole = len(text) >= _FULL_TEXT and not self._has_ours(links)
        if not is_whole and gathered.pages >= MAX_PAGES:
            gathered.rest = True
            return
        try:
            seen = post if is_whole else await self._on_its_page(entry, post, gathered)
        except TemporaryError:
            gathered.rest = True
            return
        gathered.marks.append(mark)
        gathered.posts += [seen] if seen else []

    async def _on_its_page(self, entry: Entry, post: Post, gathered: Gathered) -> Post | None:
        """Return the post with what its page has in addition; None when its page is elsewhere."""
        if not await self._robots.allows(entry.url, now=self._look.now):
            return post
        gathered.pages += 1
        reply = await get(self._http, entry.url)
        if not self._site.holds(reply.url):
            return None
        if reply.status != 200 or not is_page(reply.body):
            return post
        page = await read_reply(reply)
        return page_post(self._site, reply.url, page, first=post)

    def _has_ours(self, links: Sequence[str]) -> bool:
        hosts = {urlsplit(link).hostname for link in links}
        return bool(hosts & set(self._look.hosts))

    def _is_on_host(self, url: str) -> bool:
        parts = split(url)
        return parts is not None and host_of(parts) == self._site.host


def start_url(handle: str) -> str:
    """Return a registered address as one that can be asked for; https where it names no scheme."""
    plain = handle.strip()
    return plain if "://" in plain else f"https://{plain}"


def check_reply(reply: Reply, site: Site | None) -> None:
    """Raise SiteRefused when a site is gone, moved to another host, or hidden, and TemporaryError when it is odd."""
    parts = split(reply.url)
    if reply.status in _GONE or (site and (parts is None or host_of(parts) != site.host)):
        raise SiteRefused(Unobservable.GONE)
    if reply.status in _PROTECTED:
        raise SiteRefused(Unobservable.PROTECTED)
    if reply.status != 200:
        raise TemporaryError(f"answered {reply.status}")


async def read_reply(reply: Reply) -> Page:
    """Read an answer as a page, beside the loop."""
    return await asyncio.to_thread(read_page, reply.body, url=reply.url, content_type=reply.content_type)


def entry_post(entry: Entry, site: Site, links: Sequence[str], text: str) -> Post | None:
    """Return an entry of a feed as a post of the site."""
    external_id = page_id(entry.url)
    if external_id is None:
        return None
    title = text_of(entry.title)
    return Post(
        network=Network.WEBSITE,
        external_id=external_id,
        author_id=site.identity,
        at=entry.at,
        url=entry.url,
        links=tuple(links),
        text=f"{title}\n{text}".strip(),
    )


def page_post(site: Site, url: str, page: Page, *, first: Post | None = None) -> Post:
    """Return a page as a post, under the address it gives itself when that is the site's; `first` is from its feed."""
    own = page.canonical if page.canonical and site.holds(page.canonical) else url
    # A site's front page names itself on pages that were badly set up: that is no address of an article.
    own = own if page_id(own) != page_id(f"https://{site.identity}") else url
    links = (*(first.links if first else ()), *page.links)
    return Post(
        network=Network.WEBSITE,
        external_id=page_id(own) or own,
        author_id=site.identity,
        at=(first.at if first else None) or page.at,
        url=own,
        links=tuple(dict.fromkeys(links)),
        text=max(first.text if first else "", page.text, key=len),
    )
