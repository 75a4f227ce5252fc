"""What a dry run may say of the officers it names."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from sharebot.models import Officer
from sharebot.store.database import vault_of


def list_labels(session: Session, officer_ids: Collection[int]) -> dict[int, str]:
    """Return the labels of seats by their officers; those of people at high risk are nobody's to see."""
    seats = select(Officer.id, Officer.label_sealed).where(
        col(Officer.id).in_(officer_ids), col(Officer.high_risk).is_(False)
    )
    vault = vault_of(session)
    return {number or 0: vault.open(label) for number, label in session.exec(seats)}
