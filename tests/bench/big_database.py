"""A database as large as a busy network's after two years: `fill(database)` fills an empty one, always alike.

130 members in 70 countries, 400 officers, 5,000 contents, 300,000 deliveries of 800 released entries with their
answers, findings, links and clicks; 200 drafts wait, and what was released last is still going out at NOW.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import count, islice

from sqlalchemy import Connection, insert, text
from sqlmodel import SQLModel

from sharebot import models
from sharebot.store.api_tokens import add_token
from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault
from sharebot.values.api import Scope
from sharebot.values.status import (
    AnswerKind,
    AssetKind,
    CampaignStatus,
    ClickOutcome,
    ContentKind,
    ContentStatus,
    DataTier,
    DeclineReason,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    SourceKind,
)
from tests.bench import big_history, big_people
from tests.bench.big_history import APART, CONTENTS, DRAFTS, RELEASED, content_of, released_at
from tests.bench.big_people import ACTIVE, MEMBERS, SPOKEN, WEB, WORDS, Row
from tests.cast import NOW

CAMPAIGNS, SOURCES = 12, 20
_MOST = 5_000


def fill(database: Database) -> None:
    """Migrate an empty database and fill it, in half a minute or so."""
    migrate(database)
    with database.engine.begin() as connection:
        _Filling(connection, database.vault).run()
        if not database.is_sqlite:
            _set_sequences(connection)
    with database.write() as session:
        add_token(session, 1, "a program", tuple(Scope), expires_at=None, now=NOW)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as autovacuum has done by then


class _Filling:
    """Fills table after table; what later tables need of earlier ones is kept."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault
        self._chance = random.Random(5)  # noqa: S311 - the same each time, on purpose
        self._variants: dict[int, dict[str, int]] = {}

    def run(self) -> None:
        """Fill every table."""
        for model, rows in (
            (models.Staff, big_people.staff()),
            (models.Member, big_people.members()),
            (models.MemberList, [{"id": n, "name": f"List {n}", "created_at": NOW} for n in range(1, 6)]),
            (models.MemberListing, [{"list_id": n % 5 + 1, "member_id": n} for n in range(1, MEMBERS + 1)]),
            (models.Chat, big_people.chats(self._vault)),
            (models.Officer, big_people.officers(self._vault)),
            (models.SocialAccount, big_people.accounts()),
            (models.Source, self._sources()),
            (models.Campaign, self._campaigns()),
            (models.Content, self._contents()),
            (models.Variant, self._variant_rows()),
            (models.Asset, self._assets()),
            (models.Wording, self._wordings()),
            (models.QueueEntry, [*self._released(), *self._others()]),
            (models.Delivery, self._deliveries()),
            (models.Answer, self._answers()),
            (models.TrackedLink, self._links()),
            (models.ClickTally, self._clicks()),
            (models.Reshare, big_history.reshares()),
            (models.ObservedPost, big_history.posts()),
            (models.Proposal, big_history.proposals()),
            (models.Report, big_history.reports()),
            (models.CountryHold, big_history.holds()),
            (models.Alert, big_history.alerts()),
            (models.AuditRecord, big_history.audit_records()),
        ):
            self._add(model, rows)

    def _add(self, model: type[SQLModel], rows: Iterable[Row]) -> None:
        statement, left = insert(model), iter(rows)
        while some := list(islice(left, _MOST)):
            self._connection.execute(statement, some)

    def _sources(self) -> Iterator[Row]:
        for number in range(1, SOURCES + 1):
            yield {
                "id": number,
                "kind": list(SourceKind)[number % 3],
                "url": f"https://alliance.example/feed/{number}",
                "title": f"Source {number}",
                "language": ("en", "fr", "es")[number % 3],
                "next_poll_at": NOW,
                "polled_at": NOW,
                "created_at": NOW - 730 * timedelta(days=1),
            }

    def _campaigns(self) -> Iterator[Row]:
        for number in range(1, CAMPAIGNS + 1):
            yield {
                "id": number,
                "code": f"campaign-{number}",
                "name": f"Campaign {number}",
                "hashtag": f"#Campaign{number}",
                "status": CampaignStatus.ENDED if number < 9 else CampaignStatus.RUNNING,
                "goal_parties": 60,
                "created_at": NOW - (CAMPAIGNS - number) * timedelta(days=55),
            }

    def _contents(self) -> Iterator[Row]:
        out = {content_of(number): released_at(number) for number in range(1, RELEASED + 1)}
        for number in range(1, CONTENTS + 1):
            at = NOW - (CONTENTS - number) * APART / 6 - timedelta(hours=1)
            is_draft = number > CONTENTS - DRAFTS
            kept = ContentStatus.READY if number in out or number % 2 else ContentStatus.ARCHIVED
            yield {
                "id": number,
                "kind": list(ContentKind)[number % 7 % 3],
                "status": ContentStatus.DRAFT if is_draft else kept,
                "quarantine": "links to a host that is not ours" if is_draft and number % 10 == 0 else "",
                "evergreen": number % 30 == 0,
                "campaign_id": number * CAMPAIGNS // (CONTENTS + 1) + 1 if number % 4 == 0 else None,
                "published_at": at,
                "released_at": out.get(number),
                "created_at": at,
            }

    def _variant_rows(self) -> Iterator[Row]:
        numbers = count(1)
        for content in range(1, CONTENTS + 1):
            self._variants[content] = {}
            for language in ("en", "fr", "es")[: 2 + content % 2]:
                number = self._variants[content][language] = next(numbers)
                title = " ".join(self._chance.sample(WORDS, 6)).capitalize()
                yield {
                    "id": number,
                    "content_id": content,
                    "source_id": content % SOURCES + 1,
                    "external_id": f"item-{number}",
                    "language": language,
                    "title": f"{title} {content}",
                    "text": " ".join(self._chance.choices(WORDS, k=60)),
                    "url": f"https://alliance.example/{language}/{content}",
                    "updated_at": NOW,
                }

    def _assets(self) -> Iterator[Row]:
        numbers = count(1)
        for variant in (one for versions in self._variants.values() for one in versions.values()):
            picture = {"variant_id": variant, "kind": AssetKind.PICTURE, "mime": "image/jpeg", "alt": "A picture"}
            original = next(numbers)
            full = {"id": original, "url": f"https://alliance.example/{variant}.jpg", "size_bytes": 400_000}
            yield picture | full | {"tier": DataTier.FULL, "original_id": None, "prepared_at": NOW}
            light = {"id": next(numbers), "url": f"rendition:{variant}", "size_bytes": 60_000, "prepared_at": None}
            yield picture | light | {"tier": DataTier.LIGHT, "original_id": original}

    def _wordings(self) -> Iterator[Row]:
        numbers = count(1)
        for entry in range(1, RELEASED + 1):
            for variant in self._variants[content_of(entry)].values():
                for position in (1, 2):
                    said = " ".join(self._chance.choices(WORDS, k=20))
                    yield {"id": next(numbers), "variant_id": variant, "position": position, "text": said}

    def _released(self) -> Iterator[Row]:
        for number in range(1, RELEASED + 1):
            at = released_at(number)
            yield _entry(number, content_of(number), EntryStatus.RELEASED, at) | {"released_at": at}

    def _others(self) -> Iterator[Row]:
        """Yield what is planned, proposed, returned and withdrawn."""
        states = [EntryStatus.APPROVED] * 15 + [EntryStatus.PROPOSED] * 10 + [EntryStatus.RETURNED] * 5
        for ahead, status in enumerate([*states, *[EntryStatus.WITHDRAWN] * 20], 1):
            content = content_of(RELEASED) - 6 * ahead - 3
            yield _entry(RELEASED + ahead, content, status, NOW + ahead * timedelta(hours=7)) | {"released_at": None}

    def _deliveries(self) -> Iterator[Row]:
        numbers = count(1)
        for entry in range(1, RELEASED + 1):
            at, versions = released_at(entry), self._variants[content_of(entry)]
            for officer in range(1, ACTIVE + 1):
                status = self._status(entry, officer)
                language = SPOKEN[((officer - 1) % MEMBERS + 1) % len(SPOKEN)][:2]
                due = at + timedelta(seconds=officer)
                yield {
                    "id": next(numbers),
                    "key": f"entry:{entry}:{officer}",
                    "kind": DeliveryKind.ITEM,
                    "entry_id": entry,
                    "officer_id": officer,
                    "bot_id": 1,
                    "chat_id": officer,
                    "variant_id": versions.get(language, versions["en"]),
                    "status": status,
                    "due_at": due,
                    "expires_at": at + timedelta(days=7),
                    "attempts": 1,
                    "message_id": 1000 + entry,
                    "created_at": at,
                    "sent_at": due if status is DeliveryStatus.SENT else None,
                }

    def _status(self, entry: int, officer: int) -> DeliveryStatus:
        if entry == RELEASED and officer % 3 == 0:
            return DeliveryStatus.QUEUED
        odd = (DeliveryStatus.FAILED, DeliveryStatus.EXPIRED, DeliveryStatus.SUPPRESSED)
        return odd[entry % 3] if (entry * 7 + officer) % 70 == 0 else DeliveryStatus.SENT

    def _answers(self) -> Iterator[Row]:
        numbers = count(1)
        kinds = (AnswerKind.SHARED, AnswerKind.SHARED, AnswerKind.TAKEN, AnswerKind.LATER, AnswerKind.DECLINED)
        for entry in range(1, RELEASED + 1):
            for officer in range(1, ACTIVE + 1):
                if (entry * 13 + officer * 7) % 100 >= 35 or self._status(entry, officer) is not DeliveryStatus.SENT:
                    continue
                kind = kinds[(entry + officer) % 5]
                yield {
                    "id": next(numbers),
                    "delivery_id": (entry - 1) * ACTIVE + officer,
                    "kind": kind,
                    "reason": DeclineReason.TOPIC if kind is AnswerKind.DECLINED else None,
                    "network": WEB[officer % 5] if kind is AnswerKind.SHARED else None,
                    "officer_id": officer,
                    "at": released_at(entry) + timedelta(minutes=officer),
                }

    def _links(self) -> Iterator[Row]:
        for entry in range(1, RELEASED + 1):
            versions = self._variants[content_of(entry)]
            for member in range(1, MEMBERS + 1):
                number = (entry - 1) * MEMBERS + member
                language = SPOKEN[member % len(SPOKEN)][:2]
                yield {
                    "id": number,
                    "code": f"c{number:x}",
                    "member_id": member,
                    "variant_id": versions.get(language, versions["en"]),
                    "target_url": f"https://alliance.example/{language}/{entry}?utm_source={member}",
                    "created_at": released_at(entry),
                }

    def _clicks(self) -> Iterator[Row]:
        numbers = count(1)
        for link in range(1, RELEASED * MEMBERS + 1):
            if link % 5 > 1:
                continue
            day = released_at((link - 1) // MEMBERS + 1).date()
            for later, outcome in ((0, ClickOutcome.COUNTED), (1, ClickOutcome.COUNTED), (0, ClickOutcome.PREVIEW)):
                on_date = day + timedelta(days=later)
                n = self._chance.randint(1, 30)
                yield {"id": next(numbers), "link_id": link, "on_date": on_date, "outcome": outcome, "n": n}


def _entry(number: int, content: int, status: EntryStatus, at: datetime) -> Row:
    is_approved = status not in {EntryStatus.PROPOSED, EntryStatus.RETURNED}
    return {
        "id": number,
        "content_id": content,
        "status": status,
        "send_at": at,
        "release_at": at,
        "expires_at": at + timedelta(days=7),
        "approved_by": "staff2@alliance.example" if is_approved else None,
        "approved_at": at if is_approved else None,
        "proposed_by": "staff3@alliance.example",
        "created_at": at - timedelta(hours=2),
    }


def _set_sequences(connection: Connection) -> None:
    """Let new rows follow those that brought their own numbers."""
    for table in SQLModel.metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement is not False:
            number = f"pg_get_serial_sequence('{table.name}', 'id')"
            last = f"SELECT setval({number}, coalesce(max(id), 1)) FROM {table.name}"
            connection.execute(text(last))
