"""What keeps the machine honest: updates, slots, workers, alerts, marks, what is to be deleted or was erased."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big


class InboxUpdate(SQLModel, table=True):
    """A raw update of the Bot API, stored before it is acknowledged; `done_at` when it took effect.

    `taken_by` is the worker that lets it take effect, so that no other one does.
    """

    __tablename__ = "inbox_update"

    bot_id: int = Field(primary_key=True, foreign_key="bot.id")
    update_id: int = Field(primary_key=True, sa_type=Big, sa_column_kwargs={"autoincrement": False})
    body: str
    received_at: datetime
    taken_by: str | None = Field(default=None, max_length=80)
    done_at: datetime | None = Field(default=None, index=True)
    error: str | None = Field(default=None, max_length=300)


class JobSlot(SQLModel, table=True):
    """One planned run of a cron-like job: the unique key lets it happen once only."""

    __tablename__ = "job_slot"

    job: str = Field(primary_key=True, max_length=40)
    slot_at: datetime = Field(primary_key=True)
    taken_at: datetime


class Worker(SQLModel, table=True):
    """A process that sends. It lives as long as it holds its lock; `seen_at` is for people and alerts.

    `clock_off_s` is how far its clock stood from Telegram's when they last spoke, in seconds.
    """

    __tablename__ = "worker"

    name: str = Field(primary_key=True, max_length=80)
    started_at: datetime
    seen_at: datetime
    leads: bool = False
    clock_off_s: float | None = None
    held: str | None = Field(default=None, max_length=300)


class Alert(SQLModel, table=True):
    """Something that a person should know of, from when it began until it was over."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            "code",
            "subject",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40)
    subject: str = Field(default="", max_length=80)
    detail: str = Field(default="", max_length=500)
    opened_at: datetime
    resolved_at: datetime | None = Field(default=None, index=True)
    mailed_at: datetime | None = None
    chatted_at: datetime | None = None
    end_mailed_at: datetime | None = None
    end_chatted_at: datetime | None = None


class Marker(SQLModel, table=True):
    """One dated fact about this database itself, such as that it is a backup."""

    __tablename__ = "marker"

    name: str = Field(primary_key=True, max_length=40)
    value: str = Field(default="", max_length=300)
    at: datetime


class PassingMessage(SQLModel, table=True):
    """A message in the chat of somebody at high risk, to be deleted at `delete_at`."""

    __tablename__ = "passing_message"

    chat_id: int = Field(primary_key=True, foreign_key="chat.id")
    message_id: int = Field(primary_key=True, sa_type=Big, sa_column_kwargs={"autoincrement": False})
    delete_at: datetime = Field(index=True)


class Erasure(SQLModel, table=True):
    """That a seat was erased: enough to erase it again from a restored backup, and nothing of the person."""

    __tablename__ = "erasure"

    officer_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
