"""Members, their officers and their public accounts."""

from datetime import date, datetime, time

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from sharebot.models.columns import Big, Word
from sharebot.values.status import (
    AccountStatus,
    ChatKind,
    DataTier,
    MemberKind,
    MemberStatus,
    Network,
    OfficerStatus,
    Rhythm,
)
from sharebot.values.tracking import Unobservable


class Member(SQLModel, table=True):
    """A party, partner organisation or personality. `languages` are codes, best first, comma-separated.

    `notes` are staff's own.
    """

    __tablename__ = "member"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=200)
    kind: MemberKind = Field(sa_type=Word(MemberKind))
    country: str = Field(max_length=2)
    region: str = Field(max_length=40)
    languages: str = Field(max_length=80)
    zone: str = Field(max_length=64)
    status: MemberStatus = Field(default=MemberStatus.ACTIVE, sa_type=Word(MemberStatus))
    notes: str = Field(default="", max_length=4000)
    created_at: datetime


class MemberList(SQLModel, table=True):
    """Some members under one name, to choose as an audience."""

    __tablename__ = "member_list"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=80)
    created_at: datetime


class MemberListing(SQLModel, table=True):
    """That a member is on a list."""

    __tablename__ = "member_listing"

    list_id: int = Field(primary_key=True, foreign_key="member_list.id")
    member_id: int = Field(primary_key=True, foreign_key="member.id")


class Chat(SQLModel, table=True):
    """A Telegram chat that one of our bots writes to, or a mailbox, with its own pace.

    The address is sealed; `address_index` finds it again. Nothing is sent there before `next_send_at`.
    `thread_id` is the topic of a group that has topics.
    """

    __tablename__ = "chat"
    __table_args__ = (UniqueConstraint("bot_id", "address_index"),)

    id: int | None = Field(default=None, primary_key=True)
    bot_id: int = Field(foreign_key="bot.id")
    kind: ChatKind = Field(sa_type=Word(ChatKind))
    address_sealed: str
    address_index: str = Field(max_length=64)
    next_send_at: datetime | None = None
    thread_id: int | None = Field(default=None, sa_type=Big)


class Officer(SQLModel, table=True):
    """One seat of a member: a person's private chat or mailbox, or the party's group.

    What could name a person is sealed; `*_index` finds it again. `name_sealed` is how somebody who joined calls
    themselves, kept until staff have confirmed who it is. `replaces_id` is the seat that ends with that.
    Nothing is sent before `consented_at`. `topics` and `networks` are codes, comma-separated, none meaning all;
    `opens` and `closes` are the officer's own hours in `zone` (the member's when None). `untracked` refuses
    click tracking; `high_risk` has messages deleted and no figures.
    """

    __tablename__ = "officer"
    __table_args__ = (UniqueConstraint("member_id", "label_index"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    label_sealed: str
    label_index: str = Field(max_length=64)
    chat_id: int | None = Field(default=None, foreign_key="chat.id", unique=True)
    language: str = Field(max_length=3)
    tier: DataTier = Field(default=DataTier.FULL, sa_type=Word(DataTier))
    status: OfficerStatus = Field(default=OfficerStatus.INVITED, sa_type=Word(OfficerStatus), index=True)
    high_risk: bool = False
    untracked: bool = False
    topics: str = Field(default="", max_length=200)
    networks: str = Field(default="", max_length=200)
    zone: str | None = Field(default=None, max_length=64)
    opens: time | None = None
    closes: time | None = None
    rhythm: Rhythm = Field(default=Rhythm.EACH, sa_type=Word(Rhythm))
    asks_per_week: int | None = None
    paused_until: date | None = None
    name_sealed: str | None = None
    replaces_id: int | None = Field(default=None, foreign_key="officer.id")
    created_at: datetime
    joined_at: datetime | None = None
    consented_at: datetime | None = None


class Invitation(SQLModel, table=True):
    """A one-use link to a seat; only its hash is kept."""

    __tablename__ = "invitation"

    id: int | None = Field(default=None, primary_key=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    token_sha256: str = Field(unique=True, max_length=64)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


class SocialAccount(SQLModel, table=True):
    """A public account; `member_id` is None for the Alliance's own.

    `external_id` is the network's own, which outlives a change of the handle. `reason` says why it cannot be seen.
    `confirmed_by` is who said that it is the party's: "officer:5" or "staff:2". `tracked_at` is when its posts were
    looked at, `identified_at` when its id was looked up. `renamed_from` is the handle it had before.
    """

    __tablename__ = "social_account"
    __table_args__ = (UniqueConstraint("network", "handle"), UniqueConstraint("network", "external_id"))

    id: int | None = Field(default=None, primary_key=True)
    member_id: int | None = Field(default=None, foreign_key="member.id", index=True)
    network: Network = Field(sa_type=Word(Network))
    handle: str = Field(max_length=200)
    external_id: str | None = Field(default=None, max_length=200)
    status: AccountStatus = Field(sa_type=Word(AccountStatus))
    tracked_at: datetime | None = None
    error: str | None = Field(default=None, max_length=300)
    reason: Unobservable | None = Field(default=None, sa_type=Word(Unobservable))
    confirmed_at: datetime | None = None
    confirmed_by: str | None = Field(default=None, max_length=40)
    identified_at: datetime | None = None
    renamed_from: str | None = Field(default=None, max_length=200)
    renamed_at: datetime | None = None
