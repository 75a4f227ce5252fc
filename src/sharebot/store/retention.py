"""Delete raw material past its time."""

from datetime import date, datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from sharebot.models import ClickSalt, InboxUpdate, SeenClick


def delete_click_material(session: Session, *, before: date) -> None:
    """Delete the repeat sets of days before this UTC day, and their salts, without which they mean nothing."""
    session.execute(delete(SeenClick).where(col(SeenClick.on_date) < before))
    session.execute(delete(ClickSalt).where(col(ClickSalt.on_date) < before))


def delete_updates(session: Session, *, before: datetime) -> None:
    """Delete updates that took effect before then; the latest stays, since polling goes on from it."""
    session.execute(delete(InboxUpdate).where(col(InboxUpdate.done_at) < before))
