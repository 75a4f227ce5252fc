"""Links, clicks, observed posts and the findings drawn from them."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Word
from sharebot.values.status import ClickOutcome, Evidence, Network, PostKind, ReshareKind


class TrackedLink(SQLModel, table=True):
    """A short code that leads one member's readers to one variant."""

    __tablename__ = "tracked_link"
    __table_args__ = (UniqueConstraint("member_id", "variant_id"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=16)
    member_id: int = Field(foreign_key="member.id")
    variant_id: int = Field(foreign_key="variant.id", index=True)
    target_url: str = Field(max_length=2500)
    created_at: datetime


class ClickTally(SQLModel, table=True):
    """How many requests for one link on one UTC day ended how; nothing of the person is kept."""

    __tablename__ = "click_tally"
    __table_args__ = (UniqueConstraint("link_id", "on_date", "outcome"),)

    id: int | None = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="tracked_link.id")
    on_date: date
    outcome: ClickOutcome = Field(sa_type=Word(ClickOutcome))
    n: int = 0


class ClickSalt(SQLModel, table=True):
    """The random key of one day's repeat set; deleted with it after 48 hours."""

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
    """A public post seen on a watched account; `content_id` is set when it is one of ours or spreads one."""

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
    gone_at: datetime | None = None


class Reshare(SQLModel, table=True):
    """The finding that a member spread a content; `key` makes one post count once however it was seen."""

    __tablename__ = "reshare"

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
