"""What the share buttons open: decided when they are pressed, so that it can be changed; and how often they are."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from sharebot.models import (
    Campaign,
    Content,
    NetworkText,
    ObservedPost,
    ShareTally,
    SocialAccount,
    Variant,
    Wording,
)
from sharebot.rules.share_links import read_place, repost_url, share_url
from sharebot.store.card_rows import join_hashtags
from sharebot.store.links import LiveLink, list_live
from sharebot.store.recovery import prove_by_click
from sharebot.store.upsert import add_up
from sharebot.values.cards import PostText
from sharebot.values.status import CampaignStatus, ClickOutcome, Network, PostKind


@dataclass(frozen=True, slots=True)
class Press:
    """One request for a share button's address, and what it says of itself."""

    code: str
    place: str
    outcome: ClickOutcome


@dataclass(frozen=True, slots=True)
class Opened:
    """Where a share button leads, and what is posted there, in its language."""

    network: Network
    address: str
    language: str
    title: str
    post: PostText


def find_share(session: Session, press: Press, *, public_url: str, now: datetime) -> Opened | None:
    """Return what the button opens; None when it is unknown, not released, embargoed, or withdrawn."""
    link = list_live(session, [press.code], now=now).get(press.code)
    return _open(session, link, press.place, public_url) if link else None


def open_share(session: Session, press: Press, *, public_url: str, now: datetime) -> Opened | None:
    """Return what the button opens, and count it when a person pressed it; None (and nothing counted) as above."""
    link = list_live(session, [press.code], now=now).get(press.code)
    opened = _open(session, link, press.place, public_url) if link else None
    if link is None or opened is None or press.outcome is not ClickOutcome.COUNTED:
        return opened
    today = now.astimezone(UTC).date()
    row = {"link_id": link.id, "on_date": today, "network": opened.network, "n": 1}
    add_up(session, ShareTally, row, keys=("link_id", "on_date", "network"), column="n")
    prove_by_click(session, member_id=link.member_id, variant_id=link.variant_id, now=now)
    return opened


def _open(session: Session, link: LiveLink, place: str, public_url: str) -> Opened | None:
    read = read_place(place)
    if read is None:
        return None
    network, is_repost = read
    variant = session.get_one(Variant, link.variant_id)
    content = session.get_one(Content, variant.content_id)
    wording = session.get(Wording, link.wording_id) if link.wording_id else None
    campaign = session.get(Campaign, content.campaign_id) if content.campaign_id else None
    running = campaign if campaign and campaign.status is CampaignStatus.RUNNING else None
    own = session.get(NetworkText, (link.variant_id, network))
    words = own.text if own else wording.text if wording else variant.title
    line = running.line if running else ""
    post = PostText(words, join_hashtags(running, content), line, f"{public_url}/r/{link.code}")
    if is_repost:
        address = _find_repost(session, variant, network)
    else:
        address = share_url(network, post, title=variant.title, handle=_handle(session, link.member_id, network))
    return Opened(network, address, variant.language, variant.title, post) if address else None


def _find_repost(session: Session, variant: Variant, network: Network) -> str | None:
    own = (
        select(ObservedPost)
        .join(SocialAccount, col(SocialAccount.id) == col(ObservedPost.account_id))
        .where(
            col(SocialAccount.member_id).is_(None),
            ObservedPost.content_id == variant.content_id,
            ObservedPost.network == network,
            ObservedPost.kind == PostKind.POST,
            col(ObservedPost.gone_at).is_(None),
        )
        .order_by(col(ObservedPost.id).desc())
    )
    posts = sorted(session.exec(own), key=lambda one: one.language != variant.language)
    return repost_url(network, posts[0].external_id, posts[0].url) if posts else None


def _handle(session: Session, member_id: int, network: Network) -> str:
    account = select(SocialAccount.handle).where(SocialAccount.member_id == member_id, SocialAccount.network == network)
    return session.exec(account.order_by(col(SocialAccount.id))).first() or ""
