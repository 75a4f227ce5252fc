"""Items, entries and deliveries for the store's tests."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import text
from sqlmodel import Session, select

from sharebot.config.settings import Settings
from sharebot.models import Asset, AssetBody, Attempt, Chat, Delivery, QueueEntry
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.store.claims import Claim, Claimed, Pace, claim_due, open_attempts
from sharebot.store.contents import Ingested, Intake, content_hash, ingest
from sharebot.store.database import Database
from sharebot.store.deliveries import new_delivery
from sharebot.store.outcomes import mark_uncertain
from sharebot.store.queue import Approval, Released, approve, get_entry, release
from sharebot.store.recovery import resolve_uncertain
from sharebot.values.feeds import FeedItem
from sharebot.values.status import AttemptOutcome, DataTier, DeliveryKind, DeliveryStatus, EntryStatus
from tests.cast import NOW, add_cast

ITEM = FeedItem("a", "A title", "Words", "https://alliance.example/a", NOW, "en")
FAST = Pace(1000, 18)  # holds nobody up
WAIT = timedelta(seconds=90)  # for evidence, in doubt
_numbers = count(1)


def take_in(database: Database, *items: FeedItem, now: datetime = NOW) -> Ingested:
    with database.write() as session:
        return ingest(session, items, Intake("en", frozenset({"alliance.example"}), now))


def approval_of(session: Session, content_id: int = 1, *, timing: Timing | None = None) -> Approval:
    return Approval(
        content_id=content_id,
        audience=Audience(),
        timing=timing or Timing(send_at=NOW, urgent=True),
        expires_at=NOW + timedelta(days=3),
        by="approver@alliance.example",
        expected_hash=content_hash(session, content_id),
    )


def approved(database: Database, content_id: int = 1, *, timing: Timing | None = None) -> int:
    with database.write() as session:
        return approve(session, approval_of(session, content_id, timing=timing), now=NOW).id or 0


def release_now(session: Session, entry_id: int, *, now: datetime = NOW) -> Released | None:
    def new_code() -> str:
        return f"code{next(_numbers):06}"

    return release(session, entry_id, settings=Settings(), new_code=new_code, now=now)


def released(database: Database, *, items: int = 1) -> None:
    """Seat the cast and release `items` items to both: deliveries 1, 2 (Ana, Ben), 3, 4 and so on."""
    add_cast(database)
    for number in range(items):
        take_in(database, replace(ITEM, external_id=f"a{number}", url=f"https://alliance.example/a{number}"))
        entry = approved(database, number + 1)
        with database.write() as session:
            assert release_now(session, entry) is not None


def delivery(database: Database, number: int = 1) -> Delivery:
    with database.read() as session:
        found = session.get(Delivery, number)
    assert found is not None
    return found


def statuses(database: Database) -> list[DeliveryStatus]:
    with database.read() as session:
        return [row.status for row in session.exec(select(Delivery).order_by(text("id")))]


def claim(
    database: Database,
    *,
    limit: int = 1,
    now: datetime = NOW,
    worker: str = "one",
    bot_id: int = 1,
    pace: Pace = FAST,
) -> list[Claim]:
    """Claim and open the attempts, as a worker does in one transaction."""
    with database.write() as session:
        claims = claim_due(session, bot_id, now=now, limit=limit, pace=pace).claims
        open_attempts(session, claims, {}, worker=worker, now=now)
        return list(claims)


def claimed(database: Database, *, limit: int = 9, now: datetime = NOW, bot_id: int = 1) -> list[int]:
    """Claim, and return the numbers of the deliveries in the order of their starts."""
    return [one.delivery_id for one in claim(database, limit=limit, now=now, bot_id=bot_id)]


def ask(database: Database, *, per_second: float, limit: int = 9, now: datetime = NOW, bot_id: int = 1) -> Claimed:
    """Claim at a pace; nothing is sent, and the attempts stand open."""
    with database.write() as session:
        answer = claim_due(session, bot_id, now=now, limit=limit, pace=Pace(per_second, 18))
        open_attempts(session, answer.claims, {}, worker="one", now=now)
        return answer


def starts(answer: Claimed) -> list[timedelta]:
    """Return when the claims may start, from NOW on."""
    return [one.starts_at - NOW for one in answer.claims]


def attempt_outcomes(database: Database) -> list[AttemptOutcome]:
    with database.read() as session:
        return [attempt.outcome for attempt in session.exec(select(Attempt).order_by(text("id")))]


def rests_until(database: Database, number: int = 1) -> datetime | None:
    """Return until when the chat of a delivery gets nothing."""
    with database.read() as session:
        seat = select(Chat).join(Delivery, text("delivery.chat_id = chat.id"))
        return session.exec(seat.where(Delivery.id == number)).one().next_send_at


def queue_note(
    database: Database,
    *,
    chat: tuple[int, int],
    kind: DeliveryKind = DeliveryKind.WELCOME,
    officer_id: int | None = None,
    entry_id: int | None = None,
    due_at: datetime = NOW,
) -> int:
    """Queue a note to a chat, given with its bot; return its number."""
    row = new_delivery(
        f"note:{next(_numbers)}",
        kind,
        chat=chat,
        officer_id=officer_id,
        entry_id=entry_id,
        due_at=due_at,
        expires_at=NOW + timedelta(days=3),
        now=NOW,
    )
    with database.write() as session:
        note = Delivery(**row)
        session.add(note)
        session.flush()
        return note.id or 0


def doubt(database: Database, one: Claim, *, now: datetime = NOW) -> None:
    with database.write() as session:
        assert mark_uncertain(session, one, "no answer", now=now)


def resolve(database: Database, *, now: datetime) -> tuple[int, int]:
    """Return how many are to be sent once more, and how many a person decides on."""
    with database.write() as session:
        return resolve_uncertain(session, now=now, wait=WAIT)


def entry_status(database: Database, number: int = 1) -> EntryStatus:
    with database.read() as session:
        return get_entry(session, number).status


def set_entry_status(database: Database, status: EntryStatus, number: int = 1) -> None:
    with database.write() as session:
        entry = session.get(QueueEntry, number)
        assert entry is not None
        entry.status = status
        session.add(entry)


def add_light(session: Session, whole: Asset, body: bytes, mime: str) -> Asset:
    """Give a file the lighter one that was made of it."""
    session.add(whole)
    session.flush()
    light = Asset(
        variant_id=whole.variant_id,
        kind=whole.kind,
        url=f"sharebot:rendition/{whole.id}",
        mime=mime,
        size_bytes=len(body),
        tier=DataTier.LIGHT,
        original_id=whole.id,
    )
    session.add(light)
    session.flush()
    session.add(AssetBody(asset_id=light.id or 0, body=body))
    return light
