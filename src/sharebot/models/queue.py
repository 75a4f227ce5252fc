"""What is to be said to whom, and what became of it."""

from datetime import date, datetime, time

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big, Word
from sharebot.values.status import (
    AnswerKind,
    AttemptOutcome,
    BotStatus,
    DeclineReason,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Network,
    PauseKind,
    Priority,
)


class QueueEntry(SQLModel, table=True):
    """Send this content to this audience at this time.

    Either `send_at` (one instant for all) or `send_on` with `send_local` (each party's own clock);
    `release_at` is when the first of them may be due.
    `audience` is JSON of rules.audience.Audience. The approval is bound to `approved_hash`. Officers see it before
    `share_from`, and may share it from then on. With two pairs of eyes `proposed_by` and `approved_by` differ;
    whoever returned it wrote the `note`.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (UniqueConstraint("content_id", "wave"),)

    id: int | None = Field(default=None, primary_key=True)
    content_id: int = Field(foreign_key="content.id", index=True)
    wave: int = 1
    status: EntryStatus = Field(default=EntryStatus.PROPOSED, sa_type=Word(EntryStatus), index=True)
    audience: str = "{}"
    send_at: datetime | None = None
    send_on: date | None = None
    send_local: time | None = None
    urgent: bool = False
    priority: Priority = Field(default=Priority.NORMAL, sa_type=Word(Priority))
    release_at: datetime
    expires_at: datetime
    approved_hash: str | None = Field(default=None, max_length=64)
    approved_by: str | None = Field(default=None, max_length=200)
    approved_at: datetime | None = None
    proposed_by: str | None = Field(default=None, max_length=200)
    returned_by: str | None = Field(default=None, max_length=200)
    share_from: datetime | None = None
    released_at: datetime | None = None
    note: str = Field(default="", max_length=500)
    created_at: datetime


class CountryHold(SQLModel, table=True):
    """A time in which a country gets nothing: an election's silence, mourning, a crisis.

    What falls into it waits until it is over, or is left out where it `stops`. Staff may end it before.
    """

    __tablename__ = "country_hold"

    id: int | None = Field(default=None, primary_key=True)
    country: str = Field(max_length=2, index=True)
    from_at: datetime
    until_at: datetime
    stops: bool = False
    reason: str = Field(default="", max_length=200)
    by: str = Field(max_length=200)
    created_at: datetime
    ended_at: datetime | None = None


def _index_of_few(column: str) -> Index:
    """Return an index of a reference that most deliveries do not have."""
    is_set = text(f"{column} IS NOT NULL")
    return Index(f"ix_delivery_{column}", column, sqlite_where=is_set, postgresql_where=is_set)


class Delivery(SQLModel, table=True):
    """One message to one chat: an officer's, or the staff's preview. `key` makes fan-out safe to run twice.

    `due_at` never changes once it is queued: what waits for another try waits on its chat, so that the order
    holds. `edit_at` is when a message that was sent is to be shown anew. The `about_*` say what a question, a
    reminder or a note is about. `digest_id` is the digest that listed a held item.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_due", "bot_id", "status", "due_at", "id"),
        Index("ix_delivery_expiry", "status", "expires_at"),
        Index("ix_delivery_edit_at", "edit_at"),
        # Not the kind first: nearly all are items, and SQLite would take an index that begins with it for a good one.
        Index("ix_delivery_sent", "sent_at", "kind"),
        Index("ix_delivery_entry_status", "entry_id", "kind", "status"),
        _index_of_few("about_id"),
        _index_of_few("about_officer_id"),
        _index_of_few("about_proposal_id"),
        _index_of_few("about_content_id"),
        Index(
            "uq_delivery_sending_chat",
            "chat_id",
            unique=True,
            sqlite_where=text("status = 'sending'"),
            postgresql_where=text("status = 'sending'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=80)
    kind: DeliveryKind = Field(sa_type=Word(DeliveryKind))
    entry_id: int | None = Field(default=None, foreign_key="queue_entry.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", index=True)
    bot_id: int = Field(foreign_key="bot.id")
    chat_id: int | None = Field(default=None, foreign_key="chat.id", index=True)
    variant_id: int | None = Field(default=None, foreign_key="variant.id")
    status: DeliveryStatus = Field(default=DeliveryStatus.QUEUED, sa_type=Word(DeliveryStatus))
    due_at: datetime
    expires_at: datetime
    attempts: int = 0
    copies: int = 0
    sending_since: datetime | None = None
    message_id: int | None = Field(default=None, sa_type=Big)
    error: str | None = Field(default=None, max_length=300)
    created_at: datetime
    sent_at: datetime | None = None
    edit_at: datetime | None = None
    about_id: int | None = Field(default=None, foreign_key="delivery.id")
    about_officer_id: int | None = Field(default=None, foreign_key="officer.id")
    about_proposal_id: int | None = Field(default=None, foreign_key="proposal.id")
    about_content_id: int | None = Field(default=None, foreign_key="content.id")
    digest_id: int | None = Field(default=None, foreign_key="delivery.id", index=True)


class Attempt(SQLModel, table=True):
    """One try to send a delivery, committed before the first byte leaves."""

    __tablename__ = "attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    number: int
    worker: str = Field(max_length=80)
    body_sha256: str = Field(default="", max_length=64)
    outcome: AttemptOutcome = Field(default=AttemptOutcome.OPEN, sa_type=Word(AttemptOutcome))
    error: str | None = Field(default=None, max_length=300)
    started_at: datetime
    ended_at: datetime | None = None


class Answer(SQLModel, table=True):
    """What was said of a delivery; the latest word holds. `officer_id` is who said it, in a group one of several.

    At `remind_at` the bot comes back to it once.
    """

    __tablename__ = "answer"

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="delivery.id", unique=True)
    kind: AnswerKind = Field(sa_type=Word(AnswerKind))
    reason: DeclineReason | None = Field(default=None, sa_type=Word(DeclineReason))
    network: Network | None = Field(default=None, sa_type=Word(Network))
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    at: datetime = Field(index=True)
    remind_at: datetime | None = Field(default=None, index=True)


class Bot(SQLModel, table=True):
    """A bot account: its pace and its halts, shared by all workers.

    `next_send_at` is the theoretical arrival time of its pace, `slowness` how many times slower than
    configured it goes since the last 429 at `slowed_at`.
    """

    __tablename__ = "bot"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    external_id: int | None = Field(default=None, sa_type=Big)
    username: str | None = Field(default=None, max_length=64)
    status: BotStatus = Field(default=BotStatus.RUNNING, sa_type=Word(BotStatus))
    pause_kind: PauseKind | None = Field(default=None, sa_type=Word(PauseKind))
    pause_reason: str | None = Field(default=None, max_length=300)
    next_send_at: datetime | None = None
    blocked_until: datetime | None = None
    failures_in_row: int = 0
    slowness: float = 1
    slowed_at: datetime | None = None
