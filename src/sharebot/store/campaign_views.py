"""Campaigns with their progress: what belongs to them, and how many parties shared something of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import SQLColumnExpression, func, select
from sqlmodel import Session, col

from sharebot.models import Campaign, Content, Reshare
from sharebot.store.listings import find_page, like
from sharebot.values.listing import Listed, Listing
from sharebot.values.status import Evidence

_CONTENTS: Any = (
    select(func.count()).where(col(Content.campaign_id) == col(Campaign.id)).correlate(Campaign).scalar_subquery()
)
_PARTIES: Any = (
    select(func.count(func.distinct(col(Reshare.member_id))))
    .join(Content, col(Content.id) == col(Reshare.content_id))
    .where(col(Content.campaign_id) == col(Campaign.id))
    .correlate(Campaign)
    .scalar_subquery()
)
_SORTS: Mapping[str, SQLColumnExpression[Any]] = {
    "status": col(Campaign.status),
    "name": func.lower(col(Campaign.name)),
    "ends": col(Campaign.ends_on),
    "contents": _CONTENTS,
    "parties": _PARTIES,
    "id": col(Campaign.id),
}


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign; `parties` have shared something of it by whatever evidence, `contents` belong to it."""

    campaign: Campaign
    contents: int
    parties: int


def list_campaign_lines(session: Session, listing: Listing) -> Listed[CampaignLine]:
    """Return a page of campaigns; the filter `status` is a CampaignStatus, `q` words of a name or hashtag."""
    statement: Any = select(Campaign, _CONTENTS, _PARTIES)
    if status := listing.chosen("status"):
        statement = statement.where(col(Campaign.status) == status)
    if listing.q:
        pattern = like(listing.q)
        named = col(Campaign.name).ilike(pattern, escape="\\") | col(Campaign.hashtag).ilike(pattern, escape="\\")
        statement = statement.where(named)
    found = find_page(session, statement, listing, _SORTS)
    return Listed([CampaignLine(*row) for row in found.rows], found.total, found.page)


def count_by_evidence(session: Session, campaign_id: int) -> dict[Evidence, int]:
    """Count the parties that shared something of a campaign by each level of evidence; not to be added up."""
    counted: Any = (
        select(col(Reshare.evidence), func.count(func.distinct(col(Reshare.member_id))))
        .join(Content, col(Content.id) == col(Reshare.content_id))
        .where(col(Content.campaign_id) == campaign_id)
        .group_by(col(Reshare.evidence))
    )
    return {Evidence(level): n for level, n in session.execute(counted)}


def count_parties(session: Session, campaign_id: int) -> int:
    """Count the parties that shared something of a campaign, by whatever evidence."""
    counted: Any = (
        select(func.count(func.distinct(col(Reshare.member_id))))
        .join(Content, col(Content.id) == col(Reshare.content_id))
        .where(col(Content.campaign_id) == campaign_id)
    )
    return int(session.execute(counted).scalar_one())
