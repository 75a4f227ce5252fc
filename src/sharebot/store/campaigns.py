"""Campaigns: efforts with a name, whose hashtag and line go into what officers post while they run."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Campaign, Content
from sharebot.rules.campaigns import find_campaign_problem
from sharebot.store.contents import get_content, void_approvals
from sharebot.store.wordings import refuse_when_out
from sharebot.values.status import CampaignStatus


@dataclass(frozen=True, slots=True)
class CampaignWords:
    """How a campaign is called, and what it adds to every text: a hashtag, and a line of its own."""

    name: str
    hashtag: str = ""
    line: str = ""


def add_campaign(session: Session, code: str, words: CampaignWords, *, now: datetime) -> Campaign:
    """Start a campaign. Raises Refused when the code is taken, or the words are none that can be posted."""
    if problem := find_campaign_problem(code, words.name, words.hashtag, words.line):
        raise Refused(problem)
    if session.exec(select(Campaign).where(Campaign.code == code)).first() is not None:
        raise Refused(f"there is a campaign {code} already")
    campaign = Campaign(code=code, name=words.name, hashtag=words.hashtag, line=words.line, created_at=now)
    session.add(campaign)
    session.flush()
    return campaign


def list_campaigns(session: Session) -> list[Campaign]:
    """Return all campaigns, newest first."""
    return list(session.exec(select(Campaign).order_by(col(Campaign.id).desc())))


def list_running(session: Session) -> list[Campaign]:
    """Return the campaigns that contents can belong to, by name."""
    running = select(Campaign).where(Campaign.status == CampaignStatus.RUNNING)
    return list(session.exec(running.order_by(Campaign.name)))


def end_campaign(session: Session, code: str) -> None:
    """End a campaign: from now on texts go without its words. Raises NotFound, Refused when it has ended."""
    campaign = _get(session, code)
    running = update(Campaign).where(col(Campaign.id) == campaign.id, col(Campaign.status) != CampaignStatus.ENDED)
    ended = session.execute(running.values(status=CampaignStatus.ENDED).returning(col(Campaign.id))).first()
    if ended is None:
        raise Refused(f"the campaign {code} has ended already")
    for content_id in session.exec(select(Content.id).where(Content.campaign_id == campaign.id)).all():
        void_approvals(session, content_id or 0)


def sort_content(session: Session, content_id: int, *, topics: Collection[str], campaign_code: str) -> bool:
    """Say what a content is about and which campaign it belongs to; an approval of it is void then.

    False when nothing changes. Raises NotFound, and Refused when the campaign does not run or the content is out.
    """
    content = get_content(session, content_id)
    campaign = _get(session, campaign_code) if campaign_code else None
    if campaign is not None and campaign.status is not CampaignStatus.RUNNING:
        raise Refused(f"the campaign {campaign_code} does not run")
    sorted_so = (",".join(topics), campaign.id if campaign else None)
    if sorted_so == (content.topics, content.campaign_id):
        return False
    refuse_when_out(session, content_id)
    content.topics, content.campaign_id = sorted_so
    session.add(content)
    session.flush()
    void_approvals(session, content_id)
    return True


def _get(session: Session, code: str) -> Campaign:
    campaign = session.exec(select(Campaign).where(Campaign.code == code)).first()
    if campaign is None:
        raise NotFound(f"there is no campaign {code}")
    return campaign
