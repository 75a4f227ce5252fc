"""What became of the mails of reports."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import SQLColumnExpression, select
from sqlmodel import Session, col

from sharebot.models import Report
from sharebot.store.listings import find_page, like
from sharebot.values.listing import Listed, Listing

_SORTS: Mapping[str, SQLColumnExpression[Any]] = {
    "period": col(Report.period),
    "recipient": col(Report.recipient),
    "status": col(Report.status),
    "sent": col(Report.sent_at),
    "id": col(Report.id),
}


def list_mails(session: Session, listing: Listing) -> Listed[Report]:
    """Return a page of mails; the filter `status` is a ReportStatus, `q` a part of an address or a week."""
    statement: Any = select(Report)
    if status := listing.chosen("status"):
        statement = statement.where(col(Report.status) == status)
    if listing.q:
        pattern = like(listing.q)
        named = col(Report.recipient).ilike(pattern, escape="\\") | col(Report.period).ilike(pattern, escape="\\")
        statement = statement.where(named)
    found = find_page(session, statement, listing, _SORTS)
    return Listed([row[0] for row in found.rows], found.total, found.page)
