"""Messengers carry one message to one address: a chat's number, or a mailbox."""

from typing import Protocol

from sharebot.values.messages import Message, Receipt


class Messenger(Protocol):
    """The seam: one network call each.

    Raises RateLimited, TemporaryError (provably not sent), RecipientGone, RecipientMoved,
    ContentRefused, CredentialRefused, PermanentError or UnknownOutcome; nothing else.
    """

    async def send(self, address: int | str, message: Message) -> Receipt:
        """Send `message`; at most one request leaves the machine."""
        ...

    async def probe(self) -> None:
        """Ask for nothing but an answer."""
        ...

    async def edit(self, address: int | str, message_id: int, message: Message) -> None:
        """Replace the words and buttons of a message sent before."""
        ...

    async def delete(self, address: int | str, message_id: int) -> None:
        """Delete a message; that it is gone, or too old to be deleted, is no error."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
