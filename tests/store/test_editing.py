"""What staff edit is kept as a whole, reaches officers, and is not taken away by a later poll."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.config.settings import Settings
from sharebot.errors import Refused
from sharebot.models import Asset, AssetBody, Content, Delivery, QueueEntry, Variant
from sharebot.store.cards import get_card, list_previews
from sharebot.store.contents import CHANGED_AT_SOURCE, content_hash
from sharebot.store.corrections import correct
from sharebot.store.database import Database
from sharebot.store.editing import ChangedSince, get_draft, keep_draft
from sharebot.store.kits import get_kit
from sharebot.store.review import get_content_view
from sharebot.store.sharing import Press, find_share
from sharebot.store.staff_words import has_staffs_words
from sharebot.values.drafts import Draft, DraftVersion
from sharebot.values.feeds import Media
from sharebot.values.status import AssetKind, ClickOutcome, ContentStatus, DataTier, EntryStatus, Network
from tests.cast import NOW, add_cast
from tests.store.props import ITEM, approved, release_now, released, take_in

PICTURE = Media(AssetKind.PICTURE, "https://alliance.example/a.png", "image/png", 9, None, 80, 60)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def drafted(either: Database) -> Database:
    add_cast(either)
    take_in(either, replace(ITEM, media=(PICTURE,)))
    return either


def draft_of(database: Database) -> Draft:
    with database.read() as session:
        return get_draft(session, 1)


def keep(database: Database, draft: Draft, *, before: str | None = None) -> None:
    seen = draft_of(database).fingerprint if before is None else before
    with database.write() as session:
        keep_draft(session, 1, draft, before=seen, now=LATER)


def with_words(draft: Draft, **words: object) -> Draft:
    first, *rest = draft.versions
    return replace(draft, versions=(replace(first, **words), *rest))  # type: ignore[arg-type]


def variant_of(database: Database, language: str = "en") -> Variant:
    with database.read() as session:
        return session.exec(select(Variant).where(Variant.language == language)).one()


def fingerprint(database: Database) -> str:
    with database.read() as session:
        return content_hash(session, 1)


def entry(database: Database) -> QueueEntry:
    with database.read() as session:
        return session.get_one(QueueEntry, 1)


def test_all_of_it_is_kept_and_read_again(drafted: Database) -> None:
    version = DraftVersion(
        "en",
        "Our title",
        "Our words",
        "https://alliance.example/b",
        ("One.", "Two."),
        ((Network.X, "For X."), (Network.INSTAGRAM, "For Instagram.")),
    )
    french = DraftVersion("fr", "Notre titre", wordings=("Un.",))
    draft = Draft((version, french), "#Health #Peace", ("peace",), evergreen=True)
    keep(drafted, draft)
    assert draft_of(drafted) == replace(draft, versions=(version, replace(french, url=version.url)))
    assert variant_of(drafted).revision == 2
    assert variant_of(drafted, "fr").revision == 1
    with drafted.read() as session:
        assert len(session.exec(select(Asset)).all()) == 2
    keep(drafted, draft_of(drafted))
    assert variant_of(drafted).revision == 2


@pytest.mark.parametrize(
    "change",
    [
        {"title": "B"},
        {"url": ""},
        {"wordings": ("B",)},
        {"own": ((Network.BLUESKY, "B"),)},
    ],
)
def test_any_edit_ends_the_approval_whose_hash_covers_it(drafted: Database, change: dict[str, object]) -> None:
    approved(drafted)
    before = fingerprint(drafted)
    keep(drafted, with_words(draft_of(drafted), **change))
    assert fingerprint(drafted) != before
    assert entry(drafted).status is EntryStatus.PROPOSED


def test_hashtags_end_an_approval_and_that_it_may_be_sent_again_does_not(drafted: Database) -> None:
    approved(drafted)
    before = fingerprint(drafted)
    keep(drafted, replace(draft_of(drafted), evergreen=True))
    assert (fingerprint(drafted), entry(drafted).status) == (before, EntryStatus.APPROVED)
    keep(drafted, replace(draft_of(drafted), hashtags="#Health"))
    assert fingerprint(drafted) != before
    assert entry(drafted).status is EntryStatus.PROPOSED


def test_what_somebody_else_changed_meanwhile_is_not_written_over(drafted: Database) -> None:
    seen = draft_of(drafted)
    take_in(drafted, replace(ITEM, title="Corrected at its source"))
    with pytest.raises(ChangedSince):
        keep(drafted, with_words(seen, title="Mine"), before=seen.fingerprint)
    assert variant_of(drafted).title == "Corrected at its source"


def test_what_is_out_is_not_edited_any_more(either: Database) -> None:
    released(either)
    with pytest.raises(Refused, match="correct its words"):
        keep(either, replace(draft_of(either), hashtags="#late"))
    keep(either, replace(draft_of(either), evergreen=True))
    assert draft_of(either).evergreen


def test_a_later_poll_leaves_staffs_words_and_says_once_that_its_source_changed(drafted: Database) -> None:
    keep(drafted, with_words(draft_of(drafted), title="Staff's title"))
    assert take_in(drafted, ITEM).changed == 0
    approved(drafted)
    corrected = replace(ITEM, title="Another title", text="Other words")
    assert take_in(drafted, corrected).changed == 1
    assert variant_of(drafted).title == "Staff's title"
    assert entry(drafted).status is EntryStatus.PROPOSED
    with drafted.read() as session:
        content = session.get_one(Content, 1)
        (view,) = get_content_view(session, 1, language="en").variants
    assert CHANGED_AT_SOURCE in content.quarantine.split("\n")
    assert content.status is ContentStatus.DRAFT
    assert (view.is_edited_here, view.warnings) == (True, ())
    approved(drafted)
    assert take_in(drafted, corrected).changed == 0
    assert entry(drafted).status is EntryStatus.APPROVED


def test_a_source_that_says_the_same_as_staff_is_followed_again(drafted: Database) -> None:
    keep(drafted, with_words(draft_of(drafted), title="Staff's title"))
    take_in(drafted, replace(ITEM, title="Staff's title"))
    assert not has_staffs_words(variant_of(drafted))
    take_in(drafted, replace(ITEM, title="And on"))
    assert variant_of(drafted).title == "And on"


def test_a_correction_stands_against_a_later_poll_too(either: Database) -> None:
    released(either)
    with either.write() as session:
        correct(session, 1, "en", title="Corrected", text="Words", revision=1, now=LATER)
    take_in(either, replace(ITEM, external_id="a0", url="https://alliance.example/a0", text="Still the old words"))
    assert variant_of(either).title == "Corrected"


def test_a_networks_own_text_and_the_hashtags_reach_officers_everywhere(drafted: Database) -> None:
    own = ((Network.X, "Short for X."), (Network.INSTAGRAM, "With pictures."))
    draft = with_words(draft_of(drafted), wordings=("Dealt.",), own=own)
    keep(drafted, replace(draft, hashtags="#Health #Peace"))
    number = approved(drafted)
    with drafted.write() as session:
        release_now(session, number)
    with drafted.read() as session:
        card = get_card(session, 1, settings=Settings(), now=NOW)
        kit = get_kit(session, session.get_one(Delivery, 1), settings=Settings(), now=NOW)
        code = card.post.url.rpartition("/")[2]
        opened = {
            place: find_share(session, Press(code, place, ClickOutcome.ROBOT), public_url="https://go.example", now=NOW)
            for place in ("x", "bluesky")
        }
    assert card.post.text == "Dealt. #Health #Peace"
    texts = {place: one.text for one in kit.texts for place in one.places}
    assert texts[Network.X] == f"Short for X. #Health #Peace\n{card.post.url}"
    assert texts[Network.INSTAGRAM] == f"With pictures. #Health #Peace\n{card.post.url}"
    assert texts[Network.BLUESKY] == f"Dealt. #Health #Peace\n{card.post.url}"
    x, bluesky = opened["x"], opened["bluesky"]
    assert x is not None and "Short%20for%20X.%20%23Health%20%23Peace" in x.address
    assert bluesky is not None and "Dealt." in bluesky.address


def test_a_preview_shows_what_is_not_kept(drafted: Database) -> None:
    french = DraftVersion("fr", "Le titre", own=((Network.X, "Pour X."),))
    draft = with_words(draft_of(drafted), title="Unkept", wordings=("Unkept words.",))
    draft = replace(draft, versions=(*draft.versions, french), hashtags="#New")
    with drafted.read() as session:
        cards = list_previews(session, 1, settings=Settings(), now=NOW, tier=DataTier.TEXT, draft=draft)
        full = list_previews(session, 1, settings=Settings(), now=NOW, draft=draft)
        assert not session.dirty
        assert not session.new
    assert [(one.language, one.title, one.url) for one in cards] == [
        ("en", "Unkept", ITEM.url),
        ("fr", "Le titre", ITEM.url),
    ]
    assert cards[0].post.text == "Unkept words. #New"
    assert cards[1].post.on(Network.X).text == "Pour X. #New"
    assert [one.media for one in cards] == [None, None]
    assert [one.media and one.media.url for one in full] == [PICTURE.url, PICTURE.url]
    assert draft_of(drafted).versions[0].title == ITEM.title


def test_a_new_version_has_the_bytes_of_what_was_uploaded(drafted: Database) -> None:
    with drafted.write() as session:
        asset = session.exec(select(Asset)).one()
        session.add(AssetBody(asset_id=asset.id or 0, body=b"png"))
    draft = draft_of(drafted)
    keep(drafted, replace(draft, versions=(*draft.versions, DraftVersion("es", "Un título"))))
    with drafted.read() as session:
        assert [one.body for one in session.exec(select(AssetBody))] == [b"png", b"png"]
