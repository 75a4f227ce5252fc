"""Mailboxes as chats: a message to an officer who has no Telegram."""

import hashlib

from sharebot.errors import PermanentError
from sharebot.mail import Mailer
from sharebot.mail.letters import build_letter
from sharebot.values.messages import Message, Receipt


class MailMessenger:
    """See `messengers.Messenger`. What was mailed stays as it is; the reader's page shows what is true now."""

    def __init__(self, mailer: Mailer, *, sender: str) -> None:
        self._mailer, self._domain = mailer, sender.partition("@")[2]

    async def send(self, address: int | str, message: Message) -> Receipt:
        """Mail a message. A second copy of one delivery has the same Message-ID, so that it is the same mail."""
        letter = message.letter
        if letter is None or not isinstance(address, str):
            raise PermanentError("this cannot be told by mail")
        digest = hashlib.sha256(letter.page_url.encode()).hexdigest()[:32]
        await self._mailer.send(build_letter(address, message, message_id=f"<{digest}@{self._domain}>"))
        return Receipt(letter.number)

    async def probe(self) -> None:
        """Ask nothing: the next mail tells."""

    async def edit(self, address: int | str, message_id: int, message: Message) -> None:
        """Leave the mail as it is."""

    async def delete(self, address: int | str, message_id: int) -> None:
        """Leave the mail where it is: it belongs to its reader."""

    async def close(self) -> None:
        """Nothing is open between mails."""
