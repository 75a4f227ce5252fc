"""Proposals: approved by somebody else where two pairs of eyes are needed, or returned with a note."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sharebot.errors import Refused
from sharebot.models import QueueEntry
from sharebot.rules.audience import Audience
from sharebot.store.approvals import OwnProposal, Stale, approve_proposed, propose, return_entry, seen_hash_of
from sharebot.store.contents import get_content, list_variants
from sharebot.store.database import Database
from sharebot.store.queue import approve, count_waves, get_entry
from sharebot.values.status import ContentStatus, EntryStatus
from tests.cast import NOW, add_cast
from tests.store.props import ITEM, approval_of, release_now, take_in

EVA, FIN = "eva@alliance.example", "fin@alliance.example"


def proposed(database: Database, *, by: str = EVA) -> int:
    add_cast(database)
    take_in(database, ITEM)
    with database.write() as session:
        return propose(session, replace(approval_of(session), by=by), now=NOW).id or 0


def decide(database: Database, entry_id: int, *, by: str, eyes: int = 2, seen: str | None = None) -> QueueEntry:
    with database.write() as session:
        seen = seen or seen_hash_of(session, get_entry(session, entry_id))
        return approve_proposed(session, entry_id, by=by, eyes=eyes, seen_hash=seen, now=NOW)


def seen_now(database: Database, entry_id: int) -> str:
    with database.read() as session:
        return seen_hash_of(session, get_entry(session, entry_id))


def retitle(database: Database) -> None:
    with database.write() as session:
        variant = list_variants(session, 1)[0]
        variant.title = "Something else"
        session.add(variant)


def test_what_one_proposes_another_approves_and_then_it_goes_out(either: Database) -> None:
    number = proposed(either)
    with either.write() as session:
        assert release_now(session, number) is None, "a proposal is never sent"
    entry = decide(either, number, by=FIN)
    assert (entry.status, entry.proposed_by, entry.approved_by) == (EntryStatus.APPROVED, EVA, FIN)
    with either.write() as session:
        assert get_content(session, 1).status is ContentStatus.READY
        assert release_now(session, number) is not None


def test_nobody_approves_what_they_proposed_where_two_pairs_of_eyes_are_needed(either: Database) -> None:
    number = proposed(either)
    with pytest.raises(OwnProposal):
        decide(either, number, by=EVA)
    assert decide(either, number, by=EVA, eyes=1).status is EntryStatus.APPROVED


def test_an_edit_after_the_look_stops_the_approval(database: Database) -> None:
    number = proposed(database)
    seen = seen_now(database, number)
    retitle(database)
    with pytest.raises(Stale):
        decide(database, number, by=FIN, eyes=1, seen=seen)
    with pytest.raises(Stale, match="edited after it was proposed"):
        decide(database, number, by=FIN, eyes=2)
    assert decide(database, number, by=FIN, eyes=1).status is EntryStatus.APPROVED, "who looks anew may approve alone"


@pytest.mark.parametrize(
    "other",
    [
        {"audience": Audience(languages=frozenset({"fr"}))},
        {"expires_at": NOW + timedelta(days=9)},
        {"share_from": NOW + timedelta(days=1)},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_audience_or_time_stops_the_approval_too(database: Database, other: dict[str, object]) -> None:
    number = proposed(database)
    seen = seen_now(database, number)
    with database.write() as session:
        again = propose(session, replace(approval_of(session), by=EVA, **other), now=NOW)  # type: ignore[arg-type]
        assert again.id == number, "a content has one entry that waits"
    with pytest.raises(Stale):
        decide(database, number, by=FIN, seen=seen)


def test_a_returned_proposal_is_proposed_again_as_the_same_entry(either: Database) -> None:
    number = proposed(either)
    with either.write() as session:
        with pytest.raises(Refused, match="in a note"):
            return_entry(session, number, by=FIN, note=" \n", now=NOW)
        return_entry(session, number, by=FIN, note=" The date is wrong. ", now=NOW)
        entry = get_entry(session, number)
        session.refresh(entry)
        assert (entry.status, entry.note, entry.returned_by) == (EntryStatus.RETURNED, "The date is wrong.", FIN)
    with pytest.raises(Refused, match="does not wait"):
        decide(either, number, by=FIN)
    with either.write() as session:
        again = propose(session, replace(approval_of(session), by=EVA), now=NOW)
        assert (again.id, again.status, again.note, again.returned_by) == (number, EntryStatus.PROPOSED, "", None)


def test_an_approver_may_decide_at_once_on_what_waits(database: Database) -> None:
    number = proposed(database)
    with database.write() as session:
        entry = approve(session, replace(approval_of(session), by=FIN), now=NOW)
        assert (entry.id, entry.status, entry.proposed_by) == (number, EntryStatus.APPROVED, EVA)
        assert count_waves(session, 1) == 1
        assert approve(session, approval_of(session), now=NOW).wave == 2
    with pytest.raises(Refused):
        decide(database, number, by=FIN)


def test_what_is_over_cannot_be_approved_nor_returned(database: Database) -> None:
    number = proposed(database)
    later = NOW + timedelta(days=4)
    with database.write() as session:
        seen = seen_hash_of(session, get_entry(session, number))
        with pytest.raises(Refused):
            approve_proposed(session, number, by=FIN, eyes=1, seen_hash=seen, now=later)
        with pytest.raises(Refused):
            return_entry(session, number, by=FIN, note="Why?", now=later)


def test_an_embargo_ends_before_the_entry_does(database: Database) -> None:
    add_cast(database)
    take_in(database, ITEM)
    with database.write() as session:
        approval = approval_of(session)
        with pytest.raises(Refused, match="before it may be shared"):
            approve(session, replace(approval, share_from=approval.expires_at), now=NOW)
