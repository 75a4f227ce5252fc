"""An officer proposes by forwarding and translates by replying; staff decide once, and the officer is told."""

from datetime import timedelta

import pytest
from sqlmodel import select

from sharebot.jobs.edit_messages import edit_messages
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Asset, Content, Delivery, Member, Proposal, Reshare, SocialAccount, Variant
from sharebot.sandbox.entities import parse_html
from sharebot.store import proposals
from sharebot.store.cards import list_previews
from sharebot.texts.officer import compose
from sharebot.values.status import (
    AccountStatus,
    AssetKind,
    ContentStatus,
    Evidence,
    Network,
    ProposalKind,
    ProposalStatus,
)
from tests.bot.words import answers_of, labels, said
from tests.flows.conftest import Scene

STAFF = 5000
CHANNEL = {"id": -1002222, "type": "channel", "title": "Party South", "username": "PartySouth"}


@pytest.fixture
async def staffed(listening: Scene) -> Scene:
    """The scene with staff's chat, its item delivered."""
    listening.open_staff_chat(STAFF, "Eva <b>")
    await deliver(listening)
    return listening


async def deliver(scene: Scene) -> None:
    for _ in range(3):
        await send_deliveries(scene.runtime)
        scene.clock.at += timedelta(seconds=2)


async def propose(scene: Scene, words: str) -> None:
    """Let Ben propose a post, and staff be asked."""
    scene.ben.forward(words)
    await scene.settle()
    scene.ben.tap("Propose")
    await scene.settle()
    await deliver(scene)


def kept(scene: Scene) -> list[tuple[ProposalKind, ProposalStatus, str, str]]:
    with scene.runtime.database.read() as session:
        rows = session.exec(select(Proposal).order_by(Proposal.id))  # type: ignore[arg-type]
        return [(row.kind, row.status, row.language, row.title) for row in rows]


async def test_a_forwarded_post_becomes_a_draft_credited_to_the_party(staffed):
    scene, staff = staffed, staffed.sandbox.telegram.phones[STAFF]
    scene.ben.forward("Our <i>new</i> plan\nIt is good: https://partysouth.example/plan", photo=True)
    await scene.settle()
    assert labels(scene.ben) == ["✅ Propose", "✖️ No"]
    assert kept(scene)[0][1] is ProposalStatus.DRAFT
    scene.ben.tap("Propose")
    await scene.settle()
    assert said(scene.ben)[-1].startswith("💚 Thank you!")
    await deliver(scene)
    (question,) = staff.messages
    assert "Party South proposes:" in question.words.text
    assert "Our <i>new</i> plan\n\nIt is good" in question.words.text
    staff.tap("Accept")
    await scene.settle()
    assert "Eva <b>: accepted. It waits as a draft" in staff.last_message.words.text
    assert staff.last_message.keyboard == []
    await deliver(scene)
    await edit_messages(scene.runtime)
    assert "has accepted your proposal “Our <i>new</i> plan”" in said(scene.ben)[-1]
    with scene.runtime.database.read() as session:
        content = session.get_one(Content, 2)
        assert (content.status, content.proposed_by_id) == (ContentStatus.DRAFT, 2)
        assert "links to a foreign host: partysouth.example" in content.quarantine
        variant = session.exec(select(Variant).where(Variant.content_id == 2)).one()
        assert (variant.language, variant.title, variant.url) == (
            "en", "Our <i>new</i> plan", "https://partysouth.example/plan",
        )  # fmt: skip
        (shown,) = list_previews(session, 2, settings=scene.runtime.settings, now=scene.clock.at)
    assert "💡 Proposed by Party South" in parse_html(compose(shown).html).text


async def test_no_is_no_and_leaves_nothing(staffed):
    staffed.ben.forward("Some words")
    await staffed.settle()
    staffed.ben.tap("No")
    await staffed.settle()
    assert said(staffed.ben)[-1] == "All right, I have forgotten it."
    assert kept(staffed) == []
    staffed.ben.forward("\u200b\x00", photo=True)
    await staffed.settle()
    assert "only what has words or a link" in said(staffed.ben)[-1]


