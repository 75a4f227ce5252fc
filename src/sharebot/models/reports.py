"""Reports due and sent."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Word
from sharebot.values.status import ReportKind, ReportStatus


class Report(SQLModel, table=True):
    """One mail to one recipient for one period (`2026-W48`); `sending` since `claimed_at`."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("recipient", "kind", "period"),)

    id: int | None = Field(default=None, primary_key=True)
    recipient: str = Field(max_length=254)
    kind: ReportKind = Field(sa_type=Word(ReportKind))
    period: str = Field(max_length=16)
    language: str = Field(max_length=3)
    status: ReportStatus = Field(default=ReportStatus.DUE, sa_type=Word(ReportStatus))
    due_at: datetime
    claimed_at: datetime | None = None
    attempts: int = 0
    message_id: str = Field(max_length=200)
    error: str | None = Field(default=None, max_length=300)
    sent_at: datetime | None = None
