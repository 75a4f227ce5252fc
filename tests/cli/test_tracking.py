"""sharebot tracking: the networks with what they cost and cannot show, and a look that is asked for."""

from datetime import UTC, datetime

from sharebot.cli.setup import opened
from sharebot.models import SocialAccount, TrackerSpend, TrackerState
from sharebot.values.status import AccountStatus, Network
from sharebot.values.tracking import TrackerStatus
from tests.cast import add_member
from tests.cli.conftest import Call

LONG_AGO = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def furnish() -> None:
    today = datetime.now(UTC).date()
    with opened() as (_, database), database.write() as session:
        states = {Network.X: TrackerStatus.SPENT, Network.BLUESKY: TrackerStatus.FAILING}
        for network, status in states.items():
            session.add(
                TrackerState(network=network, status=status, ok_at=LONG_AGO, failures=3, error="the server is down")
            )
        session.add(TrackerSpend(network=Network.X, on_date=today, resource="post", n=10, micros=12_340_000))
        north = add_member(session, "north").id
        for network in (Network.X, Network.MASTODON):
            session.add(
                SocialAccount(
                    member_id=north,
                    network=network,
                    handle="north",
                    external_id=f"{network.value}1",
                    status=AccountStatus.WATCHED,
                )
            )


def lines_of(shown: str) -> dict[str, str]:
    return {line.split()[0]: line for line in shown.splitlines() if line}


def test_it_shows_states_costs_and_what_cannot_be_seen(call: Call):
    furnish()
    code, shown = call("tracking")
    networks, _, unseen = shown.partition("\n\n")
    lines = lines_of(networks)
    assert code == 0
    assert ("spent" in lines["x"], "12.34 $" in lines["x"]) == (True, True)
    assert ("failing" in lines["bluesky"], "2026-11-01 08:00" in lines["bluesky"]) == (True, True)
    assert "the server is down" in lines["bluesky"]
    assert "not looked at yet" in lines["mastodon"]
    assert "facebook" not in lines
    assert lines_of(unseen)["x"].split() == ["x", "1", "not_confirmed"]


def test_an_empty_installation_has_nothing_to_hide(call: Call):
    assert "every account can be seen" in call("tracking")[1]


def test_a_look_that_is_asked_for_is_due_at_once_and_noted(call: Call):
    furnish()
    before = datetime.now(UTC)
    assert call("tracking", "--look-now", "bluesky")[0] == 0
    with opened() as (_, database), database.read() as session:
        due = session.get_one(TrackerState, Network.BLUESKY).next_at
    assert due is not None
    assert due >= before.replace(microsecond=0)
    assert call("audit", "verify")[0] == 0


def test_a_network_whose_budget_is_spent_or_that_nobody_watches_is_not_asked(call: Call):
    furnish()
    assert call("tracking", "--look-now", "x") == (1, "sharebot: X cannot be looked at now: spent\n")
    assert call("tracking", "--look-now", "youtube") == (
        1,
        "sharebot: YouTube cannot be looked at now: not watched yet\n",
    )
