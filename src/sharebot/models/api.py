"""What other programs may do here, and what they are told."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Word
from sharebot.values.api import CallStatus


class ApiToken(SQLModel, table=True):
    """A program's key to the API: only its hash is kept. `scopes` are words, comma-separated.

    It never may more than the person who made it may now.
    """

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    token_sha256: str = Field(unique=True, max_length=64)
    scopes: str = Field(max_length=300)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class ApiReply(SQLModel, table=True):
    """The answer to a request that named an idempotency key; the same request gets it again."""

    __tablename__ = "api_reply"

    token_id: int = Field(primary_key=True, foreign_key="api_token.id")
    key: str = Field(primary_key=True, max_length=80)
    request_sha256: str = Field(max_length=64)
    status: int
    body: str
    at: datetime = Field(index=True)


class Webhook(SQLModel, table=True):
    """An address that is told of events, comma-separated in `events`; its key for signatures is sealed."""

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(max_length=2048)
    events: str = Field(max_length=300)
    secret_sealed: str
    active: bool = True
    created_at: datetime
    failing_since: datetime | None = None


class WebhookCall(SQLModel, table=True):
    """One event for one address. `key` makes it safe to note an event twice."""

    __tablename__ = "webhook_call"
    __table_args__ = (Index("ix_webhook_call_due", "status", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id", index=True)
    key: str = Field(unique=True, max_length=120)
    event: str = Field(max_length=40)
    body: str
    status: CallStatus = Field(default=CallStatus.QUEUED, sa_type=Word(CallStatus))
    attempts: int = 0
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None = None
    error: str | None = Field(default=None, max_length=300)
