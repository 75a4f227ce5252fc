"""The parties' figures as a table for a spreadsheet."""

import csv
import io
import re
import unicodedata

from sharebot.reports.levels import STRONGEST_FIRST, level_heads
from sharebot.texts.catalogue import translator
from sharebot.values.figures import Figures

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AFTER_SEPARATOR = re.compile(r"([;|][\s\"]*)(?=[=+\-@])")


def parties_csv(figures: Figures, language: str) -> bytes:
    """Return one row a party, as UTF-8 with the mark that spreadsheets look for."""
    t = translator("report", language)
    head = [t("Code"), t("Party"), t("Region"), t("received"), t("items shared")]
    head += [*level_heads(t), t("clicks"), t("declined")]
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(head)
    for party in figures.parties:
        counts = [party.levels.get(level, 0) for level in STRONGEST_FIRST]
        writer.writerow(
            [
                harmless(party.code),
                harmless(party.name),
                harmless(party.region),
                party.received,
                party.shared,
                *counts,
                party.clicks,
                party.declined,
            ]
        )
    return b"\xef\xbb\xbf" + sheet.getvalue().encode()


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, whatever sign it takes for a separator."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Cc")
    seen = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf").lstrip()
    if text.startswith(_FORMULA) or seen.startswith(_FORMULA):
        plain = f"'{plain}"
    return _AFTER_SEPARATOR.sub(r"\1'", plain)
