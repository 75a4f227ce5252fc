"""Whose page a Webmention tells of, and whether what it mentions is ours."""

from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import ObservedPost, SocialAccount, Variant
from sharebot.store.links import is_live
from sharebot.store.tracking import list_watched
from sharebot.trackers.seam import Watched
from sharebot.trackers.websites_addresses import page_id, site_of
from sharebot.values.posts import KnownPost, Post
from sharebot.values.status import Network


def list_sites_of(session: Session, source: str) -> list[Watched]:
    """Return the parties' sites that the page `source` belongs to; the Alliance's own are none of them."""
    watched = [one for one in list_watched(session, Network.WEBSITE) if not one.is_own]
    return [one for one in watched if one.external_id and site_of(one.external_id).holds(source)]


def find_known(session: Session, source: str) -> KnownPost | None:
    """Return the post that was seen at the page `source`, under the address that it had then, or None.

    Addresses that are one page to us may be two to its server: that one of them leads nowhere says nothing.
    """
    rows = (
        select(ObservedPost, SocialAccount.external_id)
        .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
        .where(ObservedPost.network == Network.WEBSITE, ObservedPost.external_id == (page_id(source) or ""))
    )
    found = session.exec(rows).first()
    return KnownPost(found[0].external_id, found[1] or "", url=found[0].url) if found else None


def is_told(session: Session, post: Post, target: str) -> bool:
    """Whether a page at the same path, with another query, was seen to link to `target`: that is this very page."""
    path, wanted = post.external_id.partition("?")[0], page_id(target)
    same = select(ObservedPost).where(
        ObservedPost.network == Network.WEBSITE,
        ObservedPost.external_id != post.external_id,
        (col(ObservedPost.external_id) == path) | col(ObservedPost.external_id).startswith(f"{path}?", autoescape=True),
    )
    return any(page_id(link) == wanted for row in session.exec(same) for link in row.links.split("\n"))


def is_ours(session: Session, target: str, settings: Settings, *, now: datetime) -> bool:
    """Whether `target` may be a short link of ours, a page of the Alliance's own site, or a released item's page.

    A short link's code is not looked up, so that the answer tells nothing of which there are.
    """
    parts, web = urlsplit(target), urlsplit(settings.web.public_url)
    if parts.netloc.lower() == web.netloc.lower() and parts.path.startswith("/r/"):
        return True
    if parts.hostname == urlsplit(settings.organisation.url).hostname:
        return True
    released = select(Variant.id).where(Variant.url == target, is_live(now))
    return session.exec(released.limit(1)).first() is not None
