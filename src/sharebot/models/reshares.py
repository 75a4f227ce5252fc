"""Links, clicks, posts observed or given, the findings drawn from them, and what officers propose."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big, Word
from sharebot.values.status import (
    ClickOutcome,
    Evidence,
    Network,
    PostKind,
    ProposalKind,
    ProposalStatus,
    ReshareKind,
)
from sharebot.values.tracking import Ground


class TrackedLink(SQLModel, table=True):
    """A short code that leads one member's readers to one variant; `wording_id` is that party's text to post."""

    __tablename__ = "tracked_link"
    __table_args__ = (UniqueConstraint("member_id", "variant_id"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=16)
    member_id: int = Field(foreign_key="member.id")
    variant_id: int = Field(foreign_key="variant.id", index=True)
    target_url: str = Field(max_length=2500)
    wording_id: int | None = Field(default=None, foreign_key="wording.id")
    created_at: datetime


class ShareTally(SQLModel, table=True):
    """How often a link's share buttons were pressed on one UTC day, by network."""

    __tablename__ = "share_tally"
    __table_args__ = (UniqueConstraint("link_id", "on_date", "network"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="tracked_link.id")
    on_date: date
    network: Network = Field(sa_type=Word(Network))
    n: int = 0


class ClickTally(SQLModel, table=True):
    """How many requests for one link on one UTC day ended how; nothing of the person is kept."""

    __tablename__ = "click_tally"
    __table_args__ = (UniqueConstraint("link_id", "on_date", "outcome"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="tracked_link.id")
    on_date: date = Field(index=True)
    outcome: ClickOutcome = Field(sa_type=Word(ClickOutcome))
    n: int = 0


class VisitTally(SQLModel, table=True):
    """How many people who came by a link were seen on the page behind it, by UTC day."""

    __tablename__ = "visit_tally"
    __table_args__ = (UniqueConstraint("link_id", "on_date"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="tracked_link.id")
    on_date: date = Field(index=True)
    n: int = 0


class ClickSalt(SQLModel, table=True):
    """The random key of one day's repeat set; deleted with it when the day is over."""

    __tablename__ = "click_salt"

    on_date: date = Field(primary_key=True)
    salt: bytes


class SeenClick(SQLModel, table=True):
    """A visitor of a link on one day, as a keyed hash, and how many of an address were counted."""

    __tablename__ = "seen_click"

    key: bytes = Field(primary_key=True)
    on_date: date = Field(index=True)
    n: int = 1


class ObservedPost(SQLModel, table=True):
    """A public post seen on a watched account; `content_id` is set when it is one of ours or spreads one.

    `ground` is by what it was recognised. `check_at` is when to look whether it is still there; `gone_at` when it
    was found to be not.
    """

    __tablename__ = "observed_post"
    __table_args__ = (UniqueConstraint("network", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="social_account.id", index=True)
    network: Network = Field(sa_type=Word(Network))
    external_id: str = Field(max_length=500)
    kind: PostKind = Field(sa_type=Word(PostKind))
    url: str | None = Field(default=None, max_length=2048)
    subject_id: str | None = Field(default=None, max_length=500)
    links: str = ""
    content_id: int | None = Field(default=None, foreign_key="content.id", index=True)
    language: str | None = Field(default=None, max_length=3)
    at: datetime | None = None
    seen_at: datetime
    ground: Ground | None = Field(default=None, sa_type=Word(Ground))
    check_at: datetime | None = Field(default=None, index=True)
    checks: int = 0
    gone_at: datetime | None = None


class PostCount(SQLModel, table=True):
    """What a network counted of one of our own posts, as last told on a UTC day."""

    __tablename__ = "post_count"

    post_id: int = Field(primary_key=True, foreign_key="observed_post.id")
    on_date: date = Field(primary_key=True)
    reposts: int | None = None
    quotes: int | None = None
    replies: int | None = None
    likes: int | None = None
    views: int | None = Field(default=None, sa_type=Big)


class Reshare(SQLModel, table=True):
    """The finding that a member spread a content; `key` makes one post count once however it was seen."""

    __tablename__ = "reshare"
    __table_args__ = (Index("ix_reshare_member_at", "member_id", "at", "evidence"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=600)
    member_id: int = Field(foreign_key="member.id", index=True)
    content_id: int = Field(foreign_key="content.id", index=True)
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    network: Network | None = Field(default=None, sa_type=Word(Network))
    kind: ReshareKind = Field(sa_type=Word(ReshareKind))
    evidence: Evidence = Field(sa_type=Word(Evidence))
    language: str | None = Field(default=None, max_length=3)
    url: str | None = Field(default=None, max_length=2048)
    at: datetime = Field(index=True)
    created_at: datetime
    ground: Ground | None = Field(default=None, sa_type=Word(Ground))


class LostReshare(SQLModel, table=True):
    """A reshare whose post was deleted or undone: it counts no more, and is known still.

    `reshare_id` is the number it had; the row goes back there when the post is seen again.
    """

    __tablename__ = "lost_reshare"

    reshare_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    key: str = Field(unique=True, max_length=600)
    member_id: int = Field(foreign_key="member.id", index=True)
    content_id: int = Field(foreign_key="content.id", index=True)
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    network: Network | None = Field(default=None, sa_type=Word(Network))
    kind: ReshareKind = Field(sa_type=Word(ReshareKind))
    evidence: Evidence = Field(sa_type=Word(Evidence))
    language: str | None = Field(default=None, max_length=3)
    url: str | None = Field(default=None, max_length=2048)
    at: datetime
    created_at: datetime
    ground: Ground | None = Field(default=None, sa_type=Word(Ground))
    gone_at: datetime = Field(index=True)


class PastedPost(SQLModel, table=True):
    """A link to a post that an officer gave, and what was found of it.

    `delivery_id` is None until the officer has said which item it spreads. `evidence` and `reason` say how far
    it could be checked; `check_at` is when to look (again). `reply_id` is our message that tells it.
    """

    __tablename__ = "pasted_post"
    __table_args__ = (UniqueConstraint("officer_id", "url_sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officer.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", index=True)
    network: Network = Field(sa_type=Word(Network))
    url: str = Field(max_length=2048)
    url_sha256: str = Field(max_length=64)
    handle: str | None = Field(default=None, max_length=300)
    external_id: str | None = Field(default=None, max_length=500)
    evidence: Evidence = Field(default=Evidence.LINK_GIVEN, sa_type=Word(Evidence))
    reason: str = Field(default="", max_length=100)
    reply_id: int | None = Field(default=None, sa_type=Big)
    pasted_at: datetime
    check_at: datetime | None = Field(default=None, index=True)
    checks: int = 0


class Proposal(SQLModel, table=True):
    """What an officer proposes: an item of their own, or a content's words in one more language.

    `decided_by` is who of staff decided; `content_id` is what it belongs to, or became.
    """

    __tablename__ = "proposal"

    id: int | None = Field(default=None, primary_key=True)
    kind: ProposalKind = Field(sa_type=Word(ProposalKind))
    status: ProposalStatus = Field(default=ProposalStatus.DRAFT, sa_type=Word(ProposalStatus), index=True)
    member_id: int = Field(foreign_key="member.id")
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    content_id: int | None = Field(default=None, foreign_key="content.id")
    language: str = Field(max_length=3)
    title: str = Field(default="", max_length=500)
    text: str = ""
    url: str | None = Field(default=None, max_length=2048)
    decided_by: str | None = Field(default=None, max_length=200)
    decided_at: datetime | None = None
    created_at: datetime
