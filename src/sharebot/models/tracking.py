"""How the networks are looked at: where each look went on, whether it works, and what it cost."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big, Word
from sharebot.values.status import Network
from sharebot.values.tracking import TrackerStatus


class TrackerState(SQLModel, table=True):
    """Whether a network answers. `next_at` is when it is looked at again, `ok_at` when a whole look last succeeded."""

    __tablename__ = "tracker_state"

    network: Network = Field(primary_key=True, sa_type=Word(Network))
    status: TrackerStatus = Field(sa_type=Word(TrackerStatus))
    next_at: datetime | None = None
    looked_at: datetime | None = None
    ok_at: datetime | None = None
    failures: int = 0
    error: str | None = Field(default=None, max_length=300)


class TrackerCursor(SQLModel, table=True):
    """Where a tracker goes on, under a key of its own; written together with the posts before it."""

    __tablename__ = "tracker_cursor"

    network: Network = Field(primary_key=True, sa_type=Word(Network))
    key: str = Field(primary_key=True, max_length=200)
    value: str = Field(max_length=1000)
    updated_at: datetime


class TrackerSpend(SQLModel, table=True):
    """What was asked of a network on one UTC day: how many of which resource, and their price in millionths of a $."""

    __tablename__ = "tracker_spend"

    network: Network = Field(primary_key=True, sa_type=Word(Network))
    on_date: date = Field(primary_key=True)
    resource: str = Field(primary_key=True, max_length=40)
    n: int = 0
    micros: int = Field(default=0, sa_type=Big)
