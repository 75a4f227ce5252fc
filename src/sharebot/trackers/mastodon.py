"""The Fediverse: boosts as the Alliance's own server knows them, posts as each account's own server tells them."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from functools import partial

from sharebot.config.settings import Mastodon, Settings
from sharebot.errors import PermanentError, TemporaryError
from sharebot.trackers import mastodon_views as views
from sharebot.trackers.mastodon_accounts import look_up_account, see_account
from sharebot.trackers.mastodon_api import LoginWanted, Missing, Server, Servers
from sharebot.trackers.mastodon_home import Home
from sharebot.trackers.patience import UNREADABLE, Part, Question, started_early
from sharebot.trackers.seam import Http, Identity, Look, Observation, Purse, Watched
from sharebot.values.posts import KnownPost, PastedLink, Post
from sharebot.values.status import PostKind
from sharebot.values.tracking import Unobservable

log = logging.getLogger(__name__)


def open_tracker(settings: Settings, http: Http, _purse: Purse) -> "MastodonTracker | None":
    """Return the tracker when the Fediverse is switched on."""
    return MastodonTracker(http, settings.mastodon) if settings.mastodon.enabled else None


class MastodonTracker:
    """Accounts are known by their ActivityPub address. No server is asked for another server's accounts or posts,
    but the Alliance's own for who repeated the Alliance's posts; its token goes to no other.
    """

    identify_every = timedelta(days=7)

    def __init__(self, http: Http, part: Mastodon) -> None:
        self._http, self._part = http, part
        self.every = timedelta(minutes=part.every_minutes)

    async def observe(self, look: Look) -> AsyncIterator[Observation]:
        """See `seam.Tracker`. A server that is down, or asks to wait, is left alone; the others are asked.

        The cursors are those of `mastodon_accounts` and `mastodon_home`. Raises at the end when the Alliance's own
        server failed, or no server answered at all.
        """
        servers = Servers(self._http, self._part)
        async with aclosing(_each(self._feeds(look, servers))) as seen:
            async for part in seen:
                yield part
        home = servers.home()
        if home:
            async with aclosing(Home(home).observe(look)) as repeated:
                async for part in repeated:
                    yield part
        servers.raise_if_silent()

    async def identify(self, accounts: Sequence[Watched]) -> Mapping[int, Identity]:
        """See `seam.Tracker`."""
        servers, found = Servers(self._http, self._part), dict[int, Identity]()
        questions: list[Question[Identity]] = [
            (account.account_id, partial(_identify, servers.of_handle(account.handle), account)) for account in accounts
        ]
        async with aclosing(started_early(questions)) as early:
            async for account_id, task in early:
                try:
                    found[account_id or 0] = await task
                except (TemporaryError, *UNREADABLE) as error:
                    log.info("mastodon account not looked up id=%s: %s", account_id, error)
        if not found:
            servers.raise_if_silent()
        return found

    async def look_up(self, link: PastedLink, accounts: Sequence[Watched]) -> Post | None:
        """See `seam.Tracker`. Only a server where one of the `accounts` is, and only for a post of its own."""
        host = views.host_of(link.external_id)
        key = views.status_id(link.external_id or "")
        known = [one for one in accounts if host in {_server_name(one.handle), views.host_of(one.external_id)}]
        server = Servers(self._http, self._part).of_handle(known[0].handle) if known else None
        if server is None or key is None:
            return None
        try:
            post = views.read_status(await server.get(f"statuses/{key}"), server=server.name)
        except PermanentError:
            return None
        is_own = post is not None and views.host_of(post.author_id) in {views.host_of(one.external_id) for one in known}
        return post if is_own else None

    async def recheck(self, posts: Sequence[KnownPost]) -> Mapping[str, bool]:
        """See `seam.Tracker`. Boosts have no page of their own: they are looked for in who boosted."""
        servers, found = Servers(self._http, self._part), dict[str, bool]()
        asked = [(post.external_id, server) for post in posts if (server := _server_of(servers, post))]
        questions: list[Question[bool | None]] = [
            (number, partial(_is_there, server, uri)) for number, (uri, server) in enumerate(asked)
        ]
        async with aclosing(started_early(questions)) as early:
            async for number, task in early:
                try:
                    is_there = await task
                except TemporaryError as error:
                    log.info("mastodon post not looked for: %s", error)
                else:
                    found |= {} if is_there is None else {asked[number or 0][0]: is_there}
        if home := servers.home():
            found |= await Home(home).recheck([post for post in posts if post.kind is PostKind.REPOST])
        if not found:
            servers.raise_if_silent()
        return found

    def _feeds(self, look: Look, servers: Servers) -> Iterator[Part]:
        for account in look.accounts:
            server = servers.of_handle(account.handle)
            if server and account.external_id and views.is_uri(account.external_id):
                yield account.account_id, partial(see_account, server, account, look)


async def _each(parts: Iterator[Part]) -> AsyncGenerator[Observation, None]:
    async with aclosing(started_early(parts)) as early:
        async for account_id, task in early:
            try:
                yield await task
            except TemporaryError as error:
                yield Observation(missed={account_id: str(error)} if account_id is not None else {})
            except UNREADABLE as error:
                log.warning("a server wrote what cannot be read account=%s: %s", account_id, type(error).__name__)
                told = f"wrote what cannot be read: {type(error).__name__}"
                yield Observation(missed={account_id: told} if account_id is not None else {})


async def _identify(server: Server | None, account: Watched) -> Identity:
    if server is None:
        return Identity(None, account.handle, Unobservable.NOT_FOUND)
    missing = Unobservable.GONE if account.external_id else Unobservable.NOT_FOUND
    try:
        profile = await look_up_account(server, account.handle)
    except Missing:
        return Identity(account.external_id, account.handle, missing)
    except LoginWanted:
        return Identity(account.external_id, account.handle, Unobservable.PROTECTED)
    # Who moved has another address elsewhere; that it is the party's is for the party to say.
    reason = Unobservable.GONE if profile.get("suspended") is True or profile.get("moved") else None
    return Identity(views.actor_uri(profile), account.handle, reason)


async def _is_there(server: Server, uri: str) -> bool | None:
    try:
        status = await server.get(f"statuses/{views.status_id(uri)}")
    except Missing:
        return False
    except LoginWanted:
        return None
    return True if status.get("uri") == uri else None


def _server_of(servers: Servers, post: KnownPost) -> Server | None:
    host = views.host_of(post.external_id)
    is_own = post.kind is not PostKind.REPOST and host == views.host_of(post.author_id)
    return servers.of_host(host) if is_own and views.status_id(post.external_id) else None


def _server_name(handle: str) -> str:
    return handle.strip().lower().rpartition("@")[2]
