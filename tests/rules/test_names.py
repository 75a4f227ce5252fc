"""Names people give themselves, harmless to show beside our own words."""

import pytest

from sharebot.rules.names import LONGEST, plain_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Ana Belén", "Ana Belén"),
        ("  Ana \n\t Belén ", "Ana Belén"),
        ("Admin\u202e nimdA", "Admin nimdA"),
        ("\u2066\u200f\u200b\ufeffCy\u2069", "Cy"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("<b>Admin</b>", "<b>Admin</b>"),
        ("李小龍", "李小龍"),
        ("\ud800", ""),
        ("x" * 500, "x" * LONGEST),
        ("", ""),
    ],
)
def test_what_turns_the_text_around_a_name_is_left_out(given: str, shown: str):
    assert plain_name(given) == shown
