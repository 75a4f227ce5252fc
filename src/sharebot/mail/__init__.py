"""E-mail goes out through one SMTP server."""

from typing import Protocol

from sharebot.values.mail import Mail


class Mailer(Protocol):
    """The seam: raises TemporaryError, PermanentError or UnknownOutcome; nothing else."""

    async def send(self, mail: Mail) -> None:
        """Hand one mail to the server."""
        ...
