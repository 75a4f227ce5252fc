"""The judge finds what is wrong; without that no proof is worth anything."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.reliability.installation import Installation
from tests.reliability.standin import Accepted, Standin
from tests.reliability.updates import mark_all_sent
from tests.reliability.verdict import MARK, Proof, count_disorder, judge


@pytest.fixture
def installation(tmp_path: Path, standin: Standin) -> Iterator[Installation]:
    with Installation(tmp_path, standin) as one:
        one.seat(2)
        one.release()
        mark_all_sent(one)
        yield one


def copy(installation: Installation, officer: int, *, entry: int = 1, words: str = "") -> Accepted:
    chat, title = list(installation.chats.values())[officer], installation.titles[entry]
    return Accepted(chat, time.monotonic(), "sendMessage", f"<b>{title}</b> {words}", "", 1)


def found(installation: Installation, messages: list[Accepted], *, extras_allowed: int = 0) -> set[str]:
    proof = Proof("test", 1)
    judge(proof, installation, messages, extras_allowed=extras_allowed)
    return {promise.partition(":")[0] for promise in proof.broken}


def test_what_is_well_is_well(installation: Installation):
    assert found(installation, [copy(installation, 0), copy(installation, 1)]) == set()


def test_a_message_that_nobody_saw_is_lost(installation: Installation):
    assert found(installation, [copy(installation, 0)]) == {"lost is 0", "unseen is 0"}
    with installation.database.write() as session:
        session.execute(text("UPDATE delivery SET status = 'needs_review' WHERE id = 2"))
    assert found(installation, [copy(installation, 0)]) == set()


def test_what_is_open_is_stuck(installation: Installation):
    with installation.database.write() as session:
        session.execute(text("UPDATE delivery SET status = 'uncertain' WHERE id = 2"))
    assert found(installation, [copy(installation, 0), copy(installation, 1)]) == {"stuck is 0"}


def test_copies_are_marked_flagged_and_few(installation: Installation):
    once = [copy(installation, 0), copy(installation, 1)]
    with installation.database.write() as session:
        session.execute(text("UPDATE delivery SET copies = 2"))
    marked = copy(installation, 0, words=MARK)
    assert found(installation, [*once, marked], extras_allowed=1) == set()
    assert found(installation, [*once, marked], extras_allowed=0) == {"extra copies are bounded"}
    assert found(installation, [*once, copy(installation, 0)], extras_allowed=1) == {"unmarked is 0"}
    thrice = [*once, marked, marked]
    assert found(installation, thrice, extras_allowed=2) == {"at most 2 copies of a delivery", "unflagged is 0"}


def test_a_release_writes_all_or_nothing(installation: Installation):
    with installation.database.write() as session:
        session.execute(text("DELETE FROM delivery WHERE id = 2"))
    broken = found(installation, [copy(installation, 0), copy(installation, 1)])
    assert broken == {"every release wrote all of its deliveries", "strangers is 0"}


def test_disorder_is_counted_in_each_chat(installation: Installation):
    installation.release()
    first, second = copy(installation, 0, entry=1), copy(installation, 0, entry=2)
    assert count_disorder(installation, [first, second]) == 0
    assert count_disorder(installation, [second._replace(at=1.0), first._replace(at=2.0)]) == 1
    other = copy(installation, 1)._replace(at=2.0)
    assert count_disorder(installation, [second._replace(at=1.0), other]) == 0
    again = first._replace(at=2.0, text=first.text + MARK)
    assert count_disorder(installation, [second._replace(at=1.0), again]) == 0
