"""Sources and what came from them."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big, Word
from sharebot.values.status import AssetKind, ContentKind, ContentStatus, SourceKind, SourceStatus


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


class Content(SQLModel, table=True):
    """One thing to spread. `quarantine` says why staff should look twice; empty when nothing is odd."""

    __tablename__ = "content"

    id: int | None = Field(default=None, primary_key=True)
    kind: ContentKind = Field(sa_type=Word(ContentKind))
    status: ContentStatus = Field(default=ContentStatus.NEW, sa_type=Word(ContentStatus), index=True)
    quarantine: str = Field(default="", max_length=1000)
    published_at: datetime | None = None
    released_at: datetime | None = None
    created_at: datetime


class Variant(SQLModel, table=True):
    """One language version of a content, and the item it came from; `revision` grows with every change."""

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
    updated_at: datetime


class Asset(SQLModel, table=True):
    """A picture, video, audio or file of a variant."""

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


class AssetFile(SQLModel, table=True):
    """Telegram's handle of an asset after one bot's first upload; it is of no use to another bot."""

    __tablename__ = "asset_file"

    asset_id: int = Field(primary_key=True, foreign_key="asset.id")
    bot_id: int = Field(primary_key=True, foreign_key="bot.id")
    file_id: str = Field(max_length=300)
