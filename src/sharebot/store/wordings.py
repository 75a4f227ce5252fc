"""The texts that parties post: given by staff, dealt out at a release."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Member, QueueEntry, TrackedLink, Variant, Wording
from sharebot.rules.wordings import LONGEST_WORDING, MOST_WORDINGS, Poster, deal
from sharebot.store.contents import void_approvals
from sharebot.store.post_texts import list_wordings
from sharebot.values.status import EntryStatus

OUT = (EntryStatus.PREVIEWING, EntryStatus.RELEASED, EntryStatus.PAUSED)


def set_wordings(session: Session, content_id: int, language: str, texts: Sequence[str]) -> bool:
    """Give a language version these texts instead of those it has; an approval of it is void then.

    False when nothing changes. Raises NotFound, and Refused when there are too many, one is too long, or the
    content is out: then parties have their texts.
    """
    found = select(Variant).where(Variant.content_id == content_id, Variant.language == language)
    variant = session.exec(found).first()
    if variant is None:
        raise NotFound(f"content {content_id} has no version in {language}")
    if len(texts) > MOST_WORDINGS:
        raise Refused(f"at most {MOST_WORDINGS} texts")
    if any(len(text) > LONGEST_WORDING for text in texts):
        raise Refused(f"a text may have {LONGEST_WORDING} characters")
    if list_wordings(session, [variant.id or 0])[variant.id or 0] == list(texts):
        return False
    refuse_when_out(session, content_id)
    links = update(TrackedLink).where(col(TrackedLink.variant_id) == variant.id)
    session.execute(links.values(wording_id=None))
    session.execute(delete(Wording).where(col(Wording.variant_id) == variant.id))
    session.add_all(
        Wording(variant_id=variant.id or 0, position=at, text=text) for at, text in enumerate(texts, start=1)
    )
    session.flush()
    void_approvals(session, content_id)
    return True


def refuse_when_out(session: Session, content_id: int) -> None:
    """Raise Refused when parties have the content already."""
    out = select(QueueEntry.id).where(QueueEntry.content_id == content_id, col(QueueEntry.status).in_(OUT))
    if session.exec(out).first() is not None:
        raise Refused("it is out already: correct its words instead")


def deal_wordings(session: Session, variant_ids: Collection[int]) -> int:
    """Deal every short link without a text one of its language version's; return how many got one."""
    return sum(_deal(session, variant_id) for variant_id in sorted(variant_ids))


def _deal(session: Session, variant_id: int) -> int:
    ids = select(Wording.id).where(Wording.variant_id == variant_id).order_by(col(Wording.position))
    wordings = [one for one in session.exec(ids) if one is not None]
    links = (
        select(TrackedLink, Member.country)
        .join(Member, col(Member.id) == col(TrackedLink.member_id))
        .where(TrackedLink.variant_id == variant_id)
    )
    found = session.exec(links).all() if wordings else ()
    dealt = Counter((country, link.wording_id) for link, country in found if link.wording_id is not None)
    waiting = {link.member_id: (link, country) for link, country in found if link.wording_id is None}
    posters = [Poster(member_id, country) for member_id, (_, country) in waiting.items()]
    for member_id, wording_id in deal(posters, wordings, dealt=dealt).items():
        link, _ = waiting[member_id]
        link.wording_id = wording_id
        session.add(link)
    session.flush()
    return len(waiting)