async def test_staff_may_decline_and_only_staff_may_decide_once(staffed):
    scene, staff = staffed, staffed.sandbox.telegram.phones[STAFF]
    scene.ben.forward("Words to decline")
    await scene.settle()
    scene.ana.messages[0].keyboard.append([{"text": "theirs", "callback_data": "r:1:yes"}])
    scene.ana.tap("r:1:yes", message=scene.ana.messages[0])
    await scene.settle()
    assert kept(scene)[0][1] is ProposalStatus.DRAFT
    scene.ben.tap("Propose")
    await scene.settle()
    scene.ben.messages[0].keyboard.append([{"text": "theirs", "callback_data": "u:1:yes"}])
    scene.ben.tap("u:1:yes", message=scene.ben.messages[0])
    await scene.settle()
    assert kept(scene)[0][1] is ProposalStatus.OPEN
    await deliver(scene)
    question = staff.messages[-1]
    staff.tap("No, thanks")
    staff.tap("Accept", message=question)
    await scene.settle()
    assert "Eva <b>: no, thanks." in staff.last_message.words.text
    assert kept(scene)[0][1] is ProposalStatus.DECLINED
    await deliver(scene)
    assert "will not pass it on this time" in said(scene.ben)[-1]


async def test_a_decision_on_the_page_is_shown_in_staffs_chat(staffed):
    scene, staff = staffed, staffed.sandbox.telegram.phones[STAFF]
    await propose(scene, "Words")
    with scene.runtime.database.write() as session:
        settings = scene.runtime.settings
        proposals.decide(session, 1, accept=False, by="eva@alliance.example", settings=settings, now=scene.clock.at)
    await edit_messages(scene.runtime)
    assert "eva@alliance.example: no, thanks." in staff.last_message.words.text


async def test_a_reply_is_a_translation_and_serves_every_party_of_its_language(staffed):
    scene, staff = staffed, staffed.sandbox.telegram.phones[STAFF]
    with scene.runtime.database.write() as session:
        session.get_one(Member, 1).languages = "fr,pt,en"
        english = session.exec(select(Variant).where(Variant.language == "en")).one()
        session.add(Asset(variant_id=english.id or 0, kind=AssetKind.PICTURE, url="https://alliance.example/p.jpg"))
    item = scene.ben.messages[0]
    scene.ben.write("Um título\nAlgumas palavras.", reply_to=item)
    await scene.settle()
    assert "Is this a translation of “A <b>title</b> & more”?" in said(scene.ben)[-1]
    assert labels(scene.ben)[0] == "Portuguese" and len(labels(scene.ben)) == 7
    scene.ben.tap("Portuguese")
    await scene.settle()
    assert said(scene.ben)[-1].startswith("💚 Thank you for the translation!")
    await deliver(scene)
    assert "proposes “A <b>title</b> & more” in this language: Portuguese" in staff.last_message.words.text
    staff.tap("Accept")
    await scene.settle()
    assert "accepted. It goes out with the next sending." in staff.last_message.words.text
    await deliver(scene)
    assert "it serves every party that reads that language" in said(scene.ben)[-1]
    with scene.runtime.database.read() as session:
        made = session.exec(select(Variant).where(Variant.language == "pt")).one()
        assert (made.content_id, made.title, made.text) == (1, "Um título", "Algumas palavras.")
        assert made.url == "https://alliance.example/a"
        assert [one.url for one in session.exec(select(Asset).where(Asset.variant_id == made.id))]
    assert (ProposalKind.TRANSLATION, ProposalStatus.ACCEPTED, "pt", "Um título") in kept(scene)


