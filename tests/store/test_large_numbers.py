"""Numbers that people send us are looked for in the database, which has none so large: no failure, and no row."""

import pytest

from sharebot.store import personal
from sharebot.values.taps import LARGEST, Tap, Verb, decode_tap
from tests.cast import NOW, add_cast


@pytest.mark.parametrize("number", [LARGEST, LARGEST + 1, 10**15, 10**40])
def test_a_page_of_a_number_that_no_mail_has_is_nobodys(either, number: int):
    add_cast(either)
    with either.read() as session:
        assert personal.find_visit(session, f"{number}-{'0' * 40}", now=NOW) is None


def test_a_tap_with_a_number_that_no_row_has_is_none_of_ours():
    assert decode_tap(f"t:{LARGEST}:") == Tap(Verb.TAKEN, LARGEST)
    assert decode_tap(f"t:{LARGEST + 1}:") is None
    assert decode_tap("t:999999999999999:") is None
