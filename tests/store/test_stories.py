"""Language versions of one story become one content, and can be taken apart again; nothing gets lost on the way."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from sharebot.errors import NotFound, Refused
from sharebot.models import Asset, Content, NetworkText, Proposal, QueueEntry, Source, Variant, Wording
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.store.contents import EDITED, Intake, archive, content_hash, ingest, list_variants
from sharebot.store.database import Database
from sharebot.store.queue import Approval, approve
from sharebot.store.stories import list_suggestions, merge, split
from sharebot.values.feeds import FeedItem, Media
from sharebot.values.status import (
    AssetKind,
    ContentStatus,
    EntryStatus,
    Network,
    ProposalKind,
    ProposalStatus,
    SourceKind,
)
from tests.cast import NOW, add_member

HOSTS = frozenset({"alliance.example"})
TITLES = {"en": "Seeds are common", "fr": "Les semences sont communes", "es": "Las semillas son de todos"}


def item(language: str, *, text: str = "", slug: str = "seed-charter") -> FeedItem:
    picture = Media(AssetKind.PICTURE, f"https://alliance.example/{language}.jpg")
    link = f"https://alliance.example/{language}/{slug}"
    return FeedItem(f"{slug}-{language}", TITLES[language], text, link, NOW, language, media=(picture,))


def poll(session: Session, language: str, *items: FeedItem) -> None:
    """Take in what a language's own feed brings."""
    url = f"https://alliance.example/{language}/feed"
    source = session.exec(select(Source).where(Source.url == url)).first()
    source = source or Source(kind=SourceKind.FEED, url=url, next_poll_at=NOW, created_at=NOW, language=language)
    session.add(source)
    session.flush()
    ingest(session, items, Intake(language, HOSTS, NOW, source))


def three_feeds(session: Session) -> list[int]:
    for language in TITLES:
        poll(session, language, item(language))
    return sorted(one or 0 for one in session.exec(select(Content.id)))


def decided(session: Session, content_id: int) -> QueueEntry:
    approval = Approval(
        content_id,
        Audience(),
        Timing(),
        NOW + timedelta(days=7),
        by="eva@alliance.example",
        expected_hash=content_hash(session, content_id),
    )
    return approve(session, approval, now=NOW)


def spoken(session: Session, content_id: int) -> list[str]:
    return [version.language for version in list_variants(session, content_id)]


def test_what_three_feeds_brought_is_suggested_and_becomes_one_content(either: Database):
    with either.write() as session:
        ids = three_feeds(session)
        assert len(ids) == 3
        (story,) = list_suggestions(session)
        assert story.ids == tuple(ids)
        merged = merge(session, story.ids)
        assert (merged.content_id, merged.gone) == (ids[0], tuple(ids[1:]))
    with either.write() as session:
        assert session.exec(select(Content.id)).all() == ids[:1]
        assert spoken(session, ids[0]) == ["en", "es", "fr"]
        assert len(session.exec(select(Asset)).all()) == 3
        assert list_suggestions(session) == []


def test_the_next_poll_finds_each_version_where_it_is_now(either: Database):
    with either.write() as session:
        content_id = merge(session, three_feeds(session)).content_id
        poll(session, "es", item("es", text="New words"))
    with either.read() as session:
        assert len(session.exec(select(Content)).all()) == 1
        changed = session.exec(select(Variant).where(Variant.revision > 1)).one()
        assert (changed.content_id, changed.language, changed.text) == (content_id, "es", "New words")


