"""The API answers as it is described, whatever it is asked."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlmodel import Session

from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.runtime import Runtime
from sharebot.sources.fetch import Fetcher
from sharebot.store.approvals import propose
from sharebot.store.contents import content_hash
from sharebot.store.database import Database
from sharebot.store.queue import Approval
from sharebot.values.status import StaffRole
from sharebot.web.app import build_app
from sharebot.web.limiting import Limit
from tests.cast import NOW
from tests.web.api.conftest import make_token
from tests.web.api.schema import throw
from tests.web.props import add_draft, queue_and_release


class Everywhere(frozenset[str]):
    """All hosts there are."""

    def __contains__(self, host: object) -> bool:
        return True


@pytest.fixture
async def patient(app: FastAPI, runtime: Runtime, database: Database) -> AsyncIterator[FastAPI]:
    """An API that lets a token call as often as it likes, has something in every list, and asks no other host."""
    with database.write() as session:
        add_draft(session)
        released = add_draft(session)
        for number in range(6):
            _propose(session, add_draft(session, {"en": f"Proposed {number}"}))
    queue_and_release(database, released)
    fetcher = Fetcher(refused_hosts=Everywhere())
    patient = build_app(replace(runtime, fetcher=fetcher))
    patient.state.limiter._named["api"] = Limit("api", 10**9, 60)
    yield patient
    await fetcher.aclose()


def test_what_is_described_is_what_is_answered(patient: FastAPI, database: Database) -> None:
    answers = throw(patient, database, make_token(database, StaffRole.APPROVER), examples=10)
    _look_at(answers)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_five_hundred_times_each(patient: FastAPI, database: Database) -> None:
    answers = throw(patient, database, make_token(database, StaffRole.APPROVER), examples=500)
    _look_at(answers)
    for line, count in sorted(answers.items()):
        print(count, line)


def _propose(session: Session, content_id: int) -> None:
    approval = Approval(
        content_id=content_id,
        audience=Audience(),
        timing=Timing(),
        expires_at=NOW + timedelta(days=7),
        by="ada@alliance.example",
        expected_hash=content_hash(session, content_id),
    )
    propose(session, approval, now=NOW)


def _look_at(answers: Counter[str]) -> None:
    statuses = {line.rpartition(" ")[2] for line in answers}
    assert {"200", "201", "404", "422"} <= statuses
    assert not {status for status in statuses if status.startswith("5")}
