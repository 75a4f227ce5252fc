"""A database as large as a busy network's after two years: `fill(database)` fills an empty one, always alike.

130 members in 70 countries, 400 officers, 5,000 contents, 300,000 deliveries of 800 released entries with their
answers, findings, links and clicks; 200 drafts wait, and what was released last is still going out at NOW.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import count, islice
from typing import Any, Final

from sqlalchemy import Connection, insert, text
from sqlmodel import Session, SQLModel

from sharebot import models
from sharebot.store.api_tokens import add_token
from sharebot.store.audit import Change, record
from sharebot.store.database import Database
from sharebot.store.schema import migrate
from sharebot.store.vault import Vault
from sharebot.values.api import Scope
from sharebot.values.status import (
    AccountStatus,
    AnswerKind,
    AssetKind,
    CampaignStatus,
    ChatKind,
    ClickOutcome,
    ContentKind,
    ContentStatus,
    DataTier,
    DeclineReason,
    DeliveryKind,
    DeliveryStatus,
    EntryStatus,
    Evidence,
    MemberKind,
    Network,
    OfficerStatus,
    PostKind,
    ProposalKind,
    ProposalStatus,
    ReportKind,
    ReportStatus,
    ReshareKind,
    SourceKind,
    StaffRole,
)
from tests.cast import NOW

MEMBERS, OFFICERS, ACTIVE, CONTENTS, RELEASED, DRAFTS = 130, 400, 375, 5_000, 800, 200
RESHARES, AUDITED, CAMPAIGNS, SOURCES = 40_000, 20_000, 12, 20
APART: Final = timedelta(hours=21)  # eight items a week
COUNTRIES: Final = {
    "Europe": "BE FR ES DE IT PT NL IE GR AT PL CZ SE NO FI DK RO BG HR HU".split(),
    "Africa": "SN MA TN DZ CI CM GH KE NG ZA UG RW TG BJ MG".split(),
    "Americas": "AR BR CL CO MX PE UY BO EC VE CR PA CU DO HT".split(),
    "Asia": "IN NP LK PH ID MY JP KR TH BD".split(),
    "Middle East": "LB JO IQ EG TR IL PS".split(),
    "Oceania": "AU NZ FJ".split(),
}
ZONES: Final = dict(
    zip(
        COUNTRIES,
        ["Europe/Brussels", "Africa/Dakar", "America/Bogota", "Asia/Manila", "Asia/Beirut", "Pacific/Auckland"],
        strict=True,
    )
)
SPOKEN: Final = ("en", "fr,en", "es,en", "fr", "en", "es")
WORDS: Final = (
    "climate care peace wages housing women youth union summit solidarity water energy justice europe africa debate "
    "vote campaign congress equality education health border trade"
).split()
_WEB = (Network.X, Network.FACEBOOK, Network.BLUESKY, Network.MASTODON, Network.LINKEDIN)
_MOST = 5_000

Row = dict[str, Any]


def fill(database: Database) -> None:
    """Migrate an empty database and fill it; a minute or less."""
    migrate(database)
    with database.engine.begin() as connection:
        _Filling(connection, database.vault).run()
        if not database.is_sqlite:
            _set_sequences(connection)
    with database.write() as session:
        _write_audit(session)
        add_token(session, 1, "a program", tuple(Scope), expires_at=None, now=NOW)
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as autovacuum has done by then


def released_at(number: int) -> Any:
    """Return when the released entry of this number, from 1, went out; the last one goes out now."""
    return NOW - (RELEASED - number) * APART - timedelta(minutes=20)


def content_of(entry: int) -> int:
    """Return which content a released entry is of: one in six of the library, up to the newest before the drafts."""
    return CONTENTS - DRAFTS - (RELEASED - entry) * 6


class _Filling:
    """Fills table after table; what later tables need of earlier ones is kept."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault
        self._chance = random.Random(5)  # noqa: S311 - the same each time, on purpose
        self._regions: list[str] = []
        self._variants: dict[int, dict[str, int]] = {}

    def run(self) -> None:
        """Fill every table."""
        for model, rows in (
            (models.Bot, [{"id": 1, "code": "main", "external_id": 1, "username": "alliance_bot"}]),
            (models.Staff, self._staff()),
            (models.Member, self._members()),
            (models.MemberList, [{"id": n, "name": f"List {n}", "created_at": NOW} for n in range(1, 6)]),
            (models.MemberListing, [{"list_id": n % 5 + 1, "member_id": n} for n in range(1, MEMBERS + 1)]),
            (models.Chat, self._chats()),
            (models.Officer, self._officers()),
            (models.SocialAccount, self._accounts()),
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
            (models.Reshare, self._reshares()),
            (models.ObservedPost, self._posts()),
            (models.Proposal, self._proposals()),
            (models.Report, self._reports()),
            (models.CountryHold, self._holds()),
            (models.Alert, self._alerts()),
        ):
            self._add(model, rows)

    def _add(self, model: type[SQLModel], rows: Iterable[Row]) -> None:
        statement, left = insert(model), iter(rows)
        while some := list(islice(left, _MOST)):
            self._connection.execute(statement, some)

    def _staff(self) -> Iterator[Row]:
        for number, role in enumerate([*StaffRole, *StaffRole], 1):
            email = f"staff{number}@alliance.example"
            yield {"id": number, "email": email, "role": role, "name": f"Staff {number}", "created_at": NOW}

    def _members(self) -> Iterator[Row]:
        places = [(region, country) for region, countries in COUNTRIES.items() for country in countries]
        for number in range(1, MEMBERS + 1):
            region, country = places[number % len(places)]
            self._regions.append(region)
            yield {
                "id": number,
                "code": f"party-{number}",
                "name": f"Party of {WORDS[number % len(WORDS)].title()} {number}",
                "kind": list(MemberKind)[number % 11 == 0],
                "country": country,
                "region": region,
                "languages": SPOKEN[number % len(SPOKEN)],
                "zone": ZONES[region],
                "created_at": NOW - 800 * timedelta(days=1),
            }

    def _chats(self) -> Iterator[Row]:
        for number in range(1, ACTIVE + 1):
            sealed, index = self._vault.seal(f"{90_000 + number}"), self._vault.index(f"{90_000 + number}")
            kind = ChatKind.GROUP if number % 20 == 0 else ChatKind.PRIVATE
            yield {"id": number, "bot_id": 1, "kind": kind, "address_sealed": sealed, "address_index": index}

    def _officers(self) -> Iterator[Row]:
        for number in range(1, OFFICERS + 1):
            is_active = number <= ACTIVE
            yield {
                "id": number,
                "member_id": (number - 1) % MEMBERS + 1,
                "label_sealed": self._vault.seal(f"Desk {number}"),
                "label_index": self._vault.index(f"Desk {number}"),
                "chat_id": number if is_active else None,
                "language": SPOKEN[((number - 1) % MEMBERS + 1) % len(SPOKEN)][:2],
                "tier": list(DataTier)[number % 3],
                "status": OfficerStatus.ACTIVE if is_active else OfficerStatus.INVITED,
                "high_risk": number % 60 == 0,
                "created_at": NOW - 700 * timedelta(days=1),
                "joined_at": NOW - 690 * timedelta(days=1) if is_active else None,
                "consented_at": NOW - 690 * timedelta(days=1) if is_active else None,
            }

    def _accounts(self) -> Iterator[Row]:
        numbers = count(1)
        for member in range(1, MEMBERS + 1):
            for network in _WEB[:3]:
                seen = AccountStatus.UNOBSERVABLE if network is Network.FACEBOOK else AccountStatus.WATCHED
                external = f"{network.value}-{member}"
                yield {
                    "id": next(numbers),
                    "member_id": member,
                    "network": network,
                    "handle": f"party{member}",
                    "external_id": external,
                    "status": seen,
                }

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
                    "network": _WEB[officer % 5] if kind is AnswerKind.SHARED else None,
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

    def _reshares(self) -> Iterator[Row]:
        each = RESHARES // RELEASED
        for number in range(1, RESHARES + 1):
            entry = (number - 1) // each + 1
            at = released_at(entry) + timedelta(minutes=17 * (number % each))
            level = list(Evidence)[number % 4]
            member = number * 37 % MEMBERS + 1
            yield {
                "id": number,
                "key": f"post:{number}",
                "member_id": member,
                "content_id": content_of(entry),
                "delivery_id": (entry - 1) * ACTIVE + member,
                "network": _WEB[number % 5],
                "kind": ReshareKind.CLAIM if level is Evidence.CLAIMED else ReshareKind.LINK,
                "evidence": level,
                "language": "en",
                "url": None if level is Evidence.CLAIMED else f"https://social.example/{number}",
                "at": at,
                "created_at": at,
            }

    def _posts(self) -> Iterator[Row]:
        for number in range(1, RESHARES // 4 + 1):
            at = released_at(number % RELEASED + 1)
            yield {
                "id": number,
                "account_id": number * 3 % (MEMBERS * 3) + 1,
                "network": Network.BLUESKY,
                "external_id": f"at://post/{number}",
                "kind": PostKind.POST,
                "content_id": content_of(number % RELEASED + 1),
                "at": at,
                "seen_at": at,
            }

    def _proposals(self) -> Iterator[Row]:
        for number in range(1, 301):
            is_open = number > 280
            yield {
                "id": number,
                "kind": ProposalKind.TRANSLATION if number % 3 == 0 else ProposalKind.ITEM,
                "status": ProposalStatus.OPEN if is_open else ProposalStatus.ACCEPTED,
                "member_id": number % MEMBERS + 1,
                "officer_id": number % MEMBERS + 1,
                "content_id": content_of(number) if number % 3 == 0 or not is_open else None,
                "language": "es",
                "title": f"Proposal {number}",
                "created_at": NOW - (300 - number) * timedelta(days=2),
            }

    def _reports(self) -> Iterator[Row]:
        numbers = count(1)
        for week in range(100):
            at = NOW - week * timedelta(days=7)
            year, number, _ = (at - timedelta(days=7)).isocalendar()
            for recipient in range(1, 6):
                yield {
                    "id": next(numbers),
                    "recipient": f"leader{recipient}@alliance.example",
                    "kind": ReportKind.WEEKLY,
                    "period": f"{year}-W{number:02}",
                    "language": "en",
                    "status": ReportStatus.SENT,
                    "due_at": at,
                    "message_id": f"{week}-{recipient}@alliance.example",
                    "sent_at": at,
                }

    def _holds(self) -> Iterator[Row]:
        for number in range(1, 41):
            at = NOW - (40 - number) * timedelta(days=18)
            until = at + timedelta(days=3)
            yield {"id": number, "country": "FR", "from_at": at, "until_at": until, "by": "staff:1", "created_at": at}

    def _alerts(self) -> Iterator[Row]:
        for number in range(1, 201):
            at = NOW - (200 - number) * timedelta(days=3)
            over = at + timedelta(hours=1) if number < 198 else None
            yield {"id": number, "code": "source_failing", "subject": f"{number}", "opened_at": at, "resolved_at": over}


def _entry(number: int, content: int, status: EntryStatus, at: Any) -> Row:
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


def _write_audit(session: Session) -> None:
    for number in range(AUDITED):
        change = Change(f"staff:{number % 8 + 1}", "entry.approved", f"entry:{number % RELEASED + 1}")
        record(session, change, now=NOW - (AUDITED - number) * timedelta(minutes=50))
        session.expire_all() if number % 500 == 0 else None


def _set_sequences(connection: Connection) -> None:
    """Let new rows follow those that brought their own numbers."""
    for table in SQLModel.metadata.sorted_tables:
        if "id" in table.c and table.c.id.autoincrement is not False:
            last = text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), coalesce(max(id), 1)) FROM {table.name}")  # noqa: E501, S608
            connection.execute(last)
