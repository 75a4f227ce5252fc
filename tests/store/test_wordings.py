"""Texts to post: given before a release, dealt by it, covered by the approval."""

import pytest
from sqlmodel import col, select

from sharebot.config.settings import Settings
from sharebot.errors import NotFound, Refused
from sharebot.models import Delivery, TrackedLink, Wording
from sharebot.store.campaigns import CampaignWords, add_campaign, end_campaign, list_campaigns, sort_content
from sharebot.store.cards import get_card, list_previews
from sharebot.store.contents import content_hash
from sharebot.store.database import Database
from sharebot.store.kits import get_kit
from sharebot.store.post_texts import list_wordings
from sharebot.store.wordings import set_wordings
from sharebot.values.status import EntryStatus, Network
from tests.cast import NOW, add_cast, add_member, add_officer
from tests.store.props import ITEM, approved, entry_status, release_now, released, take_in

TEXTS = ["One voice.", "Two voices.", "Three voices."]


@pytest.fixture
def drafted(either: Database) -> Database:
    """The cast, three more parties of Belgium, and a draft in English."""
    add_cast(either)
    with either.write() as session:
        for number in range(3):
            add_officer(session, add_member(session, f"m{number}"), "Seat", chat_id=5000 + number)
    take_in(either, ITEM)
    return either


def give(database: Database, texts: list[str]) -> bool:
    with database.write() as session:
        return set_wordings(session, 1, ITEM.language or "en", texts)


def dealt(database: Database) -> list[str | None]:
    """Return the text of each party, by member."""
    rows = select(TrackedLink.member_id, Wording.text).outerjoin(
        Wording, col(Wording.id) == col(TrackedLink.wording_id)
    )
    with database.read() as session:
        return [text for _, text in session.exec(rows.order_by(col(TrackedLink.member_id)))]


def test_a_release_deals_each_party_of_a_country_another_text(drafted: Database) -> None:
    assert give(drafted, TEXTS)
    entry = approved(drafted)
    with drafted.write() as session:
        assert release_now(session, entry)
    texts = dealt(drafted)
    assert len(texts) == 5
    assert sorted(texts.count(one) for one in TEXTS) == [1, 2, 2]
    with drafted.read() as session:
        cards = [get_card(session, number, settings=Settings(), now=NOW) for number in range(1, 6)]
    assert sorted(card.post.words for card in cards) == sorted(one for one in texts if one)


def test_a_second_wave_keeps_what_a_party_has_and_deals_the_newcomers(drafted: Database) -> None:
    give(drafted, TEXTS)
    first = approved(drafted)
    with drafted.write() as session:
        release_now(session, first)
    before = dealt(drafted)
    with drafted.write() as session:
        add_officer(session, add_member(session, "late"), "Seat", chat_id=6000)
    entry = approved(drafted)
    with drafted.write() as session:
        release_now(session, entry)
    after = dealt(drafted)
    assert after[:5] == before
    assert sorted(after.count(one) for one in TEXTS) == [2, 2, 2]


def test_without_texts_the_title_is_posted(either: Database) -> None:
    released(either)
    with either.read() as session:
        card = get_card(session, 1, settings=Settings(), now=NOW)
    assert card.post.words == ITEM.title
    assert card.post.url == card.url


def test_changed_texts_void_an_approval_and_the_hash_covers_them(drafted: Database) -> None:
    entry = approved(drafted)
    with drafted.read() as session:
        before = content_hash(session, 1)
    assert give(drafted, TEXTS)
    assert entry_status(drafted, entry) is EntryStatus.PROPOSED
    with drafted.read() as session:
        after = content_hash(session, 1)
    assert after != before
    assert give(drafted, TEXTS[::-1])
    with drafted.read() as session:
        assert content_hash(session, 1) not in {before, after}
        assert list_wordings(session, [1]) == {1: TEXTS[::-1]}
    assert give(drafted, TEXTS[::-1]) is False
    assert give(drafted, [])
    with drafted.read() as session:
        assert content_hash(session, 1) == before


def test_texts_are_refused_that_are_too_many_too_long_or_too_late(drafted: Database) -> None:
    with pytest.raises(Refused, match="at most 20"):
        give(drafted, [f"Text {number}" for number in range(21)])
    with pytest.raises(Refused, match="2000 characters"):
        give(drafted, ["x" * 2001])
    with pytest.raises(NotFound), drafted.write() as session:
        set_wordings(session, 1, "xx", TEXTS)
    entry = approved(drafted)
    with drafted.write() as session:
        release_now(session, entry)
    with pytest.raises(Refused, match="out already"):
        give(drafted, TEXTS)


def test_a_campaign_adds_its_words_while_it_runs(drafted: Database) -> None:
    with drafted.write() as session:
        add_campaign(session, "vax", CampaignWords("Vaccines", "#GlobalVax", "Together."), now=NOW)
        assert sort_content(session, 1, topics=["health"], campaign_code="vax")
        assert not sort_content(session, 1, topics=["health"], campaign_code="vax")
    entry = approved(drafted)
    with drafted.write() as session:
        release_now(session, entry)
    with drafted.read() as session:
        card = get_card(session, 1, settings=Settings(), now=NOW)
        kit = get_kit(session, session.get_one(Delivery, 1), settings=Settings(), now=NOW)
        (preview,) = list_previews(session, 1, settings=Settings(), now=NOW)
    assert card.post.text == f"{ITEM.title} #GlobalVax\nTogether."
    assert preview.post.text == card.post.text
    assert kit.hashtags == "#GlobalVax"
    assert {place for one in kit.texts for place in one.places} >= {Network.X, Network.INSTAGRAM}
    assert all(card.post.url in one.text for one in kit.texts)
    with drafted.write() as session:
        end_campaign(session, "vax")
    with drafted.read() as session:
        assert get_card(session, 1, settings=Settings(), now=NOW).post.text == ITEM.title
        assert [(one.code, one.status.value) for one in list_campaigns(session)] == [("vax", "ended")]
    with pytest.raises(Refused, match="ended already"), drafted.write() as session:
        end_campaign(session, "vax")


def test_joining_or_ending_a_campaign_voids_an_approval(drafted: Database) -> None:
    with drafted.write() as session:
        add_campaign(session, "vax", CampaignWords("Vaccines", "#GlobalVax"), now=NOW)
    entry = approved(drafted)
    with drafted.write() as session:
        sort_content(session, 1, topics=[], campaign_code="vax")
    assert entry_status(drafted, entry) is EntryStatus.PROPOSED
    second = approved(drafted)
    with drafted.write() as session:
        end_campaign(session, "vax")
    assert entry_status(drafted, second) is EntryStatus.PROPOSED


def test_a_campaign_that_is_none_is_refused(drafted: Database) -> None:
    with pytest.raises(NotFound), drafted.write() as session:
        sort_content(session, 1, topics=[], campaign_code="none")
    with pytest.raises(Refused, match="hashtag"), drafted.write() as session:
        add_campaign(session, "vax", CampaignWords("Vaccines", "no tag"), now=NOW)
    with drafted.write() as session:
        add_campaign(session, "vax", CampaignWords("Vaccines"), now=NOW)
    with pytest.raises(Refused, match="already"), drafted.write() as session:
        add_campaign(session, "vax", CampaignWords("Vaccines"), now=NOW)
