"""Who changed what: a chain in which every record names the hash of the one before it."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class AuditRecord(SQLModel, table=True):
    """One change by a person or a program. `actor` and `subject` are opaque, such as `staff:3` and `entry:7`."""

    __tablename__ = "audit_record"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str = Field(max_length=80, index=True)
    action: str = Field(max_length=60)
    subject: str = Field(default="", max_length=80, index=True)
    detail: str = Field(default="", max_length=2000)
    hash: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The hash of the newest record: one row, which whoever adds a record holds until the end."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: str = Field(max_length=64)
