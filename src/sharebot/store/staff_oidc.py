"""Staff whom an identity provider vouches for: by their subject, the first time by their verified e-mail."""

from sqlmodel import Session, col, select

from sharebot.models import Staff


def find_by_identity(session: Session, subject: str, verified_email: str | None) -> int | None:
    """Return the id of the person, None for whoever is not staff.

    A subject belongs to one person for good: an address alone never opens what another subject has opened.
    """
    active = col(Staff.active).is_(True)
    known = session.exec(select(Staff).where(Staff.oidc_subject == subject)).first()
    if known is not None:
        return known.id if known.active else None
    if not verified_email:
        return None
    unlinked = col(Staff.oidc_subject).is_(None)
    staff = session.exec(
        select(Staff).where(Staff.email == verified_email.strip().lower(), active, unlinked).with_for_update()
    ).first()
    if staff is None:
        return None
    staff.oidc_subject = subject
    session.add(staff)
    session.flush()
    return staff.id