def test_texts_notes_and_what_refers_to_a_draft_move_along(either: Database):
    with either.write() as session:
        first, second, third = three_feeds(session)
        member = add_member(session, "north")
        french = list_variants(session, second)[0]
        session.add(Wording(variant_id=french.id or 0, position=0, text="À vous"))
        session.add(NetworkText(variant_id=french.id or 0, network=Network.X, text="Court"))
        session.add(
            Proposal(
                kind=ProposalKind.TRANSLATION,
                status=ProposalStatus.OPEN,
                member_id=member.id or 0,
                content_id=second,
                language="pt",
                created_at=NOW,
            )
        )
        content = session.get_one(Content, second)
        content.quarantine, content.topics, content.hashtags, content.evergreen = "no date", "water", "#Seeds", True
        session.add(content)
        session.get_one(Content, third).topics = "water,care"
        session.flush()
        merge(session, [third, first, second])
    with either.read() as session:
        kept = session.get_one(Content, first)
        assert (kept.quarantine, kept.hashtags, kept.evergreen) == ("no date", "#Seeds", True)
        assert kept.topics == "water,care"
        assert session.exec(select(Proposal.content_id)).one() == first
        assert session.exec(select(Wording.text)).one() == "À vous"
        assert session.exec(select(NetworkText.text)).one() == "Court"


def test_what_waited_for_approval_waits_on_the_one_content_to_be_looked_at_anew(either: Database):
    with either.write() as session:
        ids = three_feeds(session)
        for content_id in ids[:2]:
            entry = decided(session, content_id)
            entry.status, entry.approved_by = EntryStatus.PROPOSED, None
            session.get_one(Content, content_id).status = ContentStatus.DRAFT
        session.flush()
        merge(session, ids)
    with either.read() as session:
        entries = session.exec(select(QueueEntry).order_by(col(QueueEntry.id))).all()
        assert [(one.content_id, one.wave, one.approved_hash) for one in entries] == [
            (ids[0], 1, None),
            (ids[0], 2, None),
        ]
        assert [one.status for one in entries] == [EntryStatus.WITHDRAWN, EntryStatus.PROPOSED]


def test_nothing_is_merged_that_is_decided_put_away_or_in_one_language_twice(either: Database):
    with either.write() as session:
        ids = three_feeds(session)
        poll(session, "en", item("en", slug="another"))
        twin = max(one or 0 for one in session.exec(select(Content.id)))
        with pytest.raises(Refused, match="same language"):
            merge(session, [ids[0], twin])
        with pytest.raises(Refused, match="two or more"):
            merge(session, [ids[0], ids[0]])
        with pytest.raises(NotFound):
            merge(session, [ids[0], 999])
        archive(session, ids[1], now=NOW)
        with pytest.raises(Refused, match="put away"):
            merge(session, ids[:2])
        decided(session, ids[0])
        for release in (False, True):
            if release:
                session.exec(select(QueueEntry)).one().status = EntryStatus.RELEASED
            with pytest.raises(Refused, match="approved already or was sent"):
                merge(session, [ids[0], ids[2]])
    with either.read() as session:
        assert len(session.exec(select(Content)).all()) == 4
        assert [spoken(session, content_id) for content_id in ids] == [["en"], ["fr"], ["es"]]


def test_a_version_that_does_not_belong_is_taken_out_and_its_approval_ends(either: Database):
    with either.write() as session:
        content_id = merge(session, three_feeds(session)).content_id
        entry_id = decided(session, content_id).id
        alone = split(session, content_id, "fr", now=NOW)
        poll(session, "fr", item("fr", text="Encore"))
    with either.read() as session:
        assert (spoken(session, content_id), spoken(session, alone)) == (["en", "es"], ["fr"])
        assert list_variants(session, alone)[0].text == "Encore"
        assert session.get_one(Content, alone).status is ContentStatus.DRAFT
        entry = session.get_one(QueueEntry, entry_id)
        assert (entry.status, entry.note) == (EntryStatus.PROPOSED, EDITED)
        assert session.get_one(Content, content_id).status is ContentStatus.DRAFT


def test_neither_the_only_language_nor_what_was_sent_is_split(either: Database):
    with either.write() as session:
        first, second, _ = three_feeds(session)
        with pytest.raises(Refused, match="only language"):
            split(session, first, "en", now=NOW)
        merge(session, [first, second])
        with pytest.raises(NotFound):
            split(session, first, "pt", now=NOW)
        decided(session, first).released_at = NOW
        session.flush()
        with pytest.raises(Refused, match="was sent"):
            split(session, first, "fr", now=NOW)
