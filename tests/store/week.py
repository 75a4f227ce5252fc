"""One small week, 23 to 29 November 2026 (2026-W48 in Brussels), whose figures can be counted by hand."""

from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, SQLModel, select

from sharebot.models import (
    Answer,
    ClickTally,
    Content,
    Delivery,
    Member,
    Officer,
    QueueEntry,
    Reshare,
    SocialAccount,
    TrackedLink,
    Variant,
)
from sharebot.store.bots import get_bot
from sharebot.values.status import (
    AccountStatus,
    AnswerKind,
    ClickOutcome,
    ContentKind,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    Network,
    ReshareKind,
)
from tests.cast import add_member, add_officer

PERIOD, ZONE = "2026-W48", "Europe/Brussels"
STARTS, ENDS = datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 29, 23, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Week:
    """A hand that writes rows; each method adds one fact."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rows = 0

    def party(self, code: str, *, watched: bool = False) -> Officer:
        """Add a party with one officer; return the officer."""
        member = add_member(self.session, code)
        if watched:
            account = SocialAccount(
                member_id=member.id,
                network=Network.BLUESKY,
                handle=f"{code}.example",
                external_id=f"did:plc:{code}",
                status=AccountStatus.WATCHED,
            )
            self.session.add(account)
        return self.seat(member, code)

    def seat(self, member: Member, label: str) -> Officer:
        """Add an officer of a party."""
        self.rows += 1
        return add_officer(self.session, member, label, chat_id=5_000 + self.rows)

    def content(self, titles: dict[str, str], *, kind: ContentKind = ContentKind.POST) -> int:
        """Add a content with its language versions."""
        content = Content(kind=kind, created_at=STARTS)
        self._save(content)
        for language, title in titles.items():
            external_id = f"{content.id}-{language}"
            variant = Variant(
                content_id=content.id or 0,
                external_id=external_id,
                language=language,
                title=title,
                updated_at=STARTS,
            )
            self._save(variant)
        return content.id or 0

    def entry(
        self, content_id: int, *, wave: int = 1, status: EntryStatus = EntryStatus.RELEASED, at: datetime = TUESDAY
    ) -> int:
        """Queue a content."""
        entry = QueueEntry(
            content_id=content_id,
            wave=wave,
            status=status,
            release_at=at,
            expires_at=at + timedelta(days=7),
            created_at=STARTS,
        )
        self._save(entry)
        return entry.id or 0

    def delivery(
        self,
        entry_id: int | None,
        officer: Officer,
        *,
        at: datetime = TUESDAY,
        status: DeliveryStatus = DeliveryStatus.SENT,
    ) -> int:
        """Add a message to an officer, sent or due at `at`; a welcome when it belongs to no entry."""
        self.rows += 1
        delivery = Delivery(
            key=f"d{self.rows}",
            kind=DeliveryKind.ITEM if entry_id else DeliveryKind.WELCOME,
            entry_id=entry_id,
            officer_id=officer.id or 0,
            bot_id=get_bot(self.session).id or 0,
            chat_id=officer.chat_id,
            status=status,
            due_at=at,
            expires_at=at + timedelta(days=7),
            created_at=STARTS,
            sent_at=at if status is DeliveryStatus.SENT else None,
        )
        self._save(delivery)
        return delivery.id or 0

    def answer(self, delivery_id: int, kind: AnswerKind, *, at: datetime = TUESDAY) -> None:
        """Let the officer answer."""
        self._save(Answer(delivery_id=delivery_id, kind=kind, at=at))

    def share(
        self,
        officer: Officer,
        content_id: int,
        evidence: Evidence,
        *,
        at: datetime = TUESDAY + timedelta(hours=2),
        network: Network | None = None,
        language: str | None = None,
    ) -> None:
        """Add a finding."""
        self.rows += 1
        reshare = Reshare(
            key=f"r{self.rows}",
            member_id=officer.member_id,
            content_id=content_id,
            network=network,
            kind=ReshareKind.CLAIM,
            evidence=evidence,
            language=language,
            at=at,
            created_at=at,
        )
        self._save(reshare)

    def clicks(
        self,
        officer: Officer,
        content_id: int,
        counted: dict[date, int],
        *,
        outcome: ClickOutcome = ClickOutcome.COUNTED,
    ) -> None:
        """Add a day's clicks on the party's link to the first version of a content."""
        self.rows += 1
        variant = self.session.exec(select(Variant).where(Variant.content_id == content_id)).first()
        assert variant is not None
        known = self.session.exec(
            select(TrackedLink).where(
                TrackedLink.member_id == officer.member_id, TrackedLink.variant_id == (variant.id or 0)
            )
        ).first()
        link = known or TrackedLink(
            code=f"c{self.rows}",
            member_id=officer.member_id,
            variant_id=variant.id or 0,
            target_url="https://alliance.example",
            created_at=STARTS,
        )
        self._save(link)
        for day, n in counted.items():
            self._save(ClickTally(link_id=link.id or 0, on_date=day, outcome=outcome, n=n))

    def _save(self, row: SQLModel) -> None:
        self.session.add(row)
        self.session.flush()
