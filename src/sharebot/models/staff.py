"""People of the Alliance and their sign-ins."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from sharebot.models.columns import Word
from sharebot.values.status import StaffRole


class Staff(SQLModel, table=True):
    """A person who works on the staff pages."""

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    role: StaffRole = Field(sa_type=Word(StaffRole))
    language: str = Field(default="en", max_length=3)
    active: bool = True
    created_at: datetime


class StaffLink(SQLModel, table=True):
    """A one-use sign-in link, ten minutes long; only its hash is kept."""

    __tablename__ = "staff_link"

    token_sha256: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id")
    expires_at: datetime
    used_at: datetime | None = None


class StaffSession(SQLModel, table=True):
    """A signed-in browser; only the hash of its cookie is kept."""

    __tablename__ = "staff_session"

    token_sha256: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
