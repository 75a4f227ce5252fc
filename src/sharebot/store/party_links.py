"""The short links that a release gives each party, and the texts to post with them."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from sharebot.models import QueueEntry, TrackedLink
from sharebot.rules.planning import Plan
from sharebot.rules.utm import tracked_target
from sharebot.store.contents import list_variants
from sharebot.store.upsert import insert_ignore
from sharebot.store.wordings import deal_wordings


def add_links(
    session: Session, planned: Plan, entry: QueueEntry, *, new_code: Callable[[], str], now: datetime
) -> None:
    """Give every party of a release its link of each language version, and one of its texts."""
    variants = {one.id or 0: one.url for one in list_variants(session, entry.content_id) if one.url}
    have = select(TrackedLink.member_id, TrackedLink.variant_id).where(col(TrackedLink.variant_id).in_(list(variants)))
    known = set(session.exec(have).all())
    codes = {one.member_id: one.member_code for one in planned.recipients}
    rows = [
        {
            "code": code,
            "member_id": member_id,
            "variant_id": variant_id,
            "target_url": tracked_target(url, campaign=f"c{entry.content_id}", member_code=member_code, code=code),
            "created_at": now,
        }
        for member_id, member_code in sorted(codes.items())
        for variant_id, url in variants.items()
        if (member_id, variant_id) not in known
        for code in (new_code(),)
    ]
    insert_ignore(session, TrackedLink, rows)
    deal_wordings(session, list(variants))
