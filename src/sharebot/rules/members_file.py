"""Read the members file: one line per member, every mistake named with its line."""

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import available_timezones

from sharebot.rules.party_defaults import RESERVED
from sharebot.values.status import MemberKind, Network

COLUMNS = ("code", "name", "kind", "country", "region", "languages", "zone", "seats", "accounts")
REGIONS = ("Africa", "Americas", "Asia-Pacific", "Europe", "Middle East")
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Seat:
    """An officer's seat: a label that staff choose, and the language to write in."""

    label: str
    language: str


@dataclass(frozen=True, slots=True)
class Account:
    """A public account of a member."""

    network: Network
    handle: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member as the file says it."""

    line: int
    code: str
    name: str
    kind: MemberKind
    country: str
    region: str
    languages: tuple[str, ...]
    zone: str
    seats: tuple[Seat, ...]
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line."""

    line: int
    message: str


def parse_members(text: str) -> tuple[list[MemberRow], list[Problem]]:
    """Read the whole file; when there is any problem, nothing of it may be stored.

    `languages` are codes separated by spaces; `seats` are `label:language` and `accounts`
    `network=handle`, both separated by semicolons.
    """
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        return [], [Problem(reader.line_num, f"not readable as CSV: {error}")]
    if not lines:
        return [], [Problem(1, "the file is empty")]
    header = [cell.strip().lower() for cell in lines[0][1]]
    if problems := list(_check_header(header)):
        return [], problems
    rows, problems = [], []
    for number, cells in lines[1:]:
        row, wrong = _parse_line(number, header, cells)
        problems += [Problem(number, message) for message in wrong]
        if row is not None:
            rows.append(row)
    problems += _find_repeats(rows)
    return rows, sorted(problems, key=lambda problem: problem.line)


def _check_header(header: Sequence[str]) -> Iterable[Problem]:
    for column in COLUMNS:
        if column not in header:
            yield Problem(1, f"column {column} is missing")
    for column in header:
        if column not in COLUMNS:
            yield Problem(1, f"unknown column {column!r}{_near(column, COLUMNS)}")


def _parse_line(number: int, header: Sequence[str], cells: Sequence[str]) -> tuple[MemberRow | None, list[str]]:
    if len(cells) != len(header):
        return None, [f"has {len(cells)} cells, expected {len(header)}"]
    return read_row(dict(zip(header, cells, strict=True)), line=number)


def read_row(cells: Mapping[str, str], *, line: int = 0) -> tuple[MemberRow | None, list[str]]:
    """Read one member from its cells by their columns' names; None when there is any mistake."""
    cell = {name: unicodedata.normalize("NFC", value.strip()) for name, value in cells.items()}
    wrong = list(_find_mistakes(cell))
    seats, bad_seats = read_seats(cell["seats"])
    accounts, bad_accounts = read_accounts(cell["accounts"])
    wrong += bad_seats + bad_accounts
    if wrong:
        return None, wrong
    return (
        MemberRow(
            line=line,
            code=cell["code"],
            name=cell["name"],
            kind=MemberKind(cell["kind"]),
            country=cell["country"],
            region=cell["region"],
            languages=tuple(cell["languages"].split()),
            zone=cell["zone"],
            seats=seats,
            accounts=accounts,
        ),
        [],
    )


def _find_mistakes(cell: dict[str, str]) -> Iterable[str]:
    if not _CODE.fullmatch(cell["code"]):
        yield f"code {cell['code']!r}: use 2 to 40 lower-case letters, digits and hyphens"
    elif cell["code"] in RESERVED:
        yield f"code {cell['code']!r} is the address of a page; choose another one"
    if not cell["name"] or len(cell["name"]) > 200 or not cell["name"].isprintable():
        yield "name: write 1 to 200 printable characters"
    if cell["kind"] not in set(MemberKind):
        yield f"kind {cell['kind']!r} is unknown{_near(cell['kind'], list(MemberKind))}"
    if not re.fullmatch(r"[A-Z]{2}", cell["country"]):
        yield f"country {cell['country']!r}: use two capital letters (ISO 3166), for example KE"
    if cell["region"] not in REGIONS:
        yield f"region {cell['region']!r} is unknown{_near(cell['region'], REGIONS)}"
    languages = cell["languages"].split()
    if not languages or not all(_LANGUAGE.fullmatch(language) for language in languages):
        yield f"languages {cell['languages']!r}: use codes separated by spaces, best first, for example fr en"
    zones = available_timezones()
    if cell["zone"] not in zones:
        yield f"zone {cell['zone']!r} is not a known time zone{_near(cell['zone'], sorted(zones))}"


def read_seats(text: str) -> tuple[tuple[Seat, ...], list[str]]:
    """Read `label:language` words; return what is right and what is wrong."""
    seats, wrong = [], []
    for word in _split(text):
        label, _, language = (part.strip() for part in word.rpartition(":"))
        if not label or not _LANGUAGE.fullmatch(language) or len(label) > 80 or not label.isprintable():
            wrong.append(f"seat {word!r}: write label:language, for example Press desk:fr")
        else:
            seats.append(Seat(label, language))
    if len({seat.label for seat in seats}) != len(seats):
        wrong.append("seats: the same label stands twice")
    return tuple(seats), wrong


def read_accounts(text: str) -> tuple[tuple[Account, ...], list[str]]:
    """Read `network=handle` words; return what is right and what is wrong."""
    accounts, wrong = [], []
    for word in _split(text):
        network, _, handle = (part.strip() for part in word.partition("="))
        if network not in set(Network):
            wrong.append(f"account {word!r}: unknown network{_near(network, list(Network))}")
        elif not handle or len(handle) > 200 or any(character.isspace() for character in handle):
            wrong.append(f"account {word!r}: write network=handle, for example bluesky=party.example")
        else:
            accounts.append(Account(Network(network), handle.removeprefix("@")))
    return tuple(accounts), wrong


def _find_repeats(rows: Sequence[MemberRow]) -> list[Problem]:
    seen: dict[object, int] = {}
    problems = []
    for row in rows:
        keys: list[tuple[object, str]] = [(row.code, f"code {row.code!r}")]
        keys += [
            ((account.network, account.handle.lower()), f"account {account.network.value}={account.handle}")
            for account in row.accounts
        ]
        for key, name in keys:
            if key in seen:
                problems.append(Problem(row.line, f"{name} stands in line {seen[key]} already"))
            seen.setdefault(key, row.line)
    return problems


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(";") if word.strip()]


def _near(word: str, known: Sequence[str]) -> str:
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean '{found[0]}'?" if found else f"; known are {', '.join(known)}" if len(known) < 20 else ""
