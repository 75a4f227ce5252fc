"""A mail server on loopback that keeps what it is given."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


class _Controller(Controller):
    """With port 0 the system chooses a free one; choosing first and listening later can lose it between."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class Mailbox:
    """`letters` are the mails received; `answers` are SMTP answers to give to the next mails instead."""

    def __init__(self, host: str, port: int = 0) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.answers: list[str] = []
        self._controller = _Controller(self, hostname=host, port=port)

    @property
    def port(self) -> int:
        """The port it listens on."""
        server = self._controller.server
        assert server is not None  # noqa: S101 - started
        return int(server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]

    def start(self) -> None:
        """Listen, in a thread of its own."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail, or answer what was asked for."""
        if self.answers:
            return self.answers.pop(0)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)  # noqa: S101 - the policy makes them
        self.letters.append(letter)
        self.raw.append(envelope.content)
        return "250 OK"
