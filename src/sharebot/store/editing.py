"""What staff edit of a content on one page: read as one, and kept as one."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, select

from sharebot.errors import Refused
from sharebot.models import Campaign, Content, Variant
from sharebot.store.campaigns import sort_content
from sharebot.store.contents import add_version, get_content, list_variants, void_approvals
from sharebot.store.post_texts import list_network_texts, list_wordings, set_network_texts
from sharebot.store.staff_words import keep_staffs_words, words_of
from sharebot.store.wordings import refuse_when_out, set_wordings
from sharebot.values.drafts import Draft, DraftVersion
from sharebot.values.feeds import FeedItem


class ChangedSince(Refused):
    """Somebody, or its source, changed the content after it was opened."""


def get_draft(session: Session, content_id: int) -> Draft:
    """Return a content as it is edited. Raises NotFound."""
    content = get_content(session, content_id)
    variants = list_variants(session, content_id)
    ids = [one.id or 0 for one in variants]
    wordings, own = list_wordings(session, ids), list_network_texts(session, ids)
    versions = (
        DraftVersion(
            one.language,
            one.title,
            one.text,
            one.url or "",
            tuple(wordings[one.id or 0]),
            tuple(own[one.id or 0]),
        )
        for one in variants
    )
    campaign = session.get(Campaign, content.campaign_id) if content.campaign_id else None
    topics = tuple(code for code in content.topics.split(",") if code)
    code = campaign.code if campaign else ""
    return Draft(tuple(versions), content.hashtags, topics, code, content.evergreen)


def keep_draft(session: Session, content_id: int, draft: Draft, *, before: str, now: datetime) -> None:
    """Keep what staff wrote; an approval of what was there is void then.

    `before` is the fingerprint of what they saw. Raises NotFound, ChangedSince when it is another now, and Refused
    when the content is out: then it is corrected instead. That it can be sent again is said at any time.
    """
    content, kept = get_content(session, content_id), get_draft(session, content_id)
    if kept.fingerprint != before:
        raise ChangedSince("this content has been edited since you opened it")
    set_evergreen(session, content_id, evergreen=draft.evergreen)
    if replace(draft, evergreen=kept.evergreen) == kept:
        return
    refuse_when_out(session, content_id)
    variants = {one.language: one for one in list_variants(session, content_id)}
    known = {version.language: version for version in kept.versions}
    for version in draft.versions:
        if version == known.get(version.language):
            continue
        variant = variants.get(version.language)
        if variant is None:
            variant = _add(session, content, version, now=now)
        else:
            _change_words(session, variant, version, now=now)
        set_wordings(session, content_id, version.language, version.wordings)
        set_network_texts(session, variant.id or 0, dict(version.own))
    if (draft.topics, draft.campaign) != (kept.topics, kept.campaign):
        sort_content(session, content_id, topics=draft.topics, campaign_code=draft.campaign)
    content.hashtags = draft.hashtags
    session.add(content)
    session.flush()
    void_approvals(session, content_id)


def set_evergreen(session: Session, content_id: int, *, evergreen: bool) -> None:
    """Say whether a content is worth sending again, which it may be when it is out too. Raises NotFound."""
    content = get_content(session, content_id)
    content.evergreen = evergreen
    session.add(content)
    session.flush()


def _add(session: Session, content: Content, version: DraftVersion, *, now: datetime) -> Variant:
    """Add a language version; without a link of its own it leads where the first version does."""
    item = FeedItem(
        external_id=f"staff:{content.id}:{version.language}",
        title=version.title,
        text=version.text,
        language=version.language,
    )
    add_version(session, content.id or 0, item, now=now)
    same = select(Variant).where(Variant.content_id == content.id, Variant.language == version.language)
    variant = session.exec(same).one()
    variant.url = version.url or variant.url
    session.add(variant)
    return variant


def _change_words(session: Session, variant: Variant, version: DraftVersion, *, now: datetime) -> None:
    words = (version.title, version.text, version.url or None)
    if words == words_of(variant):
        return
    keep_staffs_words(variant)
    variant.title, variant.text, variant.url = words
    variant.revision += 1
    variant.updated_at = now
    session.add(variant)
    session.flush()
