"""What an item is made of before anybody gets it, and would be if a draft were kept; nothing is kept for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from sharebot.models import Asset, Campaign, Content, Member, Variant
from sharebot.store.campaigns import list_running
from sharebot.store.card_rows import ItemRows, list_own_posts
from sharebot.store.contents import get_content, list_assets
from sharebot.store.post_texts import list_network_texts, list_wordings
from sharebot.values.drafts import Draft, DraftVersion


def gather_preview(session: Session, content_id: int, variants: Sequence[Variant]) -> ItemRows:
    """Return what the previews of a content are made of, from what its page has read already."""
    content, ids = get_content(session, content_id), [one.id or 0 for one in variants]
    wordings, own_words = list_wordings(session, ids), list_network_texts(session, ids)
    assets: dict[int, list[Asset]] = defaultdict(list)
    for asset in list_assets(session, ids):
        assets[asset.variant_id].append(asset)
    campaign = next((one for one in list_running(session) if one.id == content.campaign_id), None)
    proposer = session.get(Member, content.proposed_by_id) if content.proposed_by_id else None
    return ItemRows(
        siblings={content_id: {one.language: one for one in variants if one.url}},
        contents={content_id: content},
        campaigns={content_id: campaign} if campaign else {},
        proposers={content_id: proposer.name} if proposer else {},
        wordings={one: texts[0] for one, texts in wordings.items() if texts},
        own_words=own_words,
        assets=assets,
        files={},
        own_posts=list_own_posts(session, [content_id]),
    )


def as_drafted(
    session: Session, rows: ItemRows, variants: Sequence[Variant], draft: Draft
) -> tuple[ItemRows, list[Variant]]:
    """Return the rows and language versions of one content as the draft has them; none of them belongs to a session."""
    kept = {one.language: one for one in variants}
    versions = [version for version in draft.versions if version.language]
    content = rows.contents[variants[0].content_id]
    found, files, content_id = [], dict(rows.assets), content.id or 0
    for number, version in enumerate(versions, start=1):
        origin = kept.get(version.language)
        one = _version(origin or variants[0], version, new_id=None if origin else -number)
        files[one.id or 0] = files.get((origin or variants[0]).id or 0, ())
        found.append(one)
    pairs = list(zip(found, versions, strict=True))
    return replace(
        rows,
        siblings={content_id: {one.language: one for one in found if one.url}},
        contents={content_id: Content(**content.model_dump() | {"hashtags": draft.hashtags})},
        campaigns=_campaigns(session, content_id, draft.campaign),
        wordings={one.id or 0: version.wordings[0] for one, version in pairs if version.wordings},
        own_words={one.id or 0: version.own for one, version in pairs},
        assets=files,
    ), found


def _version(origin: Variant, version: DraftVersion, *, new_id: int | None) -> Variant:
    words = {"language": version.language, "title": version.title, "text": version.text}
    words["url"] = version.url or ((origin.url or "") if new_id else "")
    return Variant(**origin.model_dump() | words | ({"id": new_id} if new_id else {}))


def _campaigns(session: Session, content_id: int, code: str) -> dict[int, Campaign]:
    campaign = next((one for one in list_running(session) if one.code == code), None)
    return {content_id: campaign} if campaign else {}
