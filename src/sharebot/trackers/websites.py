"""Parties' own websites, by their feeds and sitemaps: who links to our pages there, or reprints them.

An account's id is its site: the host, and on a host that several share the part beneath which its pages lie.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

from sharebot.config.settings import Settings
from sharebot.errors import RateLimited, TemporaryError
from sharebot.trackers.patience import UNREADABLE
from sharebot.trackers.seam import Http, Identity, Look, Observation, Purse, Watched
from sharebot.trackers.websites_addresses import Site, folder_of, host_of, page_id, site_at, site_of, split
from sharebot.trackers.websites_feeds import Feed, Sitemap, read_listing
from sharebot.trackers.websites_http import Reply, get
from sharebot.trackers.websites_look import SiteLook, SiteRefused, check_reply, page_post, read_reply, start_url
from sharebot.trackers.websites_pages import is_page
from sharebot.trackers.websites_robots import Robots
from sharebot.values.posts import KnownPost, PastedLink, Post
from sharebot.values.status import Network
from sharebot.values.tracking import Unobservable

AT_ONCE = 4
_GONE = frozenset({404, 410})
_HIDDEN = frozenset({401, 403})

log = logging.getLogger(__name__)


def open_tracker(settings: Settings, http: Http, _purse: Purse) -> "WebsitesTracker | None":
    """Return the tracker when websites are switched on."""
    part = settings.websites
    return WebsitesTracker(http, every=timedelta(minutes=part.every_minutes)) if part.enabled else None


class WebsitesTracker:
    """Each site is a server of its own: what one asks for, or fails at, concerns that one alone."""

    identify_every = timedelta(days=7)

    def __init__(self, http: Http, *, every: timedelta = timedelta(hours=3)) -> None:
        self._http, self.every = http, every
        self._robots = Robots(http)

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        """See `seam.Tracker`; four sites are asked at once. Raises only when none of many answers."""
        answered, missed = 0, 0
        for start in range(0, len(look.accounts), AT_ONCE):
            some = look.accounts[start : start + AT_ONCE]
            for part in await asyncio.gather(*(self._see(account, look) for account in some if account.external_id)):
                missed += len(part.missed)
                answered += len(part.seen) + len(part.failed)
                yield part
        if missed > AT_ONCE and not answered:
            raise TemporaryError(f"none of {missed} sites answered")

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        """See `seam.Tracker`."""
        found: dict[int, Identity] = {}
        for start in range(0, len(accounts), AT_ONCE):
            some = accounts[start : start + AT_ONCE]
            told = await asyncio.gather(*(self._identify(account) for account in some))
            found |= {one.account_id: identity for one, identity in zip(some, told, strict=True) if identity}
        return found

    async def look_up(self, link: PastedLink, accounts: Sequence[Watched]) -> Post | None:
        """See `seam.Tracker`. Only a page of a registered site is asked for.

        Any other comes back unread, under its host's name, which is none of the party's; so does one that leads to
        another host. Raises TemporaryError while a site of the party is yet to be looked up.
        """
        sites = [site_of(one.external_id) for one in accounts if one.external_id]
        site = next((one for one in sites if one.holds(link.url)), None)
        if site is None:
            if len(sites) < len(accounts):
                raise TemporaryError("the party's site was not looked up yet")
            return _foreign(link.url)
        reply = await get(self._http, link.url)
        if reply.status in _GONE | _HIDDEN:
            return None
        if reply.status != 200:
            raise TemporaryError(f"answered {reply.status}")
        if not site.holds(reply.url):
            return _foreign(reply.url)
        try:
            return page_post(site, reply.url, await read_reply(reply))
        except UNREADABLE as error:
            raise TemporaryError(f"wrote what cannot be read: {type(error).__name__}") from error

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        """See `seam.Tracker`. A page that answers 404 or 410 is gone; one that still answers is still there."""
        found: dict[str, bool] = {}
        for post in posts:
            url = post.url or post.external_id
            if not site_of(post.author_id).holds(url):
                continue
            try:
                reply = await get(self._http, url)
            except TemporaryError:
                continue
            if reply.status == 200 or reply.status in _GONE:
                found[post.external_id] = reply.status == 200
        return found

    async def _see(self, account: Watched, look: Look) -> Observation:
        one = SiteLook(self._http, self._robots, account, look)
        row = account.account_id
        if left := one.state.must_wait(look.now):
            return Observation(missed={row: f"asks to be left alone for {int(left.total_seconds())} s"})
        try:
            return await one.run()
        except SiteRefused as refusal:
            return Observation(failed={row: refusal.reason})
        except UNREADABLE as error:
            log.warning("a site wrote what cannot be read account=%d: %s", row, type(error).__name__)
            return Observation(missed={row: f"wrote what cannot be read: {type(error).__name__}"})
        except TemporaryError as error:
            wait = error.retry_after or (timedelta(hours=1) if isinstance(error, RateLimited) else None)
            cursors = one.state.waiting(look.now + wait).cursor(account) if wait else {}
            return Observation(cursors=cursors, missed={row: str(error)})

    async def _identify(self, account: Watched) -> Identity | None:
        """Return what a registered address is; None when it could not be asked for."""
        url = start_url(account.handle)
        entered = site_at(url)
        if entered is None:
            return Identity(None, account.handle, Unobservable.NOT_FOUND)
        try:
            reply = await get(self._http, url)
            check_reply(reply, entered)
            site = await _site_behind(reply, url, entered)
        except SiteRefused as refusal:
            is_new = account.external_id is None and refusal.reason is Unobservable.GONE
            return Identity(account.external_id, account.handle, Unobservable.NOT_FOUND if is_new else refusal.reason)
        except (TemporaryError, *UNREADABLE):
            return None
        if site is None:
            return None
        is_same = account.external_id and site_of(account.external_id).host == site.host
        return Identity(account.external_id if is_same else site.identity, account.handle)


async def _site_behind(reply: Reply, url: str, entered: Site) -> Site | None:
    """Return the site that a feed, a sitemap or a front page belongs to; None when it is none of them.

    A feed says itself what its front page is, and a sitemap stands for its own folder. Either is the site when all
    pages listed lie beneath it; otherwise the site is the whole host.
    """
    listing = await asyncio.to_thread(read_listing, reply.body, url)
    if listing is None:
        return entered if is_page(reply.body) else None
    if isinstance(listing, Feed):
        home, listed = listing.home, [one.url for one in listing.entries]
    else:
        home, listed = folder_of(url), _listed(listing)
    near = site_at(home) if home else None
    own = [page for page in listed if Site(entered.host).holds(page)]
    is_apart = near is not None and near.host == entered.host and all(near.holds(page) for page in own)
    return near if is_apart else Site(entered.host)


def _listed(sitemap: Sitemap) -> list[str]:
    return [url for url, _at in (*sitemap.pages, *sitemap.others)]


def _foreign(url: str) -> Post:
    parts = split(url)
    host = (host_of(parts) if parts else None) or "?"
    return Post(Network.WEBSITE, page_id(url) or url, host, url=url)
