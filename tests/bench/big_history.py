"""What happened in two years of a big database: when items went out, findings, proposals, reports, changes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from sharebot.values.status import (
    Evidence,
    Network,
    PostKind,
    ProposalKind,
    ProposalStatus,
    ReportKind,
    ReportStatus,
    ReshareKind,
)
from tests.bench.big_people import ACTIVE, MEMBERS, WEB, Row
from tests.cast import NOW

CONTENTS, RELEASED, DRAFTS = 5_000, 800, 200
RESHARES, AUDITED = 40_000, 20_000
APART: Final = timedelta(hours=21)  # eight items a week


def released_at(number: int) -> datetime:
    """Return when the released entry of this number, from 1, went out; the last one goes out now."""
    return NOW - (RELEASED - number) * APART - timedelta(minutes=20)


def content_of(entry: int) -> int:
    """Return which content a released entry is of: one in six of the library, up to the newest before the drafts."""
    return CONTENTS - DRAFTS - (RELEASED - entry) * 6


def reshares() -> Iterator[Row]:
    """Yield findings of each level of evidence."""
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
            "network": WEB[number % 5],
            "kind": ReshareKind.CLAIM if level is Evidence.CLAIMED else ReshareKind.LINK,
            "evidence": level,
            "language": "en",
            "url": None if level is Evidence.CLAIMED else f"https://social.example/{number}",
            "at": at,
            "created_at": at,
        }


def posts() -> Iterator[Row]:
    """Yield posts that were seen."""
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


def proposals() -> Iterator[Row]:
    """Yield proposals, the last ones open."""
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


def reports() -> Iterator[Row]:
    """Yield two years of mails."""
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


def holds() -> Iterator[Row]:
    """Yield holds of one country."""
    for number in range(1, 41):
        at = NOW - (40 - number) * timedelta(days=18)
        until = at + timedelta(days=3)
        yield {"id": number, "country": "FR", "from_at": at, "until_at": until, "by": "staff:1", "created_at": at}


def alerts() -> Iterator[Row]:
    """Yield alerts, the last ones not over."""
    for number in range(1, 201):
        at = NOW - (200 - number) * timedelta(days=3)
        over = at + timedelta(hours=1) if number < 198 else None
        yield {"id": number, "code": "source_failing", "subject": f"{number}", "opened_at": at, "resolved_at": over}


def audit_records() -> Iterator[Row]:
    """Yield records without their chain, which no page looks at."""
    for number in range(1, AUDITED + 1):
        yield {
            "id": number,
            "at": NOW - (AUDITED - number) * timedelta(minutes=50),
            "actor": f"staff:{number % 8 + 1}",
            "action": ("entry.approved", "entry.withdrawn", "content.edited", "member.edited")[number % 4],
            "subject": f"entry:{number % RELEASED + 1}",
            "hash": "0" * 64,
        }
