"""The mailbox: keeps what it is given, answers as told, shows it without letting it act."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from sharebot.config.settings import Smtp
from sharebot.errors import PermanentError, TemporaryError
from sharebot.mail.smtp import SmtpMailer
from sharebot.sandbox.world import Sandbox
from sharebot.values.mail import Attachment, InlinePicture, Mail

PNG = b"\x89PNG\r\n\x1a\n."
MAIL = Mail(
    to="lea@alliance.example",
    subject="Semaine 48 : <script>alert(1)</script>",
    text="Bonjour <script>alert(2)</script>",
    html='<p>Bonjour</p><img src="cid:amplifiers" alt="x"><script>alert(3)</script>',
    message_id="<weekly.2026-W48.0@alliance.example>",
    language="fr",
    pictures=(InlinePicture("amplifiers", PNG, "x"),),
    attachments=(Attachment("figures.csv", "text/csv", b"a,b\r\n"),),
)


@pytest.fixture
def mailer(sandbox: Sandbox) -> SmtpMailer:
    smtp = Smtp(host="127.0.0.1", port=sandbox.mailbox.port, security="none")
    now: Callable[[], datetime] = lambda: datetime(2026, 11, 30, 6, tzinfo=UTC)  # noqa: E731
    return SmtpMailer(smtp, organisation="The Alliance", now=now)


async def test_a_letter_is_kept_as_it_came(sandbox: Sandbox, mailer: SmtpMailer) -> None:
    await mailer.send(MAIL)
    (letter,), (raw,) = sandbox.mailbox.letters, sandbox.mailbox.raw
    assert letter["subject"] == MAIL.subject
    assert letter["message-id"] == MAIL.message_id
    assert raw.startswith(b"From: The Alliance")


async def test_it_answers_as_told_once(sandbox: Sandbox, mailer: SmtpMailer) -> None:
    sandbox.mailbox.answers = ["450 4.2.0 Busy", "550 5.7.1 Never"]
    with pytest.raises(TemporaryError):
        await mailer.send(MAIL)
    with pytest.raises(PermanentError):
        await mailer.send(MAIL)
    assert sandbox.mailbox.letters == []
    await mailer.send(MAIL)
    assert len(sandbox.mailbox.letters) == 1


async def test_the_pages_show_it_and_let_it_do_nothing(
    sandbox: Sandbox, mailer: SmtpMailer, web: httpx.AsyncClient
) -> None:
    await mailer.send(MAIL)
    listing, letter = await web.get("/mail"), await web.get("/mail/0")
    assert "<script" not in listing.text + letter.text
    assert "&lt;script&gt;alert(2)" in letter.text
    assert "figures.csv" in letter.text
    assert 'src="/mail/0/html" sandbox' in letter.text


async def test_its_html_is_fenced_in_and_its_pictures_are_its_own(mailer: SmtpMailer, web: httpx.AsyncClient) -> None:
    await mailer.send(MAIL)
    page = await web.get("/mail/0/html")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert 'src="/mail/0/parts/amplifiers"' in page.text
    picture = await web.get("/mail/0/parts/amplifiers")
    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")


async def test_other_processes_read_the_heads(mailer: SmtpMailer, web: httpx.AsyncClient) -> None:
    await mailer.send(MAIL)
    (heads,) = (await web.get("/_sandbox/mail")).json()
    assert (heads["To"], heads["Content-Language"]) == (MAIL.to, "fr")
