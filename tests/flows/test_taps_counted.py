"""How many taps each piece of an officer's work takes, from the officer's own phone."""

from datetime import timedelta

from sqlmodel import col, select

from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.models import Member, Reshare, TrackedLink, Variant
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.store import contents, officers, queue
from sharebot.store.proposals import list_open
from sharebot.values.feeds import FeedItem
from sharebot.values.status import Evidence, OfficerStatus, ProposalKind
from tests.bot.words import status_of
from tests.cast import CY, NOW, add_officer
from tests.flows.conftest import Scene
from tests.flows.fingers import Fingers

JOIN, SHARE, PAUSE, FORGET = 4, 3, 1, 2
REPORT, PROPOSE, TRANSLATE = 1, 2, 2


def release_next(scene: Scene) -> None:
    """Release one more item to everybody who is there now."""
    settings = scene.runtime.settings
    with scene.runtime.database.write() as session:
        item = FeedItem("next", "The next item", "Words.", "https://alliance.example/next", NOW, "en")
        contents.ingest(session, [item], contents.Intake("en", frozenset({"alliance.example"}), NOW))
        expires, urgent = NOW + timedelta(days=3), Timing(send_at=NOW, urgent=True)
        approval = queue.Approval(2, Audience(), urgent, expires, "test", contents.content_hash(session, 2))
        entry = queue.approve(session, approval, now=NOW)
        queue.release(session, entry.id or 0, settings=settings, new_code=new_code, now=NOW)


async def test_join(listening):
    scene = listening
    with scene.runtime.database.write() as session:
        north = session.get(Member, 1)
        assert north is not None
        seat = add_officer(session, north, "Second desk", chat_id=None).id or 0
        token = officers.create_invitation(session, seat, now=NOW)
    phone = scene.sandbox.telegram.add_phone(CY, "Cy", language="fr")
    cy = Fingers(scene, phone)
    await cy.start(token)
    assert "Bienvenue" in cy.shown
    await cy.tap("J’accepte")
    await cy.tap("Continuer")
    await cy.tap("Terminé")
    assert cy.taps == JOIN
    assert len([one for one in phone.messages if one.from_bot]) == 1, "joining is one message that is edited"
    with scene.runtime.database.write() as session:
        officers.confirm(session, seat, now=NOW)
    release_next(scene)
    for _ in range(2):
        scene.clock.at += timedelta(seconds=2)
        await send_deliveries(scene.runtime)
    assert status_of(scene, seat) is OfficerStatus.ACTIVE
    assert "The next item" in cy.shown, "no more taps are needed for what comes"


async def test_share(listening):
    await send_deliveries(listening.runtime)
    ben = Fingers(listening, listening.ben)
    await ben.tap("I’ll take it")
    ben.open("Facebook")
    await ben.tap("Shared")
    assert ben.taps == SHARE
    with listening.runtime.database.read() as session:
        links = select(TrackedLink.code).join(Variant, col(Variant.id) == col(TrackedLink.variant_id))
        code = session.exec(links.where(TrackedLink.member_id == 2, Variant.language == "en")).one()
        (told,) = session.exec(select(Reshare))
    assert ben.opened == [f"{listening.runtime.settings.web.public_url}/r/{code}/facebook"]
    assert (told.member_id, told.evidence) == (2, Evidence.CLAIMED)


async def test_pause(listening):
    ben = Fingers(listening, listening.ben)
    await ben.command("/pause")
    assert ben.taps == PAUSE
    assert status_of(listening, 2) is OfficerStatus.PAUSED


async def test_forget(listening):
    ben = Fingers(listening, listening.ben)
    await ben.command("/forget")
    await ben.tap("Yes, erase everything")
    assert ben.taps == FORGET
    assert status_of(listening, 2) is OfficerStatus.GONE


async def test_report(listening):
    await send_deliveries(listening.runtime)
    ben, ana = Fingers(listening, listening.ben), Fingers(listening, listening.ana)
    await ben.tap("Shared")
    assert ben.taps == REPORT
    await ana.type("https://www.facebook.com/partynorth/posts/12345678")
    assert ana.taps == 0, "a pasted link needs no tap at all"
    with listening.runtime.database.read() as session:
        told = {(one.member_id, one.evidence) for one in session.exec(select(Reshare))}
    assert told == {(2, Evidence.CLAIMED), (1, Evidence.LINK_GIVEN)}


async def test_propose(listening):
    ben = Fingers(listening, listening.ben)
    await ben.forward("Our plan\nhttps://partysouth.example/plan")
    await ben.tap("Propose")
    assert ben.taps == PROPOSE
    assert open_proposal(listening) == (ProposalKind.ITEM, "en", "Our plan")


async def test_translate(listening):
    await send_deliveries(listening.runtime)
    ben = Fingers(listening, listening.ben)
    await ben.reply("Um título\nAlgumas palavras.", listening.ben.messages[0])
    await ben.tap("Portuguese")
    assert ben.taps == TRANSLATE
    assert open_proposal(listening) == (ProposalKind.TRANSLATION, "pt", "Um título")


def open_proposal(scene) -> tuple[ProposalKind, str, str]:
    with scene.runtime.database.read() as session:
        (card,) = list_open(session, language="en")
    return card.kind, card.language, card.title
