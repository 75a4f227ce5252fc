"""The audit log as its page lists it."""

from sqlmodel import Session, col, select

from sharebot.models import AuditRecord
from sharebot.store.listings import find_page, like
from sharebot.values.listing import Listed, Listing

FILTERS = ("actor", "action")


def find_records(session: Session, listing: Listing) -> Listed[AuditRecord]:
    """Return a page of records; `q` finds a subject such as `entry:7`, or all of a kind such as `entry`."""
    asked = select(AuditRecord)
    if actor := listing.chosen("actor"):
        asked = asked.where(col(AuditRecord.actor) == actor)
    if action := listing.chosen("action"):
        asked = asked.where(col(AuditRecord.action) == action)
    if listing.q:
        exact = ":" in listing.q
        pattern = like(f"{listing.q}:")[1:]
        subject = col(AuditRecord.subject)
        asked = asked.where(subject == listing.q if exact else subject.like(pattern, escape="\\"))
    by = {"at": col(AuditRecord.id), "actor": col(AuditRecord.actor), "action": col(AuditRecord.action)}
    listed = find_page(session, asked, listing, by | {"id": col(AuditRecord.id)})
    return Listed([row[0] for row in listed.rows], listed.total, listed.page)


def list_actors(session: Session) -> list[str]:
    """Return who has ever changed something."""
    return list(session.exec(select(AuditRecord.actor).distinct().order_by(AuditRecord.actor)))
