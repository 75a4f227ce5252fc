"""What stands in the database before the desk opens: parties, sources, drafts, entries in every state, settings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from sqlmodel import Session, col, select

from sharebot.config.settings import Settings
from sharebot.models import (
    Answer,
    Content,
    Delivery,
    Member,
    Officer,
    Proposal,
    QueueEntry,
    Report,
    Reshare,
    SocialAccount,
    Source,
    TrackerSpend,
    TrackerState,
)
from sharebot.rules.audience import Audience
from sharebot.rules.members_file import parse_members
from sharebot.rules.periods import period_of
from sharebot.rules.timing import Timing
from sharebot.sandbox.demo import fiction
from sharebot.store.api_tokens import add_token
from sharebot.store.approvals import propose, return_entry
from sharebot.store.bots import get_bot
from sharebot.store.campaigns import CampaignPlan, CampaignWords, add_campaign
from sharebot.store.chats import ensure_chat
from sharebot.store.contents import Intake, content_hash, ingest
from sharebot.store.database import Database
from sharebot.store.lists import add_list
from sharebot.store.members import import_members
from sharebot.store.queue import Approval, approve, release
from sharebot.store.silences import Wish, begin
from sharebot.store.sources import add_source
from sharebot.store.staff import add_staff
from sharebot.store.webhooks import add_webhook, note_test
from sharebot.values.api import Scope, WebhookEvent
from sharebot.values.feeds import FeedItem, Media
from sharebot.values.status import (
    AccountStatus,
    AnswerKind,
    AssetKind,
    ChatKind,
    DeliveryStatus,
    Evidence,
    Network,
    OfficerStatus,
    ProposalKind,
    ProposalStatus,
    ReportKind,
    ReportStatus,
    ReshareKind,
    SourceKind,
    SourceStatus,
    StaffRole,
)
from sharebot.values.tracking import TrackerStatus, Unobservable

EVA, EDITOR = "eva@alliance.example", "editor@alliance.example"
TONGUES = ("en", "fr", "es")
LONG = "Donaudampfschifffahrtsgesellschaft" * 4  # nowhere to break it
SETTINGS = Settings()
_numbers = count(1)


def bring(session: Session, titles: dict[str, str], *, slug: str, now: datetime) -> list[int]:
    """Let the feed of each language bring its version of a story, as a draft of its own; return the drafts."""
    drafts = []
    for language, title in titles.items():
        source = session.exec(select(Source).where(Source.language == language).order_by(col(Source.id))).first()
        url = f"https://alliance.example/{language}/{slug}"
        words = f"{title}. Twelve towns agree, and say what it costs."
        picture = Media(AssetKind.PICTURE, f"https://alliance.example/{slug}.jpg", width=1200, height=630, alt=title)
        item = FeedItem(url, title, words, url, now - timedelta(minutes=20), language, media=(picture,))
        ingest(session, [item], Intake(language, frozenset({"alliance.example"}), now, source))
        drafts.append(session.exec(select(Content.id).order_by(col(Content.id).desc())).first() or 0)
    return drafts


def draft(session: Session, title: str, *, now: datetime) -> int:
    """Let the English feed bring one draft."""
    return bring(session, {"en": title}, slug=f"one-{next(_numbers)}", now=now)[0]


def approval_of(session: Session, content_id: int, audience: Audience, *, now: datetime) -> Approval:
    """Return what an approver would decide about a content, for now."""
    return Approval(
        content_id=content_id,
        audience=audience,
        timing=Timing(send_at=now, urgent=True),
        expires_at=now + timedelta(days=7),
        by=EVA,
        expected_hash=content_hash(session, content_id),
    )


def send(session: Session, title: str, *, to: Sequence[str] = (), now: datetime) -> int:
    """Let an item have gone out to all parties, or to those `to` whom it is meant; return its entry."""
    content_id = draft(session, title, now=now)
    entry = approve(session, approval_of(session, content_id, Audience(members=frozenset(to)), now=now), now=now)
    codes = (f"e{entry.id}c{number}" for number in count())
    release(session, entry.id or 0, settings=SETTINGS, new_code=lambda: f"{next(codes):0<8}", now=now)
    for delivery in session.exec(select(Delivery).where(Delivery.entry_id == entry.id)):
        delivery.status, delivery.sent_at, delivery.message_id = DeliveryStatus.SENT, now, next(_numbers)
        delivery.attempts = delivery.copies = 1
    return entry.id or 0


def propose_by_editor(session: Session, title: str, *, now: datetime) -> int:
    """Let an editor lay a new draft before the approvers; return the entry."""
    approval = approval_of(session, draft(session, title, now=now), Audience(), now=now)
    approval = Approval(**{name: getattr(approval, name) for name in approval.__slots__} | {"by": EDITOR})
    return propose(session, approval, now=now).id or 0


def furnish(database: Database, *, now: datetime) -> None:
    """Fill an empty database with something of everything."""
    with database.write() as session:
        _seat_parties(session, now)
        _hire_staff(session, now)
        _add_sources(session, now)
        _watch(session, now)
        _queue(session, now)
        _settle(session, now)


def _seat_parties(session: Session, now: datetime) -> None:
    rows, problems = parse_members(fiction.MEMBERS)
    assert not problems
    import_members(session, rows, now=now)
    session.exec(select(Member).where(Member.code == "aube-sn")).one().name += f" {LONG}"
    bot = get_bot(session)
    bot.username = "sharebot_test_bot"
    for number, officer in enumerate(session.exec(select(Officer).order_by(col(Officer.id))).all()):
        if number % 9 == 8:
            continue  # was not invited yet
        officer.status = OfficerStatus.WAITING if number == 3 else OfficerStatus.ACTIVE
        officer.chat_id = ensure_chat(session, bot.id or 0, 7000 + number, ChatKind.PRIVATE)
        officer.consented_at = now
    add_list(session, f"Coast {LONG}"[:60], ["lumen-ke", "aube-sn"], now=now)


def _hire_staff(session: Session, now: datetime) -> None:
    eva = add_staff(session, EVA, role=StaffRole.ADMIN, language="en", now=now)
    add_staff(session, EDITOR, role=StaffRole.EDITOR, language="fr", now=now)
    add_staff(session, "north@alliance.example", role=StaffRole.APPROVER, language="en", region="Africa", now=now)
    add_token(session, eva.id or 0, f"Website {LONG}"[:60], list(Scope), expires_at=None, now=now)
    hook, _ = add_webhook(session, f"https://hooks.alliance.example/{LONG}", list(WebhookEvent), now=now)
    note_test(session, hook, now=now)


def _add_sources(session: Session, now: datetime) -> None:
    for language in TONGUES:
        url = f"https://alliance.example/{language}/feed.xml"
        source = add_source(session, url, kind=SourceKind.FEED, title=f"Site {language}", language=language, now=now)
        source.polled_at = now
    add_source(
        session, "https://gone.example/feed", kind=SourceKind.PODCAST, title=f"Gone {LONG}", language="pt", now=now
    )
    broken = session.exec(select(Source).where(Source.language == "pt")).one()
    broken.status, broken.failures, broken.error = SourceStatus.FAILING, 4, "the page answers 404"


def _watch(session: Session, now: datetime) -> None:
    """Give every network another state, and parties accounts that are well, unsaid, renamed, taken over and lost."""
    states = (TrackerStatus.RUNNING, TrackerStatus.FAILING, TrackerStatus.LIMITED, TrackerStatus.SPENT)
    networks = (Network.BLUESKY, Network.WEBSITE, Network.MASTODON, Network.X)
    for network, status in zip(networks, states, strict=True):
        error = f"503 {LONG}" if status is TrackerStatus.FAILING else None
        later, failures = now + timedelta(hours=4), states.index(status)
        state = TrackerState(network=network, status=status, error=error, failures=failures)
        state.ok_at, state.next_at = now - timedelta(hours=30), later
        session.add(state)
    session.add(TrackerSpend(network=Network.X, on_date=now.date(), resource="post", n=900, micros=12_340_000))
    for number, account in enumerate(session.exec(select(SocialAccount).order_by(col(SocialAccount.id))).all()):
        if account.status is not AccountStatus.WATCHED:
            continue
        account.external_id, account.tracked_at = f"{number}", now
        if number % 5 == 1:
            account.status, account.reason = (
                AccountStatus.BROKEN,
                (Unobservable.TAKEN_OVER, Unobservable.GONE)[number % 2],
            )
        if number % 5 == 2:
            account.renamed_from, account.renamed_at = f"before-{LONG}", now
        if number % 3 == 0:
            account.confirmed_at, account.confirmed_by = now, "officer:1"


def _queue(session: Session, now: datetime) -> None:
    draft(session, "A draft that nobody has looked at yet", now=now)
    odd = draft(session, f"An old story {LONG}", now=now)
    session.get_one(Content, odd).quarantine = "very old\nforeign link host: bad.example"
    propose_by_editor(session, "Proposed by the editor", now=now)
    returned = propose_by_editor(session, "Returned to the editor", now=now)
    return_entry(session, returned, by=EVA, note=f"The date is wrong. {LONG}", now=now)
    entry = approve(
        session, approval_of(session, draft(session, f"Goes out soon {LONG}", now=now), Audience(), now=now), now=now
    )
    entry.release_at = entry.send_at = now + timedelta(days=1)
    _answer(session, send(session, f"Went out to all {LONG}", now=now - timedelta(hours=5)), now)


def _answer(session: Session, entry_id: int, now: datetime) -> None:
    """Let some parties of an entry share it, with every kind of evidence."""
    entry = session.get_one(QueueEntry, entry_id)
    sent = session.exec(select(Delivery).where(Delivery.entry_id == entry_id).order_by(col(Delivery.id))).all()
    for kind, one in zip(AnswerKind, sent, strict=False):
        session.add(Answer(delivery_id=one.id or 0, kind=kind, officer_id=one.officer_id, at=now))
    for evidence, one in zip(Evidence, sent[2:], strict=False):
        officer = session.get_one(Officer, one.officer_id)
        session.add(
            Reshare(
                key=f"seen:{evidence.value}",
                member_id=officer.member_id,
                content_id=entry.content_id,
                delivery_id=one.id,
                network=Network.BLUESKY,
                kind=ReshareKind.LINK,
                evidence=evidence,
                url=f"https://social.example/{evidence.value}",
                at=now - timedelta(hours=1),
                created_at=now,
            )
        )
    sent[-1].status, sent[-1].error = DeliveryStatus.NEEDS_REVIEW, "no answer, and no way to find out"


def _settle(session: Session, now: datetime) -> None:
    plan = CampaignPlan("Half of the parties", 10, now.date(), now.date() + timedelta(days=30))
    add_campaign(
        session,
        "water",
        CampaignWords(f"Water for all {LONG}"[:120], f"#Water{LONG}"[:60], "A campaign of the Alliance"),
        plan=plan,
        now=now,
    )
    wish = Wish(
        "KE", now.date() + timedelta(days=20), now.date() + timedelta(days=22), reason=f"Election silence {LONG}"
    )
    begin(session, wish, settings=SETTINGS, region=None, by=EVA, now=now)
    party = session.exec(select(Member).where(Member.code == "aube-sn")).one()
    session.add(
        Proposal(
            kind=ProposalKind.ITEM,
            status=ProposalStatus.OPEN,
            member_id=party.id or 0,
            language="fr",
            title=f"Une proposition {LONG}",
            text="Son texte",
            url="https://aube-sn.example/une",
            created_at=now,
        )
    )
    session.add(
        Report(
            recipient="bureau@alliance.example",
            kind=ReportKind.WEEKLY,
            period=period_of(now - timedelta(days=7), SETTINGS.report_zone),
            language="fr",
            status=ReportStatus.SENT,
            due_at=now,
            message_id="<a@alliance.example>",
            sent_at=now,
        )
    )
