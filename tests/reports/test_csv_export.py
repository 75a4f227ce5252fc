"""The table for spreadsheets: opens well, and runs nothing."""

import csv
import io

import pytest

from sharebot.reports.csv_export import harmless, parties_csv
from tests.reports.sample import CLAIMED, OBSERVED, make_figures, make_party


def read(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_it_opens_as_utf8_with_rows_that_end_as_spreadsheets_like() -> None:
    body = parties_csv(make_figures(), "fr")
    assert body.startswith(b"\xef\xbb\xbf")
    assert body.count(b"\r\n") == 7


def test_a_row_holds_each_level_apart() -> None:
    rows = read(parties_csv(make_figures(), "en"))
    head = rows[0]
    north = dict(zip(head, next(row for row in rows if row[0] == "north"), strict=True))
    assert north == {
        "Code": "north",
        "Party": "Party North",
        "Region": "Europe",
        "received": "3",
        "items shared": "1",
        "observed": "2",
        "link checked": "0",
        "link given": "0",
        "claimed": "1",
        "clicks": "1234",
        "declined": "0",
    }


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_heads_are_in_the_readers_language_and_differ(language: str) -> None:
    head = read(parties_csv(make_figures(), language))[0]
    assert len(set(head)) == len(head) == 11
    assert (head[1] == "Party") is (language == "en")


def test_every_party_is_there_shared_or_not() -> None:
    assert len(read(parties_csv(make_figures(), "en"))) == 1 + 6


@pytest.mark.parametrize(
    "name",
    [
        '=HYPERLINK("https://evil.example","x")',
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\x00=1+1",
        "＝1+1",
        "＋1",
        "\ufeff=1+1",
        "\u200b=1+1",
        " =1+1",
        "\u00a0=1+1",
        "\n@SUM(A1)",
    ],
)
def test_no_cell_is_a_formula(name: str) -> None:
    rows = read(parties_csv(make_figures((make_party("odd", name=name, region=name),)), "en"))
    for cell in rows[1][1:3]:
        assert cell.startswith("'")


@pytest.mark.parametrize("between", [";", "\t", "|", "; ", ';"'])
def test_no_cell_becomes_a_formula_where_another_sign_separates(between: str) -> None:
    body = parties_csv(make_figures((make_party("odd", name=f"Party{between}=1+1"),)), "en").decode("utf-8-sig")
    assert "=1+1" in body
    for sign in ";\t|":
        cells = [cell.strip(" \"'") if not cell.strip(' "').startswith("'") else "" for cell in body.split(sign)]
        assert not any(cell.startswith("=") for cell in cells)


@pytest.mark.parametrize("name", ["Party North", "Parti d'en bas", "Mouvement 5-7", "النساء", "O'Neill & Co; Ltd"])
def test_plain_names_stay_as_they_are(name: str) -> None:
    assert harmless(name) == name


def test_quotes_commas_and_breaks_do_not_move_a_cell() -> None:
    rows = read(
        parties_csv(make_figures((make_party("odd", name='a,"b"\nc', levels={OBSERVED: 1, CLAIMED: 2}),)), "en")
    )
    assert len(rows) == 2
    assert len(rows[1]) == 11
    assert rows[1][5:9] == ["1", "0", "0", "2"]
