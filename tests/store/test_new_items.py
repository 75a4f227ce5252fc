"""What people bring by hand: a known link leads to its content, and odd ones wait with their reason."""

import pytest
from sqlmodel import select

from sharebot.config.settings import Organisation, Settings
from sharebot.errors import Refused
from sharebot.models import Asset, Content, Variant
from sharebot.store.contents import archive, list_variants
from sharebot.store.database import Database
from sharebot.store.new_items import Maker, Version, add_by_hand, add_page, find_by_link
from sharebot.values.feeds import Media, Page, Translation
from sharebot.values.status import AssetKind, ContentKind, ContentStatus
from tests.cast import NOW

SITE = "https://alliance.example"
EVA = Maker("eva@alliance.example", Settings(organisation=Organisation(url=SITE)), NOW)


def page(url: str = f"{SITE}/en/story", language: str | None = "en", **about: object) -> Page:
    return Page(url=url, title="A story", text="Words", language=language, **about)  # type: ignore[arg-type]


def test_a_page_becomes_a_draft_with_its_picture_and_its_maker(either: Database):
    with either.write() as session:
        picture = Media(AssetKind.PICTURE, f"{SITE}/a.jpg", alt="A field")
        added = add_page(session, page(kind=ContentKind.VIDEO, media=(picture,)), EVA, language="fr")
        content = session.get_one(Content, added.content_id)
        assert added.is_new
        assert (content.kind, content.status, content.created_by) == (ContentKind.VIDEO, ContentStatus.DRAFT, EVA.by)
        assert content.quarantine == ""
        assert content.published_at == NOW
        assert session.exec(select(Asset.alt)).one() == "A field"


def test_a_page_without_a_language_gets_the_asked_one_and_a_foreign_one_waits(either: Database):
    with either.write() as session:
        added = add_page(session, page("https://elsewhere.example/x", None), EVA, language="fr")
        assert list_variants(session, added.content_id)[0].language == "fr"
        content = session.get_one(Content, added.content_id)
        assert content.quarantine == "links to a foreign host: elsewhere.example"


@pytest.mark.parametrize(
    "link",
    [
        f"{SITE}/en/story",
        f"{SITE}/en/story/",
        "http://www.alliance.example/en/story",
        f"{SITE}/en/story?utm_source=x#top",
        "https://ALLIANCE.example/en/story",
    ],
)
def test_a_known_link_leads_to_its_content_however_it_is_written(database: Database, link: str):
    with database.write() as session:
        first = add_page(session, page(), EVA, language="en")
        again = add_page(session, page(link), EVA, language="en")
        assert (again.content_id, again.is_new) == (first.content_id, False)
        archive(session, first.content_id, now=NOW)
        assert find_by_link(session, link) is None


def test_all_addresses_of_a_video_are_one(database: Database):
    with database.write() as session:
        first = add_page(session, page("https://www.youtube.com/watch?v=dQw4w9WgXcQ"), EVA, language="en")
        for link in ("https://youtu.be/dQw4w9WgXcQ?t=3", "https://m.youtube.com/shorts/dQw4w9WgXcQ"):
            assert find_by_link(session, link) == first.content_id


def test_a_translation_becomes_one_more_language_of_its_story(either: Database):
    with either.write() as session:
        first = add_page(session, page(), EVA, language="en")
        other = page(f"{SITE}/fr/histoire", "fr", translations=(Translation("en", f"{SITE}/en/story"),))
        assert add_page(session, other, EVA, language="en").content_id == first.content_id
        assert [one.language for one in list_variants(session, first.content_id)] == ["en", "fr"]


def test_three_languages_by_hand_are_one_content(either: Database):
    versions = [Version(code, f"Title {code}", "Text", f"{SITE}/{code}/hand") for code in ("en", "fr", "es")]
    with either.write() as session:
        added = add_by_hand(session, ContentKind.APPEAL, versions, EVA)
        assert session.exec(select(Content.id)).all() == [added.content_id]
        kept = list_variants(session, added.content_id)
        assert [(one.language, one.title) for one in kept] == [(c, f"Title {c}") for c in ("en", "es", "fr")]
        content = session.get_one(Content, added.content_id)
        assert (content.kind, content.created_by, content.quarantine) == (ContentKind.APPEAL, EVA.by, "")
        again = add_by_hand(session, ContentKind.POST, [Version("en", "Other", url=f"{SITE}/fr/hand")], EVA)
        assert (again.content_id, again.is_new) == (added.content_id, False)


def test_by_hand_needs_a_title_in_each_language_once(database: Database):
    with database.write() as session:
        for versions in ([], [Version("en", "")], [Version("en", "A"), Version("en", "B")]):
            with pytest.raises(Refused):
                add_by_hand(session, ContentKind.POST, versions, EVA)
        assert session.exec(select(Variant)).all() == []


def test_what_has_no_link_waits_with_the_reason(database: Database):
    with database.write() as session:
        added = add_by_hand(session, ContentKind.POST, [Version("en", "A")], EVA)
        assert session.get_one(Content, added.content_id).quarantine == "no link"
