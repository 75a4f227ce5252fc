"""Named lists of parties, to choose as an audience; an approval keeps the parties, not the list."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Member, MemberList, MemberListing
from sharebot.rules.names import plain_name
from sharebot.store.upsert import insert_ignore
from sharebot.values.listing import PAGE, Listed, Listing


@dataclass(frozen=True, slots=True)
class ListView:
    """A list and the codes of its parties, sorted."""

    id: int
    name: str
    codes: tuple[str, ...]


def list_lists(session: Session) -> list[ListView]:
    """Return all lists by name."""
    listed = (
        select(MemberList.id, MemberList.name, Member.code)
        .outerjoin(MemberListing, col(MemberListing.list_id) == col(MemberList.id))
        .outerjoin(Member, col(Member.id) == col(MemberListing.member_id))
        .order_by(col(MemberList.name), col(Member.code))
    )
    codes: dict[tuple[int, str], list[str]] = defaultdict(list)
    for list_id, name, code in session.exec(listed):
        codes[list_id or 0, name] += [code] if code is not None else []
    return [ListView(list_id, name, tuple(found)) for (list_id, name), found in codes.items()]


def find_lists(session: Session, listing: Listing) -> Listed[ListView]:
    """Return a page of the lists, with a word in their names or not, by name or by how many parties they have."""
    word = listing.q.casefold()
    found = [one for one in list_lists(session) if word in one.name.casefold()]

    def order(one: ListView) -> tuple[int, str]:
        return (len(one.codes) if listing.sort == "parties" else 0, one.name.casefold())

    found.sort(key=order, reverse=listing.descending)
    first = ((listing.page or 1) - 1) * PAGE
    shown = found if listing.page is None else found[first : first + PAGE]
    return Listed(shown, len(found), listing.page)


def get_list(session: Session, list_id: int) -> ListView:
    """Return a list. Raises NotFound."""
    row = _get(session, list_id)
    listed = select(Member.code).join(MemberListing, col(MemberListing.member_id) == col(Member.id))
    codes = session.exec(listed.where(MemberListing.list_id == list_id).order_by(col(Member.code)))
    return ListView(list_id, row.name, tuple(codes))


def add_list(session: Session, name: str, codes: Collection[str] = (), *, now: datetime) -> int:
    """Add a list and return its id. Raises Refused when there is one of that name, or for a party that is none."""
    row = MemberList(name=_free_name(session, name), created_at=now)
    session.add(row)
    session.flush()
    _fill(session, row.id or 0, codes)
    return row.id or 0


def change_list(session: Session, list_id: int, name: str, codes: Collection[str]) -> None:
    """Give a list its name and its parties. Raises NotFound, and Refused as `add_list` does."""
    row = _get(session, list_id)
    row.name = _free_name(session, name, but=list_id)
    session.add(row)
    session.flush()
    session.execute(delete(MemberListing).where(col(MemberListing.list_id) == list_id))
    _fill(session, list_id, codes)


def drop_list(session: Session, list_id: int) -> None:
    """Remove a list; no party and no entry changes. Raises NotFound."""
    row = _get(session, list_id)
    session.execute(delete(MemberListing).where(col(MemberListing.list_id) == list_id))
    session.delete(row)


def _get(session: Session, list_id: int) -> MemberList:
    row = session.get(MemberList, list_id)
    if row is None:
        raise NotFound(f"there is no list {list_id}")
    return row


def _free_name(session: Session, name: str, *, but: int | None = None) -> str:
    plain = plain_name(name)
    if not plain:
        raise Refused("a list needs a name")
    if session.exec(select(MemberList.id).where(MemberList.name == plain, MemberList.id != but)).first() is not None:
        raise Refused("there is a list of this name already")
    return plain


def _fill(session: Session, list_id: int, codes: Collection[str]) -> None:
    wanted = set(codes)
    ids = session.exec(select(Member.id).where(col(Member.code).in_(wanted))).all()
    if len(ids) != len(wanted):
        raise Refused("one of these parties is not known")
    insert_ignore(session, MemberListing, [{"list_id": list_id, "member_id": one} for one in ids])
