"""What arrives becomes drafts; language versions meet; an edit voids what was approved before it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from sharebot.errors import NotFound, Refused
from sharebot.models import Asset, Content, Variant
from sharebot.store import contents
from sharebot.store.contents import Ingested
from sharebot.store.database import Database
from sharebot.store.queue import get_entry, withdraw
from sharebot.values.feeds import Media, Translation
from sharebot.values.status import AssetKind, ContentStatus, EntryStatus
from tests.cast import NOW, add_cast
from tests.store.props import ITEM, approved, released, take_in

FRENCH = replace(
    ITEM,
    external_id="a-fr",
    language="fr",
    title="Un titre",
    url="https://alliance.example/fr/a",
    translations=(Translation("en", ITEM.url or ""),),
)
PICTURE = Media(AssetKind.PICTURE, "https://alliance.example/a.png")


def all_contents(database: Database) -> list[Content]:
    with database.read() as session:
        return list(session.exec(select(Content).order_by(Content.id)))  # type: ignore[arg-type]


def fingerprint(database: Database) -> str:
    with database.read() as session:
        return contents.content_hash(session, 1)


def test_an_item_becomes_a_draft_and_the_same_again_changes_nothing(either):
    assert take_in(either, ITEM) == Ingested(1, 0)
    assert take_in(either, ITEM) == Ingested(0, 0)
    (content,) = all_contents(either)
    assert (content.status, content.quarantine) == (ContentStatus.DRAFT, "")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_language_versions_of_a_story_are_one_content(either, order: tuple[int, int], together: bool):
    english = replace(ITEM, translations=(Translation("fr", FRENCH.url or ""),))
    items = [(english, FRENCH)[number] for number in order]
    for batch in [items] if together else [[one] for one in items]:
        take_in(either, *batch)
    assert len(all_contents(either)) == 1
    with either.read() as session:
        assert [one.language for one in contents.list_variants(session, 1)] == ["en", "fr"]


def test_a_second_story_in_the_same_language_is_no_version(either):
    take_in(either, ITEM, replace(FRENCH, language="en"))
    assert len(all_contents(either)) == 2


@pytest.mark.parametrize("change", [{"title": "B"}, {"text": "B"}, {"url": "https://alliance.example/b"}])
def test_any_change_of_words_or_link_voids_the_approval_once(either, change: dict[str, Any]):
    add_cast(either)
    take_in(either, ITEM)
    approved(either)
    assert all_contents(either)[0].status is ContentStatus.READY
    edited = replace(ITEM, **change)
    assert take_in(either, edited, now=NOW + timedelta(hours=1)) == Ingested(0, 1)
    assert take_in(either, edited) == Ingested(0, 0)
    with either.read() as session:
        entry = get_entry(session, 1)
        (variant,) = contents.list_variants(session, 1)
    assert (entry.status, entry.approved_hash, entry.note) == (EntryStatus.PROPOSED, None, "edited after approval")
    assert (variant.revision, variant.updated_at) == (2, NOW + timedelta(hours=1))
    assert all_contents(either)[0].quarantine == "edited after approval"


def test_an_edit_after_the_release_takes_nothing_back(either):
    released(either)
    take_in(either, replace(ITEM, external_id="a0", url="https://alliance.example/a0", title="B"))
    with either.read() as session:
        assert get_entry(session, 1).status is EntryStatus.RELEASED


def test_the_fingerprint_covers_words_links_languages_and_media(either):
    take_in(either, replace(ITEM, media=(PICTURE,)))
    seen = [fingerprint(either)]
    for statement in (
        "UPDATE variant SET title = 'x'",
        "UPDATE variant SET text = 'x'",
        "UPDATE variant SET url = 'https://x.example'",
        "UPDATE variant SET language = 'fr'",
        "UPDATE asset SET url = 'https://x.example/x.png'",
        "UPDATE content SET kind = 'video'",
    ):
        with either.write() as session:
            session.connection().exec_driver_sql(statement)
        seen.append(fingerprint(either))
    assert len(set(seen)) == 7
    assert fingerprint(either) == seen[-1]


def test_a_new_language_version_is_not_what_was_approved(either):
    add_cast(either)
    take_in(either, ITEM)
    before = fingerprint(either)
    take_in(either, FRENCH)
    assert fingerprint(either) != before


def test_one_picture_named_twice_is_one(either):
    take_in(either, replace(ITEM, media=(PICTURE, PICTURE)))
    with either.read() as session:
        assert len(session.exec(select(Asset)).all()) == 1


def test_fifty_new_items_at_once_are_looked_at_twice(either):
    def items(number: int, name: str):
        return [
            replace(ITEM, external_id=f"{name}{n}", url=f"https://alliance.example/{name}{n}") for n in range(number)
        ]

    take_in(either, *items(49, "few"))
    assert {one.quarantine for one in all_contents(either)} == {""}
    take_in(either, *items(50, "many"))
    assert {one.quarantine for one in all_contents(either)[49:]} == {"very many new items at once"}


def test_what_is_odd_about_an_item_stands_beside_it(either):
    take_in(either, replace(ITEM, url="https://elsewhere.example/x", published_at=None, warnings=("title cut",)))
    assert all_contents(either)[0].quarantine.split("\n") == [
        "title cut",
        "links to a foreign host: elsewhere.example",
        "no date",
    ]


def test_an_approved_content_is_not_put_away(either):
    add_cast(either)
    take_in(either, ITEM)
    approved(either)
    with either.write() as session, pytest.raises(Refused, match="withdraw its entry first"):
        contents.archive(session, 1, now=NOW)
    with either.write() as session:
        withdraw(session, 1, by="someone", now=NOW)
        contents.archive(session, 1, now=NOW)
        assert contents.list_drafts(session) == []
        with pytest.raises(NotFound):
            contents.archive(session, 99, now=NOW)


def test_drafts_come_newest_first(either):
    take_in(either, ITEM)
    take_in(either, replace(ITEM, external_id="b", url="https://alliance.example/b"))
    with either.read() as session:
        assert [one.id for one in contents.list_drafts(session)] == [2, 1]
        assert len(session.exec(select(Variant)).all()) == 2
