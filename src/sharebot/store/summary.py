"""Count everything there is, for the demo's summary."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from sharebot.models import Answer, ClickTally, Content, Delivery, Member, Officer, Report, Reshare


def get_summary(session: Session) -> dict[str, Any]:
    """Return counts as plain words and numbers."""
    reshares = select(col(Reshare.network), col(Reshare.evidence), func.count()).group_by(
        col(Reshare.network), col(Reshare.evidence)
    )
    by_network: dict[str, dict[str, int]] = {}
    for network, evidence, count in session.exec(reshares):
        by_network.setdefault(network.value if network else "not named", {})[evidence.value] = count
    clicks = select(col(ClickTally.outcome), func.sum(ClickTally.n)).group_by(col(ClickTally.outcome))
    outcomes = {outcome.value: int(total) for outcome, total in session.exec(clicks)}
    return {
        "members": session.exec(select(func.count()).select_from(Member)).one(),
        "officers": _by(session, Officer.status),
        "contents": _by(session, Content.status),
        "deliveries": _by(session, Delivery.status),
        "answers": _by(session, Answer.kind),
        "reshares": {name: dict(sorted(levels.items())) for name, levels in sorted(by_network.items())},
        "clicks": {"counted": outcomes.pop("counted", 0), "discarded": dict(sorted(outcomes.items()))},
        "reports": _by(session, Report.status),
    }


def _by(session: Session, column: Any) -> Mapping[str, int]:
    rows = session.exec(select(column, func.count()).group_by(column))
    return dict(sorted((word.value, count) for word, count in rows))
