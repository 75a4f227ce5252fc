"""What every page of the desk does alike: change something and note who did, and read how a table is asked for."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from sharebot.reports.csv_export import harmless
from sharebot.rules.audience import Audience
from sharebot.store.audiences import is_of_region
from sharebot.store.audit import Change, audited
from sharebot.store.staff import SignedIn
from sharebot.values.listing import Listed, Listing
from sharebot.web.guard import NotAllowed, Unreadable
from sharebot.web.pages import runtime_of

_MARK = b"\xef\xbb\xbf"  # spreadsheets look for it
_LONGEST_WORD = 200
_LAST_PAGE = 100_000


@contextmanager
def change(request: Request, reader: SignedIn, action: str, subject: str = "", detail: str = "") -> Iterator[Session]:
    """Open a write transaction for somebody on a page; what they did is noted in the audit log along with it."""
    runtime = runtime_of(request)
    noted = Change(reader.actor, action, subject, detail)
    with audited(runtime.database, noted, now=runtime.now()) as session:
        yield session


def demand_reach(session: Session, reader: SignedIn, audience: Audience) -> None:
    """Raise NotAllowed when somebody who works for one region decides on what is meant for others too."""
    if not is_of_region(session, audience, reader.region):
        raise NotAllowed(f"this is meant for more than {reader.region}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name in addresses, its head, and what its cell says in a spreadsheet.

    `label` is translated by whoever makes the column. One that is not `sorts` has no link in its head; a `number`
    stands on the right.
    """

    name: str
    label: str
    cell: Callable[[Any], object]
    sorts: bool = True
    number: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column on a page: where a click on it leads, and how it is sorted now."""

    label: str
    link: str | None
    state: str  # ascending, descending or none, as aria-sort says it
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows with its heads and its links, for the template."""

    rows: Sequence[Any]
    total: int
    heads: tuple[Head, ...]
    page: int
    pages: int
    earlier: str | None
    later: str | None
    csv: str
    q: str
    filters: Mapping[str, str]


def read_listing(
    request: Request, columns: Sequence[Column], filters: Collection[str] = (), *, newest_first: bool = False
) -> Listing:
    """Read how a table is asked for: `?q=&sort=&dir=&page=` and the named filters.

    Where nothing is asked it goes by the first column, downwards with `newest_first`.

    Raises Unreadable for a page below 1, for an unknown column or direction, and for words without end.
    """
    query = request.query_params
    sort, direction, page = query.get("sort", ""), query.get("dir", "asc"), query.get("page", "1")
    if sort and sort not in {one.name for one in columns if one.sorts}:
        raise Unreadable("sort: there is no such column")
    if direction not in {"asc", "desc"}:
        raise Unreadable("dir: asc or desc")
    if not (page.isascii() and page.isdigit() and 1 <= int(page[:9]) <= _LAST_PAGE):
        raise Unreadable("page: a whole number from 1")
    words = {name: query.get(name, "")[:_LONGEST_WORD].replace("\0", "") for name in ("q", *filters)}
    q = words.pop("q").strip()
    wants_all = query.get("format") == "csv"
    descending = direction == "desc" if sort else newest_first
    return Listing(sort, descending, q, words, None if wants_all else int(page))


def arrange(request: Request, columns: Sequence[Column], listing: Listing, listed: Listed[Any]) -> Table:
    """Return a table for the template, its links keeping what was asked so far."""
    path, asked = request.url.path, _asked(listing)

    def link(**more: str) -> str:
        return f"{path}?{urlencode(asked | more)}"

    sorts = [one.name for one in columns if one.sorts]
    current = listing.sort or (sorts[0] if sorts else "")
    heads = []
    for column in columns:
        is_current = column.name == current
        turned = "asc" if listing.descending or not is_current else "desc"
        state = ("descending" if listing.descending else "ascending") if is_current else "none"
        target = link(sort=column.name, dir=turned) if column.sorts else None
        heads.append(Head(column.label, target, state, column.number))
    page, pages = listed.page or 1, listed.pages
    return Table(
        listed.rows,
        listed.total,
        tuple(heads),
        page,
        pages,
        link(page=str(page - 1)) if page > 1 else None,
        link(page=str(page + 1)) if page < pages else None,
        link(format="csv"),
        listing.q,
        listing.filters,
    )


def wants_csv(request: Request) -> bool:
    """Whether a table is asked for as a file."""
    return request.query_params.get("format") == "csv"


def download(name: str, columns: Sequence[Column], listed: Listed[Any]) -> Response:
    """Return a table as a file for spreadsheets, in which no cell is a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow([harmless(column.label) for column in columns])
    for row in listed.rows:
        writer.writerow([_cell(column.cell(row)) for column in columns])
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(_MARK + sheet.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    if value is None:
        return ""
    return value if isinstance(value, int | float) else harmless(str(value))


def _asked(listing: Listing) -> dict[str, str]:
    asked = {"q": listing.q, **listing.filters, "sort": listing.sort}
    asked["dir"] = "desc" if listing.descending else ""
    return {name: word for name, word in asked.items() if word}