async def test_a_translation_that_came_second_can_only_be_declined(staffed):
    scene, staff = staffed, staffed.sandbox.telegram.phones[STAFF]
    for phone in (scene.ben, scene.ana):
        phone.write("Ein Titel\nEin paar Worte.", reply_to=phone.messages[0])
        await scene.settle()
        phone.tap("r:1:de" if phone is scene.ben else "r:2:de")
        await scene.settle()
    await deliver(scene)
    first, second = staff.messages
    staff.tap("Accept", message=first)
    staff.tap("Accept", message=second)
    await scene.settle()
    assert staff.toasts == ["There are words in that language already."]
    assert [status for _, status, _, _ in kept(scene)] == [ProposalStatus.ACCEPTED, ProposalStatus.OPEN]


@pytest.mark.parametrize("text", ["Merci !", "ok", "👍👍👍", "\u200b\n" * 30])
async def test_a_remark_in_reply_is_no_translation(staffed, text: str):
    staffed.ben.write(text, reply_to=staffed.ben.messages[0])
    await staffed.settle()
    assert kept(staffed) == []


def seats(scene: Scene, member_id: int | None, handle: str) -> None:
    with scene.runtime.database.write() as session:
        account = SocialAccount(network=Network.TELEGRAM, handle=handle, status=AccountStatus.UNOBSERVABLE)
        account.member_id = member_id
        session.add(account)


def share_of(scene: Scene) -> tuple[Evidence, str | None]:
    with scene.runtime.database.read() as session:
        row = session.exec(select(Reshare)).one()
        return row.evidence, row.url


async def test_a_forward_from_the_partys_channel_is_a_share_with_its_link(staffed):
    seats(staffed, 2, "@partysouth")
    staffed.ben.forward("Read this", origin={"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 7})
    await staffed.settle()
    assert "Telegram – A <b>title</b> & more" in said(staffed.ben)[-1]
    assert share_of(staffed) == (Evidence.LINK_GIVEN, "https://t.me/PartySouth/7")


async def test_a_forward_with_our_link_in_it_is_a_share(staffed):
    page = "https://alliance.example/fr/a"
    staffed.ben.forward("Read this", links={"this": page})
    await staffed.settle()
    assert said(staffed.ben)[-1].startswith("✅ Thank you! Noted as shared on Telegram, on your word.")
    assert share_of(staffed) == (Evidence.CLAIMED, None)
    assert len(answers_of(staffed)) == 1
    private = {"id": -1003333, "type": "channel", "title": "Inner circle"}
    staffed.ben.forward(f"Read {page}", origin={"type": "channel", "date": 1, "chat": private, "message_id": 9})
    await staffed.settle()
    assert share_of(staffed) == (Evidence.LINK_GIVEN, "https://t.me/c/3333/9")


async def test_what_is_ours_is_no_proposal(staffed):
    seats(staffed, None, "partysouth")
    staffed.ben.forward("Read this", origin={"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 7})
    await staffed.settle()
    assert said(staffed.ben)[-1].startswith("This comes from us.")
    assert kept(staffed) == []


async def test_a_command_in_a_forward_is_no_command(staffed):
    """T13."""
    message = staffed.ben.forward("/forget")
    assert message.origin is not None
    await staffed.settle()
    assert labels(staffed.ben) == ["✅ Propose", "✖️ No"]


async def test_a_question_from_before_a_restored_backup_decides_nothing(staffed):
    """Numbers of proposals are given anew after a restore."""
    scene, staff = staffed, staffed.sandbox.telegram.phones[STAFF]
    await propose(scene, "Words of Ben")
    with scene.runtime.database.write() as session:
        asked = session.exec(select(Delivery).where(Delivery.about_proposal_id == 1)).one()
        asked.message_id = (asked.message_id or 0) + 100
    staff.tap("Accept")
    await scene.settle()
    assert kept(scene)[0][1] is ProposalStatus.OPEN


async def test_a_translation_of_one_long_line_keeps_all_its_words(staffed):
    text = " ".join(f"palabra{number}" for number in range(200))
    staffed.ben.write(text, reply_to=staffed.ben.messages[0])
    await staffed.settle()
    with staffed.runtime.database.read() as session:
        draft = session.exec(select(Proposal)).one()
    assert text.startswith(draft.title)
    assert draft.text == text
