"""tracking: states, costs and accounts that cannot be seen; tracking --look-now NETWORK."""

import argparse
from datetime import UTC, datetime

from sharebot.cli.setup import opened
from sharebot.cli.table import show
from sharebot.rules.observing import TRACKED
from sharebot.store.audit import Change, record
from sharebot.store.spending import MICROS
from sharebot.store.tracker_views import NetworkView, list_networks
from sharebot.store.tracking import look_soon
from sharebot.values.status import Network
from sharebot.values.tracking import TrackerStatus

_WATCHED = [one for one in Network if one in TRACKED or one is Network.YOUTUBE]


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the options."""
    parser.add_argument("--look-now", type=Network, choices=_WATCHED, metavar="NETWORK", help="look there at once")


def run(arguments: argparse.Namespace, name: str) -> int:
    """Print the networks, and then the accounts that cannot be seen, by network and reason."""
    now = datetime.now(UTC)
    with opened() as (_, database):
        if arguments.look_now is not None:
            with database.write() as session:
                look_soon(session, arguments.look_now, now=now)
                record(session, Change("cli", "network.look", f"network:{arguments.look_now.value}"), now=now)
        with database.read() as session:
            found = list_networks(session, now=now)
            views = [found[one] for one in _WATCHED]
            show([_line(one) for one in views], head=_HEAD, empty="")
            unseen = [(one.network.value, n, why.value) for one in views for why, n in one.unseen.items()]
    print()
    show(unseen, head=("network", "accounts", "cannot be seen because"), empty="every account can be seen")
    return 0


_HEAD = ("network", "state", "last good look", "next look", "seen", "not seen", "posts 28d", "month", "error")


def _line(view: NetworkView) -> tuple[object, ...]:
    state = view.state
    return (
        view.network.value,
        _say_state(view),
        _moment(state.ok_at if state else None),
        _moment(state.next_at if state else None),
        view.watched,
        sum(view.unseen.values()),
        view.posts.long,
        f"{view.micros / MICROS:.2f} $",
        (state.error if state else None) or "",
    )


def _say_state(view: NetworkView) -> str:
    if view.network is Network.TELEGRAM:
        return TrackerStatus.RUNNING  # nobody looks there: a channel's posts come by themselves
    return view.state.status if view.state else "not looked at yet"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
