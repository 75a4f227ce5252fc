"""Contents that a program gives whole, language by language."""

from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, select

from sharebot.models import Content, Variant
from sharebot.store.editing import get_draft, keep_draft
from sharebot.values.drafts import Draft
from sharebot.values.status import ContentKind, ContentStatus


def add_content(session: Session, kind: ContentKind, draft: Draft, *, by: str, now: datetime) -> int:
    """Make a draft of what is given; return its id. Raises NotFound for an unknown campaign."""
    content = Content(kind=kind, status=ContentStatus.DRAFT, created_by=by, published_at=now, created_at=now)
    session.add(content)
    session.flush()
    content_id = content.id or 0
    session.add_all(
        Variant(
            content_id=content_id,
            external_id=f"api:{uuid4().hex}",
            language=one.language,
            title=one.title,
            text=one.text,
            url=one.url or None,
            updated_at=now,
        )
        for one in draft.versions
    )
    session.flush()
    keep_draft(session, content_id, draft, before=get_draft(session, content_id).fingerprint, now=now)
    return content_id


def find_known(session: Session, external_id: str) -> int | None:
    """Return the content that was made of a page by hand, or None."""
    same = select(Variant.content_id).where(Variant.external_id == external_id, col(Variant.source_id).is_(None))
    return session.exec(same).first()
