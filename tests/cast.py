"""The same cast everywhere: party North with officer Ana (fr), party South with officer Ben (en), stranger Cy."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from sharebot.models import Member, Officer
from sharebot.store import officers
from sharebot.store.bots import get_bot
from sharebot.store.chats import ensure_chat
from sharebot.store.database import Database, vault_of
from sharebot.values.status import ChatKind, MemberKind, OfficerStatus

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday
ANA, BEN, CY = 1001, 1002, 1003  # their chats


class FixedClock:
    """A clock that stands still until a test moves it; sleeping moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at

    def ticks(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class SetClock(FixedClock):
    """A clock that can be set, as people and NTP do; its ticks know nothing of that."""

    def __init__(self, now: datetime = NOW) -> None:
        super().__init__(now)
        self._ticks = 0.0

    def ticks(self) -> float:
        return self._ticks

    def set(self, by: timedelta) -> None:
        """Turn the hands; no time passes."""
        self.at += by

    def suspend(self, time: timedelta) -> None:
        """Let the machine sleep: time passes, and the ticks stand still."""
        self.at += time

    def run(self, time: timedelta) -> None:
        """Let time pass."""
        self.at += time
        self._ticks += time.total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.run(timedelta(seconds=seconds))


def add_member(session: Session, code: str, *, languages: str = "en", zone: str = "Europe/Brussels") -> Member:
    member = Member(
        code=code,
        name=f"Party {code.title()}",
        kind=MemberKind.PARTY,
        country="BE",
        region="Europe",
        languages=languages,
        zone=zone,
        created_at=NOW,
    )
    session.add(member)
    session.flush()
    return member


def add_officer(session: Session, member: Member, label: str, *, chat_id: int | None, language: str = "en") -> Officer:
    vault = vault_of(session)
    seat = ensure_chat(session, get_bot(session).id or 0, chat_id, ChatKind.PRIVATE) if chat_id else None
    officer = Officer(
        member_id=member.id or 0,
        label_sealed=vault.seal(label),
        label_index=vault.index(label),
        chat_id=seat,
        language=language,
        status=OfficerStatus.ACTIVE if chat_id else OfficerStatus.INVITED,
        created_at=NOW,
        consented_at=NOW if chat_id else None,
    )
    session.add(officer)
    session.flush()
    return officer


def add_cast(database: Database) -> None:
    """Seat Ana (fr) of North and Ben (en) of South, both active, with the bot's row."""
    with database.write() as session:
        add_officer(session, add_member(session, "north", languages="fr,en"), "Ana", chat_id=ANA, language="fr")
        add_officer(session, add_member(session, "south"), "Ben", chat_id=BEN)


def seat_cy(database: Database) -> int:
    """Let Cy take a second seat of North, and not agree yet; return the seat."""
    with database.write() as session:
        seat = add_officer(session, session.get_one(Member, 1), "Second desk", chat_id=None).id or 0
        token = officers.create_invitation(session, seat, now=NOW)
        assert officers.join(session, token, bot_id=1, address=CY, now=NOW)
    return seat
