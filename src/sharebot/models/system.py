"""What keeps the machine honest: updates not yet taken, and slots of schedules already run."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big


class InboxUpdate(SQLModel, table=True):
    """A raw update of the Bot API, stored before it is acknowledged; `done_at` when it took effect."""

    __tablename__ = "inbox_update"

    update_id: int = Field(primary_key=True, sa_type=Big, sa_column_kwargs={"autoincrement": False})
    body: str
    received_at: datetime
    done_at: datetime | None = Field(default=None, index=True)
    error: str | None = Field(default=None, max_length=300)


class JobSlot(SQLModel, table=True):
    """One planned run of a cron-like job: the unique key lets it happen once only."""

    __tablename__ = "job_slot"

    job: str = Field(primary_key=True, max_length=40)
    slot_at: datetime = Field(primary_key=True)
    taken_at: datetime
