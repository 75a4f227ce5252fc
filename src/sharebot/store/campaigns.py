"""Campaigns: efforts with a name, whose hashtag and line go into what officers post while they run."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Campaign, Content
from sharebot.rules.campaigns import find_campaign_problem
from sharebot.store.contents import get_content, void_approvals
from sharebot.store.once import once
from sharebot.store.wordings import refuse_when_out
from sharebot.values.status import CampaignStatus


@dataclass(frozen=True, slots=True)
class CampaignWords:
    """How a campaign is called, and what it adds to every text: a hashtag, and a line of its own."""

    name: str
    hashtag: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a campaign is to reach, and when it runs; `parties` are to share something of it."""

    goal: str = ""
    parties: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None


_NO_PLAN = CampaignPlan()


def add_campaign(
    session: Session, code: str, words: CampaignWords, *, plan: CampaignPlan = _NO_PLAN, now: datetime
) -> Campaign:
    """Add a campaign; it runs at once unless its first day lies ahead (in UTC).

    Raises Refused when the code is taken, or the words or days are none that can be.
    """
    if problem := find_campaign_problem(code, words.name, words.hashtag, words.line):
        raise Refused(problem)
    if session.exec(select(Campaign).where(Campaign.code == code)).first() is not None:
        raise Refused(f"there is a campaign {code} already")
    campaign = Campaign(code=code, name=words.name, hashtag=words.hashtag, line=words.line, created_at=now)
    _set_plan(campaign, plan)
    if plan.starts_on is not None and plan.starts_on > now.date():
        campaign.status = CampaignStatus.PLANNED
    session.add(campaign)
    session.flush()
    return campaign


def edit_campaign(session: Session, code: str, words: CampaignWords, *, plan: CampaignPlan) -> bool:
    """Give a campaign other words and another plan; approvals of its contents are void when its words change.

    Tells whether they did. Raises NotFound, Refused when it has ended, or the words or days are none that can be.
    """
    campaign = get_campaign(session, code)
    if campaign.status is CampaignStatus.ENDED:
        raise Refused(f"the campaign {code} has ended")
    if problem := find_campaign_problem(code, words.name, words.hashtag, words.line):
        raise Refused(problem)
    _set_plan(campaign, plan)
    changed = (campaign.hashtag, campaign.line) != (words.hashtag, words.line)
    campaign.name, campaign.hashtag, campaign.line = words.name, words.hashtag, words.line
    session.add(campaign)
    session.flush()
    if changed:
        _void(session, campaign)
    return changed


def _set_plan(campaign: Campaign, plan: CampaignPlan) -> None:
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        raise Refused("a campaign cannot end before it begins")
    campaign.goal, campaign.goal_parties = plan.goal, plan.parties
    campaign.starts_on, campaign.ends_on = plan.starts_on, plan.ends_on


def keep_days(session: Session, *, today: date) -> None:
    """Let planned campaigns run from their first day on, and end those whose last day is over."""
    begins = update(Campaign).where(col(Campaign.status) == CampaignStatus.PLANNED, col(Campaign.starts_on) <= today)
    session.execute(begins.values(status=CampaignStatus.RUNNING))
    over = select(Campaign.code).where(Campaign.status == CampaignStatus.RUNNING, col(Campaign.ends_on) < today)
    for code in session.exec(over).all():
        end_campaign(session, code)


def list_campaigns(session: Session) -> list[Campaign]:
    """Return all campaigns, newest first."""
    return list(session.exec(select(Campaign).order_by(col(Campaign.id).desc())))


def list_running(session: Session) -> list[Campaign]:
    """Return the campaigns that contents can belong to, by name."""
    by_name = select(Campaign).order_by(Campaign.name)
    # All of them are few, and whoever asks for these often asks for the campaign of a content, too.
    kept = once(session, "campaigns", lambda: session.exec(by_name).all())
    return [one for one in kept if one.status is CampaignStatus.RUNNING]


def end_campaign(session: Session, code: str) -> None:
    """End a campaign: from now on texts go without its words. Raises NotFound, Refused when it has ended."""
    campaign = get_campaign(session, code)
    running = update(Campaign).where(col(Campaign.id) == campaign.id, col(Campaign.status) != CampaignStatus.ENDED)
    ended = session.execute(running.values(status=CampaignStatus.ENDED).returning(col(Campaign.id))).first()
    if ended is None:
        raise Refused(f"the campaign {code} has ended already")
    _void(session, campaign)


def _void(session: Session, campaign: Campaign) -> None:
    for content_id in session.exec(select(Content.id).where(Content.campaign_id == campaign.id)).all():
        void_approvals(session, content_id or 0)


def sort_content(session: Session, content_id: int, *, topics: Collection[str], campaign_code: str) -> bool:
    """Say what a content is about and which campaign it belongs to; an approval of it is void then.

    False when nothing changes. Raises NotFound, and Refused when the campaign does not run or the content is out.
    """
    content = get_content(session, content_id)
    campaign = get_campaign(session, campaign_code) if campaign_code else None
    is_new = campaign is not None and campaign.id != content.campaign_id
    if campaign is not None and is_new and campaign.status is not CampaignStatus.RUNNING:
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


def get_campaign(session: Session, code: str) -> Campaign:
    """Return a campaign by its code. Raises NotFound."""
    campaign = session.exec(select(Campaign).where(Campaign.code == code)).first()
    if campaign is None:
        raise NotFound(f"there is no campaign {code}")
    return campaign
