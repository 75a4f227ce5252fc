"""Mail through one SMTP server."""

from collections.abc import Callable
from datetime import UTC, datetime

import aiosmtplib

from sharebot.config.settings import Smtp
from sharebot.errors import CredentialRefused, PermanentError, RecipientGone, TemporaryError, UnknownOutcome
from sharebot.mail.build import build_message
from sharebot.values.mail import Mail

_SECONDS = 60
_NO_SUCH_MAILBOX = (550, 551, 553)  # RFC 5321, 4.2.2


class SmtpMailer:
    """See `mail.Mailer`. One connection a mail: some servers end a session after a hundred mails."""

    def __init__(self, smtp: Smtp, *, organisation: str, now: Callable[[], datetime] | None = None) -> None:
        self._smtp, self._organisation = smtp, organisation
        self._now = now or (lambda: datetime.now(UTC))

    async def send(self, mail: Mail) -> None:
        """Hand over one mail; an error after the text was sent is UnknownOutcome, repeated with the same id."""
        smtp = self._smtp
        message = build_message(mail, sender=smtp.sender, organisation=self._organisation, at=self._now())
        client = aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            timeout=_SECONDS,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
        )
        try:
            await self._greet(client)
            await _hand_over(client, message.as_bytes(), sender=smtp.sender, to=mail.to)
        finally:
            client.close()

    async def _greet(self, client: aiosmtplib.SMTP) -> None:
        smtp = self._smtp
        try:
            await client.connect()
            if smtp.username and smtp.password:
                await client.login(smtp.username, smtp.password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError as error:
            raise CredentialRefused(f"the mail server does not accept the password ({error.code})") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TemporaryError(f"mail server not reached: {type(error).__name__}") from error


async def _hand_over(client: aiosmtplib.SMTP, body: bytes, *, sender: str, to: str) -> None:
    try:
        await client.mail(sender)
        await client.rcpt(to)
    except aiosmtplib.SMTPRecipientRefused as error:
        if error.code in _NO_SUCH_MAILBOX:
            raise RecipientGone(f"the mail server answers {error.code} {error.message[:120]}") from error
        raise _refusal(error) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise TemporaryError(f"mail server lost: {type(error).__name__}") from error
    try:
        await client.data(body)
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise UnknownOutcome(f"mail server lost after the text: {type(error).__name__}") from error


def _refusal(error: aiosmtplib.SMTPResponseException) -> PermanentError | TemporaryError:
    text = f"the mail server answers {error.code} {error.message[:120]}"
    return PermanentError(text) if error.code >= 500 else TemporaryError(text)
