"""People of the Alliance, and how they sign in."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from sharebot.models.columns import Word
from sharebot.values.sign_in import LinkPurpose
from sharebot.values.status import StaffRole


class Staff(SQLModel, table=True):
    """A person who works on the staff pages, in one `region` alone or in all.

    `telegram_index` finds who writes in Telegram; `oidc_subject` is who they are to the identity provider, and
    `passkey_handle` the random name under which their browsers keep passkeys.
    """

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=254)
    role: StaffRole = Field(sa_type=Word(StaffRole))
    language: str = Field(default="en", max_length=3)
    active: bool = True
    name: str = Field(default="", max_length=80)
    region: str | None = Field(default=None, max_length=40)
    telegram_index: str | None = Field(default=None, max_length=64, unique=True)
    oidc_subject: str | None = Field(default=None, max_length=255, unique=True)
    passkey_handle: str | None = Field(default=None, max_length=64, unique=True)
    created_at: datetime


class StaffLink(SQLModel, table=True):
    """A one-use link or code, ten minutes long: to sign in, or to link Telegram; only its hash is kept."""

    __tablename__ = "staff_link"

    token_sha256: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id")
    purpose: LinkPurpose = Field(default=LinkPurpose.SIGN_IN, sa_type=Word(LinkPurpose))
    expires_at: datetime
    used_at: datetime | None = None


class StaffSession(SQLModel, table=True):
    """A signed-in browser; only the hash of its cookie is kept. `browser` is its kind, such as Firefox on Linux."""

    __tablename__ = "staff_session"

    token_sha256: str = Field(primary_key=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    browser: str = Field(default="", max_length=60)
    way: str = Field(default="link", max_length=10)


class Passkey(SQLModel, table=True):
    """A public key whose private half stays in somebody's device (WebAuthn)."""

    __tablename__ = "passkey"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    credential_id: str = Field(unique=True, max_length=1400)
    public_key: bytes
    sign_count: int = 0
    name: str = Field(default="", max_length=60)
    created_at: datetime
    used_at: datetime | None = None


class SignInTry(SQLModel, table=True):
    """A ceremony that has begun in one browser: what its end is compared with. It can be ended once."""

    __tablename__ = "sign_in_try"

    token_sha256: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=20)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    secret: str = Field(max_length=1000)
    expires_at: datetime
