"""The members file: read whole, or every mistake named with its line."""

import pytest

from sharebot.rules.members_file import COLUMNS, Account, Problem, Seat, parse_members
from sharebot.values.status import MemberKind, Network

HEAD = ",".join(COLUMNS)
GOOD = (
    'north,"Party, of the North",party,BE,Europe,fr nl,Europe/Brussels,'
    "Press desk:fr; Second: desk:nl,bluesky=@north.example;x=north"
)


def problems(*lines: str, head: str = HEAD) -> list[tuple[int, str]]:
    _, found = parse_members("\n".join([head, *lines]))
    return [(one.line, one.message) for one in found]


def line(**cells: str) -> str:
    values = {
        "code": "south",
        "name": "Party South",
        "kind": "party",
        "country": "KE",
        "region": "Africa",
        "languages": "en sw",
        "zone": "Africa/Nairobi",
        "seats": "Desk:en",
        "accounts": "",
    }
    assert set(cells) <= set(values)
    return ",".join(f'"{value}"' for value in (values | cells).values())


def test_a_good_line_is_read_with_all_it_says():
    (row,), found = parse_members(f"{HEAD}\n{GOOD}\n")
    assert found == []
    assert (row.line, row.code, row.name, row.kind) == (2, "north", "Party, of the North", MemberKind.PARTY)
    assert (row.languages, row.zone) == (("fr", "nl"), "Europe/Brussels")
    assert row.seats == (Seat("Press desk", "fr"), Seat("Second: desk", "nl"))
    assert row.accounts == (Account(Network.BLUESKY, "north.example"), Account(Network.X, "north"))


def test_a_spreadsheets_file_is_read_too():
    head = " , ".join(column.upper() for column in COLUMNS)
    text = "\ufeff" + f"{head}\r\n{GOOD}\r\n\r\n,,,,,,,,\r\n{line()}\r\n"
    rows, found = parse_members(text)
    assert (len(rows), found) == (2, [])


def test_columns_may_come_in_any_order():
    row = dict(zip(COLUMNS, ("a1", "A", "party", "BE", "Europe", "fr", "Europe/Brussels", "", ""), strict=True))
    text = ",".join(reversed(COLUMNS)) + "\n" + ",".join(row[name] for name in reversed(COLUMNS))
    (member,), found = parse_members(text)
    assert (member.code, found) == ("a1", [])


def test_a_name_is_stored_in_one_form_of_unicode():
    written = line(name="Parti E\u0301cologie")
    (row,), _ = parse_members(f"{HEAD}\n{written}")
    assert row.name == "Parti \u00c9cologie"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"code": "North"}, "code 'North': use 2 to 40 lower-case letters"),
        ({"code": "n"}, "code 'n': use"),
        ({"code": "north\u0301"}, "use 2 to 40"),
        ({"name": ""}, "name: write 1 to 200 printable characters"),
        ({"name": "x" * 201}, "name: write"),
        ({"name": "Bad\u202eName"}, "name: write"),
        ({"kind": "Party"}, "kind 'Party' is unknown; did you mean 'party'?"),
        ({"country": "be"}, "country 'be': use two capital letters"),
        ({"country": "BEL"}, "country 'BEL'"),
        ({"region": "Europa"}, "region 'Europa' is unknown; did you mean 'Europe'?"),
        ({"region": "Mars"}, "known are Africa, Americas, Asia-Pacific, Europe, Middle East"),
        ({"languages": ""}, "languages '': use codes"),
        ({"languages": "fr,en"}, "languages 'fr,en'"),
        ({"languages": "FR"}, "languages 'FR'"),
        ({"zone": "Europe/Brusels"}, "did you mean 'Europe/Brussels'?"),
        ({"zone": ""}, "zone '' is not a known time zone"),
        ({"zone": "../../etc/passwd"}, "is not a known time zone"),
        ({"seats": "Desk"}, "seat 'Desk': write label:language"),
        ({"seats": "Desk:FR"}, "seat 'Desk:FR'"),
        ({"seats": ":fr"}, "seat ':fr'"),
        ({"seats": f"{'x' * 81}:fr"}, "write label:language"),
        ({"seats": "Desk:fr;Desk:en"}, "the same label stands twice"),
        ({"accounts": "blusky=a.example"}, "unknown network; did you mean 'bluesky'?"),
        ({"accounts": "bluesky="}, "write network=handle"),
        ({"accounts": "bluesky=a b"}, "write network=handle"),
        ({"accounts": "bluesky"}, "write network=handle"),
    ],
)
def test_every_mistake_is_named_with_its_line(cells: dict[str, str], message: str):
    ((number, said),) = problems(line(code="first"), line(**cells))
    assert number == 3
    assert message in said


def test_all_mistakes_of_a_file_are_named_at_once():
    found = problems(line(code="A", country="x"), line(), "too,few", line(code="b2", zone="Nowhere"))
    assert [number for number, _ in found] == [2, 2, 4, 5]
    assert found[2][1] == "has 2 cells, expected 9"


def test_a_code_or_an_account_stands_once():
    found = problems(line(accounts="x=Same"), line(), line(code="other", accounts="x=same"))
    assert found == [(3, "code 'south' stands in line 2 already"), (4, "account x=same stands in line 2 already")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Problem(1, "the file is empty")),
        ("\n \n,,\n", Problem(1, "the file is empty")),
    ],
)
def test_an_empty_file_says_so(text: str, expected: Problem):
    assert parse_members(text) == ([], [expected])


def test_a_wrong_header_stops_the_reading():
    found = problems(GOOD, head=HEAD.replace("zone", "zones"))
    assert found == [(1, "column zone is missing"), (1, "unknown column 'zones'; did you mean 'zone'?")]


@pytest.mark.parametrize("text", [f'{HEAD}\n"open', f'{HEAD}\n"a"b,c'])
def test_what_is_no_csv_is_said_with_its_line(text: str):
    rows, (problem,) = parse_members(text)
    assert rows == []
    assert problem.message.startswith("not readable as CSV: ")
