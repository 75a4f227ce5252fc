"""Read an account's statuses at its own server.

Only what is public or unlisted is read. Whether an account wants to be recommended or found by search
(`discoverable`, `noindex`) does not matter: it is not, a party gave it to us. Where a server wants a login, nothing is.
"""

from typing import Any

from sharebot.errors import TemporaryError
from sharebot.trackers import mastodon_views as views
from sharebot.trackers.mastodon_api import LoginWanted, Missing, Server
from sharebot.trackers.seam import Look, Observation, Watched
from sharebot.values.posts import Post
from sharebot.values.tracking import Unobservable

PAGE = 40  # the most that /accounts/:id/statuses gives
MAX_PAGES = 5
_MAX_KEY = 200


async def see_account(server: Server, account: Watched, look: Look) -> Observation:
    """Return what an account posted and boosted since the last look.

    Cursors: `i:<account>` its id on its server, `s:<account>` the id of the newest status that was read.
    """
    uri = account.external_id or ""
    known = look.cursors.get(f"i:{uri}")
    try:
        key = known or await _find_id(server, account)
        try:
            posts, newest = await _read(server, key, account, look)
        except Missing:
            # Servers that were set up anew count from one again.
            key = await _find_id(server, account)
            posts, newest = await _read(server, key, account, look)
    except Missing:
        return Observation(failed={account.account_id: Unobservable.GONE})
    except LoginWanted:
        return Observation(failed={account.account_id: Unobservable.PROTECTED})
    cursors = {f"i:{uri}": key} | ({f"s:{uri}": newest} if newest else {})
    fitting = {name: value for name, value in cursors.items() if len(name) <= _MAX_KEY}
    return Observation(tuple(posts), fitting, seen=(account.account_id,))


async def look_up_account(server: Server, handle: str) -> dict[str, Any]:
    """Return what a server says of its own account. Raises Missing, LoginWanted, or TemporaryError."""
    name = handle.strip().removeprefix("@").rpartition("@")[0]
    profile = await server.get("accounts/lookup", acct=name)
    uri = views.actor_uri(profile)
    if uri is None:
        raise TemporaryError("answered with something that is no account")
    if views.host_of(uri) not in {server.name, views.host_of(server.base_url)}:
        raise Missing("an account of another server")
    return profile


async def _find_id(server: Server, account: Watched) -> str:
    profile = await look_up_account(server, account.handle)
    key = views.read_id(profile)
    if key is None:
        raise TemporaryError("answered with something that is no account")
    if views.actor_uri(profile) != account.external_id or profile.get("suspended") is True:
        raise Missing("another account by that name, or none")
    return key


async def _read(server: Server, key: str, account: Watched, look: Look) -> tuple[list[Post], str | None]:
    # An own status may be seen before the content it spreads has arrived: those are read again.
    since = None if account.is_own else look.cursors.get(f"s:{account.external_id}")
    asked = {"exclude_replies": "true", "limit": f"{PAGE}"} | ({"since_id": since} if since else {})
    found, newest = dict[str, Post](), None
    async for page in server.pages(f"accounts/{key}/statuses", max_pages=MAX_PAGES, **asked):
        newest = newest or next((one for status in page if (one := views.read_id(status))), None)
        told = [post for status in page if (post := views.read_status(status, server=server.name))]
        posts = [post for post in told if post.author_id == account.external_id and post.at]
        found |= {post.external_id: post for post in posts if post.at and post.at >= look.since}
        if any(post.at and post.at < look.since for post in posts):
            break
    return list(found.values()), newest
