"""An officer without Telegram: asked by mail, agrees on their page, gets items by mail, answers on the page."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage

import httpx
import pytest
from sqlmodel import col, select

from sharebot.config.settings import Smtp
from sharebot.errors import Refused
from sharebot.jobs.send_deliveries import send_deliveries
from sharebot.mail.smtp import SmtpMailer
from sharebot.models import Answer, Asset, Bot, Chat, Delivery, Officer, PastedPost
from sharebot.rules.audience import Audience
from sharebot.rules.timing import Timing
from sharebot.rules.utm import new_code
from sharebot.runtime import Runtime
from sharebot.sandbox.world import Sandbox
from sharebot.store import contents, queue
from sharebot.store.personal import find_visit, invite_by_mail
from sharebot.values.status import (
    AnswerKind,
    AssetKind,
    ChatKind,
    DataTier,
    DeliveryKind,
    DeliveryStatus,
    OfficerStatus,
)
from sharebot.web.app import build_app
from sharebot.worker import with_bots
from tests.cast import NOW, FixedClock, add_member, add_officer
from tests.flows.conftest import Scene, scene
from tests.store.props import add_light

__all__ = ["scene"]
EVA = "eva.garcia@west.example"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
SMALL = b"\xff\xd8 a small picture"


@dataclass
class Post:
    """The scene with a mail server, the pages, and a seat of South that Eva is to take by mail."""

    runtime: Runtime
    sandbox: Sandbox
    clock: FixedClock
    browser: httpx.AsyncClient
    seat: int

    @property
    def letter(self) -> EmailMessage:
        return self.sandbox.mailbox.letters[-1]

    @property
    def page(self) -> str:
        """Where the last mail leads."""
        text = self.letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        return re.search(r"http://127\.0\.0\.1:8080(/o/\d+-[0-9a-f]{40})", text)[1]  # type: ignore[index]

    def officer(self) -> Officer:
        with self.runtime.database.read() as session:
            return session.get_one(Officer, self.seat)

    async def invite(self) -> None:
        with self.runtime.database.write() as session:
            invite_by_mail(session, self.seat, EVA, now=self.clock.now())
        await send_deliveries(self.runtime)

    async def join(self) -> None:
        """Take the seat, and have the item released to it alone."""
        await self.invite()
        await self.browser.post(f"{self.page}/agree")
        self.clock.at += timedelta(minutes=1)
        self.runtime.clock_watch.hear(self.clock.now())
        with self.runtime.database.write() as session:
            for other in session.exec(select(Officer).where(Officer.id != self.seat)):
                other.status = OfficerStatus.PAUSED
        with self.runtime.database.write() as session:
            found = contents.content_hash(session, 1)
            at, until = Timing(send_at=self.clock.now(), urgent=True), self.clock.now() + timedelta(days=3)
            entry = queue.approve(
                session, queue.Approval(1, Audience(), at, until, "test", found), now=self.clock.now()
            )
            number = entry.id or 0
            queue.release(session, number, settings=self.runtime.settings, new_code=new_code, now=self.clock.now())
            for variant_id in (1, 2):
                whole = Asset(variant_id=variant_id, kind=AssetKind.PICTURE, url="https://alliance.example/a.jpg")
                add_light(session, whole, SMALL, "image/jpeg").alt = "A crowd"
        await send_deliveries(self.runtime)


@pytest.fixture
async def post(scene: Scene) -> AsyncIterator[Post]:
    with scene.runtime.database.write() as session:
        for one in session.exec(select(Delivery)):
            one.status = DeliveryStatus.CANCELLED
        member = add_member(session, "west", languages="fr")
        seat = add_officer(session, member, "Eva", chat_id=None, language="fr").id or 0
    smtp = Smtp(host="127.0.0.1", port=scene.sandbox.mailbox.port, security="none")
    settings = scene.runtime.settings.model_copy(update={"smtp": smtp})
    mailer = SmtpMailer(smtp, organisation="The Alliance", now=scene.clock.now)
    runtime, _ = with_bots(replace(scene.runtime, settings=settings, mailer=mailer, messengers={}))
    transport = httpx.ASGITransport(app=build_app(runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=SAME_ORIGIN) as browser:
        yield Post(runtime, scene.sandbox, scene.clock, browser, seat)
    for messenger in runtime.messengers.values():
        await messenger.close()


def html_of(letter: EmailMessage) -> str:
    return letter.get_body(("html",)).get_content()  # type: ignore[union-attr, no-any-return]


async def test_who_is_asked_agrees_on_their_page_and_no_scanner_does_it_for_them(post: Post):
    await post.invite()
    assert post.letter["To"] == EVA
    assert "Party West" in html_of(post.letter)
    assert post.letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"\r\nList-Unsubscribe: <http://127.0.0.1:8080{post.page}/stop>\r\n".encode() in post.sandbox.mailbox.raw[-1]
    for path in ("", "/stop", "/picture", "/agree", "/answer", "/leave", "/resume", "/settings"):
        await post.browser.get(f"{post.page}{path}")
        await post.browser.head(f"{post.page}{path}")
    assert post.officer().status is OfficerStatus.INVITED
    foreign = await post.browser.post(f"{post.page}/agree", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert "J’accepte" in (await post.browser.get(post.page)).text
    for _ in range(2):
        assert (await post.browser.post(f"{post.page}/agree")).status_code == 303
    seat = post.officer()
    assert (seat.status, seat.consented_at) == (OfficerStatus.ACTIVE, NOW)
    with pytest.raises(Refused), post.runtime.database.write() as session:
        invite_by_mail(session, post.seat, "other@north.example", now=NOW)


async def test_the_address_stands_nowhere_in_clear_and_its_mails_have_a_pace_of_their_own(post: Post):
    await post.invite()
    with post.runtime.database.read() as session:
        chat = session.exec(select(Chat).where(Chat.kind == ChatKind.MAILBOX)).one()
        bot = session.get_one(Bot, chat.bot_id)
    assert (bot.code, bot.external_id) == ("mail", None)
    assert bot.next_send_at is not None
    assert post.runtime.database.path is not None
    for suffix in ("", "-wal"):
        file = post.runtime.database.path.with_name(post.runtime.database.path.name + suffix)
        body = await asyncio.to_thread(file.read_bytes)
        assert EVA.encode() not in body
        assert post.page.rpartition("-")[2].encode() not in body


async def test_an_item_comes_as_one_mail_and_is_answered_on_its_page(post: Post):
    await post.join()
    letter = post.letter
    assert letter["Subject"] == "Un titre"
    picture = next(part for part in letter.walk() if part.get_content_type() == "image/jpeg")
    assert picture.get_content() == SMALL
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html_of(letter)
    assert "Des mots." in html_of(letter)
    assert "Eva" not in letter.as_string()
    page = (await post.browser.get(post.page)).text
    assert "/r/" in page and "Un titre" in page
    assert (await post.browser.get(f"{post.page}/picture")).content == SMALL
    assert "<script" not in page
    for word, kind in (("taken", AnswerKind.TAKEN), ("later", AnswerKind.LATER), ("declined", AnswerKind.DECLINED)):
        data = {"word": word, "reason": "topic", "moment": "tomorrow"}
        answered = await post.browser.post(f"{post.page}/answer", data=data)
        assert answered.status_code == 303
        with post.runtime.database.read() as session:
            assert session.exec(select(Answer).order_by(col(Answer.id).desc())).first().kind is kind  # type: ignore[union-attr]
    said = await post.browser.post(f"{post.page}/answer", data={"word": "shared", "link": "yesterday, on our page"})
    assert said.headers["location"].endswith("said=link_refused")
    with post.runtime.database.read() as session:
        assert session.exec(select(Answer)).one().kind is AnswerKind.DECLINED, "words that are no link are no share"
    link = "https://bsky.app/profile/west.example/post/3abc"
    said = await post.browser.post(f"{post.page}/answer", data={"word": "shared", "link": link})
    assert said.headers["location"].endswith("said=link_taken")
    with post.runtime.database.read() as session:
        assert session.exec(select(PastedPost.url)).all() == [link]
    shared = await post.browser.post(f"{post.page}/answer", data={"word": "shared"})
    assert shared.headers["location"].endswith("said=thanks")
    with post.runtime.database.read() as session:
        assert session.exec(select(Answer)).one().kind is AnswerKind.SHARED


async def test_the_text_tier_gets_no_picture(post: Post):
    await post.invite()
    with post.runtime.database.write() as session:
        session.get_one(Officer, post.seat).tier = DataTier.TEXT
    await post.join()
    assert not [part for part in post.letter.walk() if part.get_content_maintype() == "image"]


async def test_one_click_of_a_mail_program_pauses_and_the_page_brings_back(post: Post):
    await post.join()
    stop = post.letter["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8080")
    program = {"Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded"}
    body = "List-Unsubscribe=One-Click"
    assert (await post.browser.post(stop, content=body, headers=program)).status_code in {200, 303}
    assert post.officer().status is OfficerStatus.PAUSED
    await post.browser.post(f"{post.page}/resume")
    assert post.officer().status is OfficerStatus.ACTIVE


async def test_settings_are_kept_and_leaving_erases(post: Post):
    await post.join()
    data = {
        "speaks": "es",
        "tier": "light",
        "rhythm": "weekly",
        "opens": "09:00",
        "closes": "17:30",
        "untracked": "true",
    }
    await post.browser.post(f"{post.page}/settings", data=data)
    seat = post.officer()
    assert (seat.language, seat.tier, seat.rhythm.value, seat.untracked) == ("es", DataTier.LIGHT, "weekly", True)
    assert str(seat.opens) == "09:00:00"
    page = post.page
    assert "/o/" in (await post.browser.post(f"{page}/leave")).headers["location"], "without the tick nothing happens"
    assert (await post.browser.post(f"{page}/leave", data={"sure": "true"})).status_code == 200
    assert post.officer().chat_id is None
    assert (await post.browser.get(page)).status_code == 404
    with pytest.raises(Refused, match="erased"), post.runtime.database.write() as session:
        invite_by_mail(session, post.seat, "another@west.example", now=NOW)


async def test_pages_of_nobody_and_of_withdrawn_or_old_items(post: Post):
    await post.join()
    page = post.page
    number, _, digest = page.rpartition("/")[2].partition("-")
    for bad in (
        "1",
        "-",
        f"{number}-{digest[:-1]}",
        f"1-{digest}",
        f"{number}-{'0' * 40}",
        "²-x",
        f"{number}-{digest}x",
    ):
        assert (await post.browser.get(f"/o/{bad}")).status_code == 404
    with post.runtime.database.write() as session:
        queue.withdraw(session, 2, by="test", now=NOW)
    assert "Des mots." not in (await post.browser.get(page)).text
    assert (await post.browser.post(f"{page}/answer", data={"word": "taken"})).status_code == 404
    post.clock.at += timedelta(days=30)
    assert (await post.browser.post(f"{page}/agree")).status_code == 404
    with post.runtime.database.read() as session:
        visit = find_visit(session, page.removeprefix("/o/"), now=post.clock.now())
    assert visit is not None and visit.is_over


async def test_a_mail_in_doubt_is_sent_again_as_the_same_mail(post: Post):
    await post.join()
    first = post.letter["Message-ID"]
    with post.runtime.database.write() as session:
        item = session.exec(select(Delivery).where(Delivery.officer_id == post.seat)).one()
        item.status, item.due_at = DeliveryStatus.UNCERTAIN, NOW - timedelta(minutes=5)
    post.clock.at += timedelta(minutes=5)
    post.runtime.clock_watch.hear(post.clock.now())
    await send_deliveries(post.runtime)
    assert [letter["Message-ID"] for letter in post.sandbox.mailbox.letters[-2:]] == [first, first]


async def test_a_digest_is_one_mail_whose_page_leads_to_its_items(post: Post):
    await post.join()
    with post.runtime.database.write() as session:
        item = session.exec(select(Delivery).where(Delivery.officer_id == post.seat)).one()
        digest = Delivery(
            key="digest:x",
            kind=DeliveryKind.DIGEST,
            officer_id=post.seat,
            bot_id=item.bot_id,
            chat_id=item.chat_id,
            due_at=post.clock.now(),
            expires_at=item.expires_at,
            created_at=post.clock.now(),
        )
        session.add(digest)
        session.flush()
        item.status, item.digest_id, item.message_id = DeliveryStatus.HELD, digest.id, None
    post.clock.at += timedelta(minutes=1)
    post.runtime.clock_watch.hear(post.clock.now())
    await send_deliveries(post.runtime)
    assert len(post.sandbox.mailbox.letters) == 3
    assert "Un titre" in html_of(post.letter)
    listing = (await post.browser.get(post.page)).text
    (opens,) = re.findall(r'href="(/o/\d+-[0-9a-f]{40})"', listing)
    assert "Des mots." in (await post.browser.get(opens)).text


async def test_hours_of_another_clock_are_no_hours(post: Post):
    await post.join()
    choices = {"speaks": "fr", "tier": "light", "rhythm": "each"}
    for opens, closes in (("09+01", "17:00"), ("09Z", "17Z"), ("17:00", "09:00"), ("9", "")):
        hours = {"opens": opens, "closes": closes}
        assert (await post.browser.post(f"{post.page}/settings", data=choices | hours)).status_code == 303
        assert (post.officer().opens, post.officer().closes) == (None, None)


async def test_nothing_is_chosen_before_the_reader_agrees(post: Post):
    await post.invite()
    data = {"speaks": "es", "tier": "light", "rhythm": "weekly", "untracked": "true"}
    assert (await post.browser.post(f"{post.page}/settings", data=data)).status_code == 404
    seat = post.officer()
    assert (seat.language, seat.tier, seat.untracked) == ("fr", DataTier.FULL, False)


async def test_a_mail_from_before_a_restored_backup_opens_nobody_elses_page(post: Post):
    """Numbers of deliveries are given anew after a restore, perhaps to somebody else's."""
    await post.join()
    page = post.page
    with post.runtime.database.write() as session:
        member = add_member(session, "east")
        other = add_officer(session, member, "Fay", chat_id=None).id or 0
        invite_by_mail(session, other, "fay@east.example", now=NOW)
        theirs = session.get_one(Officer, other)
        theirs.status = OfficerStatus.ACTIVE
        item = session.exec(select(Delivery).where(Delivery.officer_id == post.seat)).one()
        item.officer_id, item.chat_id = other, theirs.chat_id
    assert (await post.browser.get(page)).status_code == 404
    assert (await post.browser.post(f"{page}/leave", data={"sure": "true"})).status_code == 404
