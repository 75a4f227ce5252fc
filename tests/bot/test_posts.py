"""Links that officers give: told with their evidence, moved, taken back; checked at their network."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.bot.context import RUNTIME
from sharebot.jobs.check_posts import check_posts
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import PastedPost, Reshare, SocialAccount
from sharebot.rules.utm import new_code
from sharebot.sources.fetch import Fetcher
from sharebot.store import contents, queue
from sharebot.texts import replies
from sharebot.trackers.bluesky import BlueskyTracker
from sharebot.values.feeds import FeedItem
from sharebot.values.status import AccountStatus, AnswerKind, Evidence, Network
from tests.bot.words import answers_of, item_text, labels, said
from tests.cast import NOW
from tests.flows.conftest import Scene
from tests.store.props import approval_of

POST = "https://www.facebook.com/partysouth/posts/12345678"
GIVEN = "✅ Thank you, your share is noted.\n\nFacebook – A <b>title</b> & more\n🔗 Link given."


@pytest.fixture
async def sent(listening):
    await send_deliveries(listening.runtime)
    return listening


def shares(scene: Scene) -> list[Reshare]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(Reshare)))


def pasted(scene: Scene) -> list[PastedPost]:
    with scene.runtime.database.read() as session:
        return list(session.exec(select(PastedPost)))


async def second_item(scene: Scene) -> None:
    with scene.runtime.database.write() as session:
        item = FeedItem("b", "Second & last", "Words.", "https://alliance.example/b", NOW, "en")
        contents.ingest(session, [item], contents.Intake("en", frozenset({"alliance.example"}), NOW))
        approval = replace(approval_of(session, 2), expires_at=NOW + timedelta(days=9))
        entry = queue.approve(session, approval, now=NOW)
        queue.release(session, entry.id or 0, settings=scene.runtime.settings, new_code=new_code, now=NOW)
    scene.clock.at += timedelta(seconds=5)
    await send_deliveries(scene.runtime)


async def test_a_link_is_a_claim_for_the_one_open_item_and_can_be_taken_back(sent):
    before = item_text(sent, 2)
    sent.ben.write(f"Here it is: {POST}")
    await sent.settle()
    assert said(sent.ben)[-1].startswith(GIVEN)
    assert said(sent.ben)[0] == item_text(sent, 2) != before
    assert [(one.kind, one.network) for one in answers_of(sent)] == [(AnswerKind.SHARED, Network.FACEBOOK)]
    assert [(one.member_id, one.evidence) for one in shares(sent)] == [(2, Evidence.LINK_GIVEN)]
    assert labels(sent.ben) == ["✏️ Other item", "🗑 Take back"]
    sent.ben.tap("Other item")
    sent.ben.write(POST)
    await sent.settle()
    assert sent.ben.toasts[-1] == "There is no other current item."
    assert said(sent.ben)[-1].startswith("I have this link already, thank you.\n\nFacebook – A <b>title</b>")
    sent.ben.tap("Take back")
    await sent.settle()
    assert said(sent.ben)[-1] == "🗑 Taken back: this link does not count any more."
    assert said(sent.ben)[0] == before
    assert (shares(sent), answers_of(sent), pasted(sent)) == ([], [], [])


async def test_with_two_open_items_the_officer_says_which_even_after_a_restart(sent):
    await second_item(sent)
    sent.ben.write(POST)
    await sent.settle()
    assert shares(sent) == []
    assert sorted(labels(sent.ben)) == ["A <b>title</b> & more", "Second & last"]
    for chat in sent.application.chat_data.values():
        chat.clear()
    sent.ben.press(sent.ben, "p:1:")
    assert sent.ben.tap("Second & last")
    await sent.settle()
    assert "Facebook – Second & last" in said(sent.ben)[-1]
    assert [one.content_id for one in shares(sent)] == [2]
    sent.ben.tap("Other item")
    await sent.settle()
    assert labels(sent.ben) == ["A <b>title</b> & more", "← Back"]
    sent.ben.tap("← Back")
    await sent.settle()
    sent.ben.tap("Other item")
    await sent.settle()
    sent.ben.tap("A <b>title</b> & more")
    await sent.settle()
    assert "Facebook – A <b>title</b> & more" in said(sent.ben)[-1]
    assert [one.content_id for one in shares(sent)] == [1]


async def test_a_reply_names_the_item_of_several_links(sent):
    await second_item(sent)
    item = next(one for one in sent.ben.messages if "Second & last" in one.words.text)
    sent.ben.write(f"{POST}\nand x.com/partysouth/status/12 (https://x.com/)", reply_to=item)
    await sent.settle()
    told, refused = said(sent.ben)[-2:]
    assert told.startswith("✅ Thank you, your shares are noted.")
    assert "Facebook – Second & last" in told and "X – Second & last" in told
    assert "start page" in refused
    assert labels(sent.ben) == ["1. ✏️ Other item", "1. 🗑 Take back", "2. ✏️ Other item", "2. 🗑 Take back"]
    assert {(one.content_id, one.network) for one in shares(sent)} == {(2, Network.FACEBOOK), (2, Network.X)}
    sent.ben.tap("1. 🗑")
    await sent.settle()
    assert [one.network for one in shares(sent)] == [Network.X]
    assert labels(sent.ben) == ["✏️ Other item", "🗑 Take back"]


async def test_taps_on_somebody_elses_post_or_item_do_nothing(sent):
    sent.ben.write(POST)
    await sent.settle()
    shown = sent.ben.last_message
    shown.keyboard.append([{"text": "theirs", "callback_data": "e:1:to_1"}])
    for data in ("e:1:to_1", "e:1:to_x", "e:99:drop"):
        shown.keyboard[-1][0]["callback_data"] = data
        sent.ben.tap(data, message=shown)
    sent.ana.messages[0].keyboard.append([{"text": "theirs", "callback_data": "e:1:drop"}])
    sent.ana.tap("e:1:drop", message=sent.ana.messages[0])
    await sent.settle()
    assert [(one.member_id, one.content_id) for one in shares(sent)] == [(2, 1)]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://alliance.example/a", "our own page"),
        ("http://127.0.0.1:8080/admin", "Only your own network"),
        ("https://x.com/partysouth", "a profile or a start page"),
        ("https://bsky.app/profile/alliance.example/post/3k", "our own post"),
        ("https://bsky.app/profile/north.example/post/3k", "another party"),
    ],
)
async def test_a_wrong_link_gets_a_clear_answer_and_leaves_no_trace(sent, link: str, words: str):
    with sent.runtime.database.write() as session:
        for member_id, handle in ((None, "alliance.example"), (1, "north.example")):
            account = SocialAccount(network=Network.BLUESKY, handle=handle, status=AccountStatus.WATCHED)
            account.member_id = member_id
            session.add(account)
    sent.ben.write(f"Fait : {link}")
    await sent.settle()
    assert any(words in one and link.partition("://")[2] in one for one in said(sent.ben))
    assert (shares(sent), answers_of(sent), pasted(sent)) == ([], [], [])


async def test_a_link_in_reply_to_a_withdrawn_item_claims_nothing(sent):
    with sent.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE queue_entry SET status = 'withdrawn'")
    sent.ben.write(POST, reply_to=sent.ben.messages[0])
    await sent.settle()
    assert said(sent.ben)[-1] == replies.withdrawn("en")
    assert (shares(sent), pasted(sent)) == ([], [])


async def test_words_without_a_link_get_a_hint(sent):
    sent.ben.write("Thanks, will do!")
    await sent.settle()
    assert said(sent.ben)[-1] == replies.not_understood("en")
    assert shares(sent) == []


async def test_a_link_without_an_open_item_is_told_so(listening):
    listening.ben.write(POST)
    await listening.settle()
    assert "No current item matches this link." in said(listening.ben)[-1]


async def test_an_edited_message_changes_nothing_and_a_note_says_so(sent):
    """T20."""
    own = sent.ben.write(POST)
    await sent.settle()
    sent.ben.edit(own, f"Here: {POST}")
    await sent.settle()
    assert said(sent.ben)[-1].startswith(GIVEN)
    for words in ("https://x.com/partysouth/status/99", "never mind"):
        sent.ben.edit(own, words)
        await sent.settle()
        assert said(sent.ben)[-1].startswith("You edited your message; what I had noted stands.")
    assert [(one.network, one.evidence) for one in shares(sent)] == [(Network.FACEBOOK, Evidence.LINK_GIVEN)]
    sent.clock.at += timedelta(minutes=1)
    other = sent.ben.write("Thanks")
    sent.ben.edit(other, "https://x.com/partysouth/status/99")
    await sent.settle()
    assert said(sent.ben)[-1].startswith("I do not follow edits.")


async def test_a_colleague_sees_that_it_is_shared(listening):
    with listening.runtime.database.write() as session:
        session.connection().exec_driver_sql("UPDATE officer SET member_id = 2")
    await send_deliveries(listening.runtime)
    listening.ben.write(POST)
    await listening.settle()
    assert "Ben" in said(listening.ana)[-1]


def look_at(scene: Scene, base_url: str) -> None:
    """Have Bluesky looked at there."""
    fetcher = Fetcher(allowed=frozenset({scene.sandbox.address}))
    trackers = {Network.BLUESKY: BlueskyTracker(fetcher, base_url)}
    scene.runtime = replace(scene.runtime, trackers=trackers, fetcher=fetcher)
    scene.application.bot_data[RUNTIME] = scene.runtime


def with_bluesky(scene: Scene) -> Scene:
    look_at(scene, scene.sandbox.base_url)
    with scene.runtime.database.write() as session:
        session.add(
            SocialAccount(member_id=2, network=Network.BLUESKY, handle="south.example", status=AccountStatus.WATCHED)
        )
    return scene


async def give_skeet(scene: Scene, handle: str, link: str | None) -> None:
    did = scene.sandbox.bluesky.account(handle)
    uri = scene.sandbox.bluesky.post(did, "Read this", link=link)
    scene.ben.write(f"https://bsky.app/profile/{handle}/post/{uri.rpartition('/')[2]}")
    await scene.settle()
    assert said(scene.ben)[-1].endswith("🔗 Link given, not checked yet.")


async def test_a_bluesky_post_is_looked_at_and_the_answer_says_what_was_found(sent):
    scene = with_bluesky(sent)
    await give_skeet(scene, "south.example", "https://alliance.example/a")
    await check_posts(scene.runtime)
    assert said(scene.ben)[-1].endswith("the post is there, and it is your party’s.")
    assert [one.evidence for one in shares(scene)] == [Evidence.LINK_CHECKED]
    await give_skeet(scene, "stranger.example", "https://alliance.example/a")
    await check_posts(scene.runtime)
    assert "an account that is not registered for your party" in said(scene.ben)[-1]
    await give_skeet(scene, "south.example", None)
    scene.sandbox.bluesky.posts.popitem()
    await check_posts(scene.runtime)
    assert "Noted as your word only: the post is not there, or not public." in said(scene.ben)[-1]
    assert [one.evidence for one in shares(scene)] == [Evidence.LINK_CHECKED]


async def test_a_network_that_stays_silent_is_told_so(sent):
    scene = with_bluesky(sent)
    await give_skeet(scene, "south.example", "https://alliance.example/a")
    look_at(scene, "https://127.0.0.1:9")
    for _ in range(2):
        await check_posts(scene.runtime)
        assert said(scene.ben)[-1].endswith("🔗 Link given, not checked yet.")
        scene.clock.at += timedelta(minutes=9)
    await check_posts(scene.runtime)
    assert said(scene.ben)[-1].endswith("Bluesky did not answer, so it stays unchecked.")
    assert [one.evidence for one in shares(scene)] == [Evidence.LINK_GIVEN]
