"""Whose page an address is where the sites of several parties share a host."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from sharebot.models import SocialAccount
from sharebot.trackers.websites_addresses import Site, site_of
from sharebot.values.posts import Post
from sharebot.values.status import Network


def leave_others(session: Session, posts: Sequence[Post]) -> list[Post]:
    """Return the posts without pages in a part of their host that is registered as a site of its own.

    Who has the host, or says so in a feed, has not that part; its own account sees what is there.
    """
    if not any(post.network is Network.WEBSITE for post in posts):
        return list(posts)
    parts = select(SocialAccount.external_id).where(
        SocialAccount.network == Network.WEBSITE, col(SocialAccount.external_id).contains("/")
    )
    sites = [site_of(one) for one in session.exec(parts) if one]
    return [post for post in posts if not _is_in_another(post, sites)]


def _is_in_another(post: Post, sites: Sequence[Site]) -> bool:
    if post.network is not Network.WEBSITE or not post.url:
        return False
    deeper = (one for one in sites if one.identity.startswith(f"{post.author_id}/"))
    return any(one.holds(post.url) for one in deeper)
