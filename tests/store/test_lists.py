"""Named lists of parties."""

import pytest

from sharebot.errors import NotFound, Refused
from sharebot.store import lists
from sharebot.store.lists import ListView
from sharebot.values.listing import Listing
from tests.cast import NOW, add_cast


def test_a_list_is_made_renamed_filled_and_removed(either):
    add_cast(either)
    with either.write() as session:
        one = lists.add_list(session, "  Close\u202e by ", ["south", "north", "south"], now=NOW)
        two = lists.add_list(session, "All", now=NOW)
    with either.write() as session:
        assert lists.list_lists(session) == [ListView(two, "All", ()), ListView(one, "Close by", ("north", "south"))]
        biggest = lists.find_lists(session, Listing(sort="parties", descending=True))
        assert ([row.id for row in biggest.rows], biggest.total) == ([one, two], 2)
        assert lists.find_lists(session, Listing(q="CLOSE")).total == 1
        lists.change_list(session, one, "Close by", ["north"])
        lists.change_list(session, two, "Everybody", [])
    with either.write() as session:
        assert lists.get_list(session, one) == ListView(one, "Close by", ("north",))
        lists.drop_list(session, one)
        assert [row.name for row in lists.list_lists(session)] == ["Everybody"]


@pytest.mark.parametrize(("name", "codes"), [("All", []), ("\u202e", []), ("Other", ["nobody"])])
def test_names_are_one_of_a_kind_and_parties_known(either, name: str, codes: list[str]):
    add_cast(either)
    with either.write() as session:
        lists.add_list(session, "All", ["north"], now=NOW)
    with pytest.raises(Refused), either.write() as session:
        lists.add_list(session, name, codes, now=NOW)
    with pytest.raises(NotFound), either.write() as session:
        lists.change_list(session, 9, name, [])
