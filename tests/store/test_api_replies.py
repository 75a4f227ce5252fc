"""A key is one request's: of two at once, one takes effect and the other gets its answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import col, select

from sharebot.errors import Refused
from sharebot.models import AuditRecord
from sharebot.store.api_replies import Reply, Ticket, claim_key, keep_reply
from sharebot.store.api_tokens import add_token
from sharebot.store.audit import Change, record
from sharebot.store.database import Database
from sharebot.store.staff import add_staff
from sharebot.values.api import Scope
from sharebot.values.status import StaffRole
from tests.cast import NOW


def test_of_two_at_once_one_takes_effect(either: Database) -> None:
    with either.write() as session:
        staff = add_staff(session, "eva@alliance.example", role=StaffRole.ADMIN, language="en", now=NOW)
        token_id, _ = add_token(session, staff.id or 0, "x", [Scope.CONTENT_WRITE], expires_at=None, now=NOW)
    ticket, together = Ticket(token_id, "key", "a" * 64), Barrier(4)

    def ask(number: int) -> Reply:
        together.wait()
        with either.write() as session:
            earlier = claim_key(session, ticket, now=NOW)
            if earlier is not None:
                return earlier
            mine = Reply(201, f"answer {number}")
            keep_reply(session, ticket, mine)
            record(session, Change("api:1", "content.added"), now=NOW)
            return mine

    with ThreadPoolExecutor(4) as pool:
        replies = set(pool.map(ask, range(4)))
    assert len(replies) == 1
    with either.read() as session:
        assert len(session.exec(select(AuditRecord.id).order_by(col(AuditRecord.id))).all()) == 1
    with either.write() as session, pytest.raises(Refused):
        claim_key(session, Ticket(token_id, "key", "b" * 64), now=NOW)
