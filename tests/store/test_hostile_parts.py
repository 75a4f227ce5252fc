"""What networks say that no column takes, or that nobody could show: it is left out, and the rest is written down."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from sharebot.models import ObservedPost, SocialAccount
from sharebot.store import tracking
from sharebot.store.database import Database
from sharebot.trackers.seam import Identity
from sharebot.values.status import AccountStatus
from sharebot.values.tracking import Unobservable
from tests.cast import NOW
from tests.store.test_reshares import HOUR, PAGE, observe, post, shares, watched

__all__ = ["watched"]

HALF = "\ud800"


@pytest.mark.parametrize("year", [2099, 9999])
def test_a_post_is_no_younger_than_we_are(watched: Database, year: int) -> None:
    """A party's own server may say what it wants; a page in another zone could not show the year 10000."""
    observe(watched, post(at=datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)))
    (share,) = shares(watched)
    assert share.at == NOW + HOUR


def test_a_post_of_before_all_releases_counts_for_nothing(watched: Database) -> None:
    observe(watched, post(at=datetime(1, 1, 1, tzinfo=UTC)), post(number=2, at=datetime(1969, 7, 20, tzinfo=UTC)))
    assert shares(watched) == []


@pytest.mark.parametrize("broken", [HALF, "\0", "x" * 3000])
def test_what_no_column_takes_is_left_out(watched: Database, broken: str) -> None:
    links = (f"https://a.example/{broken}", PAGE)
    observe(watched, post(links=links, url=f"https://a.example/{broken}", subject_id=broken, text=broken))
    (share,) = shares(watched)
    assert share.url is None
    with watched.read() as session:
        (row,) = session.exec(select(ObservedPost))
        assert (row.links, row.subject_id) == (PAGE, None)


@pytest.mark.parametrize("broken", ["a" + HALF, "a\0", "x" * 501])
def test_a_post_whose_id_no_column_takes_is_none(watched: Database, broken: str) -> None:
    strange = post()
    object.__setattr__(strange, "external_id", broken)
    assert observe(watched, strange, post(number=2)).posts == 1


def identify(database: Database, identity: Identity) -> SocialAccount:
    with database.write() as session:
        tracking.record_identities(session, {2: identity}, now=NOW)
    with database.read() as session:
        return session.get_one(SocialAccount, 2)


def test_a_name_that_is_too_long_changes_nothing(watched: Database) -> None:
    found = identify(watched, Identity("did:plc:north", f"{'n' * 240}.example"))
    assert (found.handle, found.status) == ("north.example", AccountStatus.WATCHED)


def test_an_id_that_is_too_long_is_nobodys(watched: Database) -> None:
    found = identify(watched, Identity(f"https://a.example/{'n' * 400}", "north.example"))
    assert (found.external_id, found.reason) == ("did:plc:north", Unobservable.NOT_FOUND)
