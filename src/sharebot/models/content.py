"""Sources and what came from them."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big, Word
from sharebot.values.status import (
    AssetKind,
    CampaignStatus,
    ContentKind,
    ContentStatus,
    DataTier,
    Network,
    SourceKind,
    SourceStatus,
)


class Source(SQLModel, table=True):
    """A place the Alliance publishes, and the cursor of its last poll."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("kind", "url"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: SourceKind = Field(sa_type=Word(SourceKind))
    url: str = Field(max_length=2048)
    title: str = Field(default="", max_length=500)
    language: str | None = Field(default=None, max_length=3)
    status: SourceStatus = Field(default=SourceStatus.ACTIVE, sa_type=Word(SourceStatus))
    etag: str | None = Field(default=None, max_length=500)
    last_modified: str | None = Field(default=None, max_length=100)
    body_sha256: str | None = Field(default=None, max_length=64)
    moved_to: str | None = Field(default=None, max_length=2048)
    next_poll_at: datetime = Field(index=True)
    polled_at: datetime | None = None
    failures: int = 0
    error: str | None = Field(default=None, max_length=300)
    created_at: datetime


class Campaign(SQLModel, table=True):
    """A named, time-bound effort. Its `hashtag` (with the #) and its `line` go into what officers post.

    `goal` is in words; `goal_parties` is how many parties are to share something of it.
    """

    __tablename__ = "campaign"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=200)
    hashtag: str = Field(default="", max_length=100)
    line: str = Field(default="", max_length=200)
    status: CampaignStatus = Field(default=CampaignStatus.RUNNING, sa_type=Word(CampaignStatus))
    goal: str = Field(default="", max_length=500)
    goal_parties: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    created_at: datetime


class Content(SQLModel, table=True):
    """One thing to spread. `quarantine` says why staff should look twice; empty when nothing is odd.

    `topics` are codes of the settings, comma-separated; `proposed_by_id` is the member it comes from, if any.
    `hashtags` go into what officers post, each with its #, a space between two. `evergreen` is worth sending again;
    `created_by` made it by hand.
    """

    __tablename__ = "content"

    id: int | None = Field(default=None, primary_key=True)
    kind: ContentKind = Field(sa_type=Word(ContentKind))
    status: ContentStatus = Field(default=ContentStatus.NEW, sa_type=Word(ContentStatus), index=True)
    quarantine: str = Field(default="", max_length=1000)
    topics: str = Field(default="", max_length=200)
    hashtags: str = Field(default="", max_length=200)
    evergreen: bool = False
    created_by: str | None = Field(default=None, max_length=200)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    proposed_by_id: int | None = Field(default=None, foreign_key="member.id")
    published_at: datetime | None = None
    released_at: datetime | None = None
    created_at: datetime


class Variant(SQLModel, table=True):
    """One language version of a content, and the item it came from; `revision` grows with every change.

    `channel_id` and `channel_message_id` name the Alliance's own post of it in Telegram, whose forwards keep
    their origin.
    """

    __tablename__ = "variant"
    __table_args__ = (
        UniqueConstraint("content_id", "language"),
        UniqueConstraint("source_id", "external_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    content_id: int = Field(foreign_key="content.id", index=True)
    source_id: int | None = Field(default=None, foreign_key="source.id")
    external_id: str = Field(max_length=2048)
    language: str = Field(max_length=3)
    title: str = Field(max_length=500)
    text: str = ""
    url: str | None = Field(default=None, max_length=2048, index=True)
    revision: int = 1
    warnings: str = Field(default="", max_length=1000)
    channel_id: int | None = Field(default=None, sa_type=Big)
    channel_message_id: int | None = Field(default=None, sa_type=Big)
    updated_at: datetime


class Wording(SQLModel, table=True):
    """One approved text to post a variant with; parties of one country get different ones."""

    __tablename__ = "wording"
    __table_args__ = (UniqueConstraint("variant_id", "position"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    position: int
    text: str = Field(max_length=4000)


class NetworkText(SQLModel, table=True):
    """The words to post a variant with on one network, in place of its other texts."""

    __tablename__ = "network_text"

    variant_id: int = Field(primary_key=True, foreign_key="variant.id")
    network: Network = Field(primary_key=True, sa_type=Word(Network))
    text: str = Field(max_length=5000)


class Asset(SQLModel, table=True):
    """A picture, video, audio or file of a variant.

    What staff uploaded has its bytes in an AssetBody. A rendition is lighter, made by us for a `tier`, its bytes an
    AssetBody too; `original_id` is what it was made from. `prepared_at` is when an original was looked at for that.
    """

    __tablename__ = "asset"
    __table_args__ = (UniqueConstraint("variant_id", "url"),)

    id: int | None = Field(default=None, primary_key=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    kind: AssetKind = Field(sa_type=Word(AssetKind))
    url: str = Field(max_length=2048)
    mime: str | None = Field(default=None, max_length=100)
    size_bytes: int | None = Field(default=None, sa_type=Big)
    duration_s: int | None = None
    width: int | None = None
    height: int | None = None
    alt: str | None = Field(default=None, max_length=1000)
    tier: DataTier = Field(default=DataTier.FULL, sa_type=Word(DataTier))
    original_id: int | None = Field(default=None, foreign_key="asset.id", index=True)
    prepared_at: datetime | None = None


class AssetBody(SQLModel, table=True):
    """The bytes of a rendition: in the database, so that every worker has them and a backup does."""

    __tablename__ = "asset_body"

    asset_id: int = Field(primary_key=True, foreign_key="asset.id")
    body: bytes


class AssetFile(SQLModel, table=True):
    """Telegram's handle of an asset after one bot's first upload; it is of no use to another bot.

    `unique_id` is what the same file is called wherever it turns up; nothing can be sent by it.
    """

    __tablename__ = "asset_file"

    asset_id: int = Field(primary_key=True, foreign_key="asset.id")
    bot_id: int = Field(primary_key=True, foreign_key="bot.id")
    file_id: str = Field(max_length=300)
    unique_id: str | None = Field(default=None, max_length=100, index=True)
