"""Mail over a real SMTP server that has good and bad days."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from pydantic import SecretStr

from sharebot.config.settings import Smtp
from sharebot.errors import PermanentError, SharebotError, TemporaryError, UnknownOutcome
from sharebot.mail.smtp import SmtpMailer
from sharebot.values.mail import Mail

HOST = "127.0.0.1"
AT = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
MAIL = Mail(
    to="lea@alliance.example",
    subject="Week 48",
    text="Good morning\n.\nand more\n",
    html="<p>Good morning</p>",
    message_id="<weekly.2026-W48.0123456789abcdef@alliance.example>",
    language="en",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Postbox:
    """Answers as told at each step; keeps what it took, and who is still connected."""

    def __init__(self) -> None:
        self.mail = self.rcpt = self.data = ""
        self.drops = False
        self.taken: list[bytes] = []
        self.recipients: list[str] = []
        self.connections = 0

    async def handle_MAIL(self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        if not self.data:
            self.taken.append(envelope.content)
        if self.drops:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.data or "250 OK"


class Door(SMTP):
    """An SMTP session that tells the postbox when it opens and closes."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.connections += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.connections -= 1
        super().connection_lost(error)


class DoorController(Controller):
    def factory(self) -> SMTP:
        return Door(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving(postbox: Postbox, **options: Any) -> Iterator[Smtp]:
    controller = DoorController(postbox, hostname=HOST, port=free_port(), **options)
    controller.start()
    try:
        yield Smtp(host=HOST, port=controller.port, security="none")
    finally:
        controller.stop()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def smtp(postbox: Postbox) -> Iterator[Smtp]:
    with serving(postbox) as settings:
        yield settings


def mailer(smtp: Smtp, now: Callable[[], datetime] | None = None) -> SmtpMailer:
    return SmtpMailer(smtp, organisation="The Alliance", now=now or (lambda: AT))


async def test_a_mail_arrives_whole(postbox: Postbox, smtp: Smtp) -> None:
    await mailer(smtp).send(MAIL)
    letter = message_from_bytes(postbox.taken[0], policy=default)
    assert postbox.recipients == [MAIL.to]
    assert letter["message-id"] == MAIL.message_id
    text = letter.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == MAIL.text.splitlines()


async def test_the_same_mail_sent_twice_is_the_same_bytes(postbox: Postbox, smtp: Smtp) -> None:
    await mailer(smtp).send(MAIL)
    await mailer(smtp).send(MAIL)
    assert len(postbox.taken) == 2
    assert postbox.taken[0] == postbox.taken[1]


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("421 4.3.2 Closing for the night", TemporaryError),
        ("450 4.2.0 Greylisted, come back", TemporaryError),
        ("550 5.1.1 No such person here", PermanentError),
    ],
)
async def test_the_servers_no_is_told_apart(
    postbox: Postbox, smtp: Smtp, step: str, answer: str, kind: type[SharebotError]
) -> None:
    setattr(postbox, step, answer)
    with pytest.raises(kind, match=answer[:3]):
        await mailer(smtp).send(MAIL)
    assert postbox.taken == []


async def test_a_line_lost_after_the_text_leaves_the_outcome_unknown(postbox: Postbox, smtp: Smtp) -> None:
    postbox.drops = True
    with pytest.raises(UnknownOutcome):
        await mailer(smtp).send(MAIL)
    postbox.drops = False
    await mailer(smtp).send(MAIL)
    letters = [message_from_bytes(raw, policy=default) for raw in postbox.taken]
    assert [letter["message-id"] for letter in letters] == [MAIL.message_id] * 2


async def test_no_server_at_all_is_worth_another_try() -> None:
    nowhere = Smtp(host=HOST, port=free_port(), security="none")
    with pytest.raises(TemporaryError, match="not reached"):
        await mailer(nowhere).send(MAIL)


async def test_a_server_without_tls_gets_nothing_when_tls_is_asked_for(postbox: Postbox, smtp: Smtp) -> None:
    with pytest.raises(TemporaryError):
        await mailer(smtp.model_copy(update={"security": "starttls"})).send(MAIL)
    assert postbox.taken == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
async def test_a_refused_password_is_not_repeated_in_the_error(postbox: Postbox) -> None:
    options = {
        "authenticator": lambda *_: AuthResult(success=False, handled=False),
        "auth_require_tls": False,
        "auth_required": True,
    }
    with serving(postbox, **options) as smtp:
        signed = Smtp(host=HOST, port=smtp.port, security="none", username="sharebot", password=SecretStr("sesame"))
        with pytest.raises(SharebotError, match="does not accept the password") as refused:
            await mailer(signed).send(MAIL)
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize("part", ["to", "subject", "message_id"])
async def test_a_smuggled_head_never_reaches_the_server(postbox: Postbox, smtp: Smtp, part: str) -> None:
    values: dict[str, Any] = {"to": MAIL.to, "subject": MAIL.subject, "message_id": MAIL.message_id}
    values[part] += "\r\nBcc: everybody@elsewhere.example"
    smuggled = Mail(**values, text=MAIL.text, html=MAIL.html, language="en")
    with pytest.raises(PermanentError):
        await mailer(smtp).send(smuggled)
    assert postbox.taken == []
    assert postbox.recipients == []


@pytest.mark.parametrize("step", ["", "mail", "rcpt", "data"])
async def test_no_connection_stays_open(postbox: Postbox, smtp: Smtp, step: str) -> None:
    if step:
        setattr(postbox, step, "550 No")
    for _ in range(3):
        try:
            await mailer(smtp).send(MAIL)
        except PermanentError:
            continue
    await wait_until_closed(postbox)
    assert postbox.connections == 0


async def wait_until_closed(postbox: Postbox) -> None:
    """Give the server's own thread a moment to see the line close."""
    for _ in range(200):
        if not postbox.connections:
            return
        await asyncio.sleep(0.01)
