"""What an import of parties would change, told before it is done."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session, select

from sharebot.models import Member, Officer, SocialAccount
from sharebot.rules.members_file import MemberRow, Problem
from sharebot.store.database import vault_of
from sharebot.store.members import facts_of


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact of a party, as it is and as it would be."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What an import would do with one line: a new party, or facts, seats and accounts of a known one."""

    line: int
    code: str
    name: str
    is_new: bool
    facts: tuple[FactChange, ...]
    seats: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do; with any problem nothing of it may be done."""

    added: tuple[MemberChange, ...]
    changed: tuple[MemberChange, ...]
    unchanged: int
    problems: tuple[Problem, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.added and not self.changed

    def hash(self, text: str) -> str:
        """Return what an import is bound to: the file, and what it would change as things stand."""
        said = json.dumps([text, asdict(self)], default=str)
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def plan_import(session: Session, rows: Sequence[MemberRow]) -> ImportPlan:
    """Compare a checked file with what is known; nothing changes."""
    members = {one.code: one for one in session.exec(select(Member))}
    labels: dict[int, set[str]] = defaultdict(set)
    for member_id, index in session.exec(select(Officer.member_id, Officer.label_index)):
        labels[member_id].add(index)
    owners = {
        (network, handle): member_id
        for network, handle, member_id in session.exec(
            select(SocialAccount.network, SocialAccount.handle, SocialAccount.member_id)
        )
    }
    names = {one.id: one.name for one in members.values()}
    changes, problems = [], []
    for row in rows:
        member = members.get(row.code)
        number = member.id if member else None
        for account in row.accounts:
            owner = owners.get((account.network, account.handle), number)
            if owner != number or (member is None and (account.network, account.handle) in owners):
                whose = names.get(owner, "the Alliance")
                problems.append(
                    Problem(row.line, f"account {account.network.value}={account.handle} belongs to {whose} already")
                )
        changes.append(_compare(session, row, member, labels[number or 0], set(owners)))
    added = tuple(one for one in changes if one.is_new)
    changed = tuple(one for one in changes if not one.is_new and (one.facts or one.seats or one.accounts))
    return ImportPlan(added, changed, len(changes) - len(added) - len(changed), tuple(problems))


def _compare(
    session: Session, row: MemberRow, member: Member | None, labels: set[str], known: set[tuple[object, str]]
) -> MemberChange:
    vault = vault_of(session)
    new = facts_of(row)
    facts = tuple(
        FactChange(name, str(getattr(member, name)), str(value))
        for name, value in new.items()
        if member is not None and getattr(member, name) != value
    )
    seats = tuple(seat.label for seat in row.seats if vault.index(seat.label) not in labels)
    accounts = tuple(
        f"{one.network.value}={one.handle}" for one in row.accounts if (one.network, one.handle) not in known
    )
    return MemberChange(row.line, row.code, row.name, member is None, facts, seats, accounts)


def list_places(session: Session, country: str) -> list[tuple[str, str, str]]:
    """Return region, zone and languages of the parties of a country."""
    rows = select(Member.region, Member.zone, Member.languages).where(Member.country == country)
    return list(session.exec(rows))


def list_codes(session: Session) -> set[str]:
    """Return the codes that are taken."""
    return set(session.exec(select(Member.code)))
